"""Briefings: their slides, what each shows, and how they are written and read."""
