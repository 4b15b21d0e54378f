"""What is on a page."""
