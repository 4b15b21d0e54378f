"""Reader of a folder of tidy tables on Iraq, of which the bundled snapshot is built."""
