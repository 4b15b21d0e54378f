"""Files of a view: one function for each format."""
