"""Readers of activities: who does what, where and when, as OCHA's 3W and IATI publish it."""
