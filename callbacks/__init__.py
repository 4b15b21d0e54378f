"""What happens: callbacks and HTTP routes."""
