"""A view as something to take along: drawings, pictures, tables. One module per format."""
