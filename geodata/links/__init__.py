"""Addresses, embed options and embed code."""
