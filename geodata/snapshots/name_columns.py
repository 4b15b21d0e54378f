"""List the columns of area names, without pandera, which the schemas need and pages do not."""

LOCAL_NAMES = {"ar": "name_ar", "ckb": "name_ckb"}
"""Column of the names in each language that the table of areas has; a language more is a line."""

NAME_COLUMNS = ("name_en", "name_official", *LOCAL_NAMES.values())
"""All names of an area: the one shown in English, the official one, and those by language."""
