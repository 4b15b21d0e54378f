"""Readers of the lists and the API of the Displacement Tracking Matrix."""
