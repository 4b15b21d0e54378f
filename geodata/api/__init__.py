"""Bodies of the JSON answers."""
