"""Languages: translation, numbers, dates, direction, and the catalogues."""
