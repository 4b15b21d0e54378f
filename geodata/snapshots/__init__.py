"""Tables of figures as they are stored: schemas, hashes, the library, its history, differences."""
