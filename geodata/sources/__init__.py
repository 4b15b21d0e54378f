"""Readers of published files: one module per format, one set of tables out.

Every reader returns :class:`geodata.snapshot.Tables`, whose frames follow
:mod:`geodata.schemas`, and the :class:`geodata.names.JoinReport` of how its rows were placed.
"""
