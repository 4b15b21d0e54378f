"""The snapshot that ships, and all that is particular to its country.

``snapshot/`` is what is served where nothing else is named; :mod:`geodata.sources.data_folder`
reads what it is made of. :mod:`geodata.bundled.iraq` holds the sources, terms, notes and rules on
Iraq; the rest of the program knows no country.
"""
