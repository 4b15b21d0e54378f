"""The snapshot that ships, and all that is particular to its country.

``snapshot/`` is what is served where nothing else is named. :mod:`geodata.bundled.iraq_tidy` makes
it, and holds the sources, terms, notes and rules on Iraq; the rest of the program knows no country.
"""
