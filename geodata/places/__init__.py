"""Names and P-codes of areas, and the joining of rows to them."""
