"""Ids of the components of the map page: layouts, callbacks, scripts and tests use these names."""

VIEW, ADDRESS, NOTICES = "view", "address", "notices"
POPULATION, MEASURE, MODE, LEVEL, CLASSES = "population", "measure", "mode", "level", "classes"
PROGRAMMES, BASE, TAB = "programme", "base-date", "tab"
MAP, MAP_PANE, LEGEND, TIMELINE = "map", "map-pane", "legend", "timeline"
TABLE, TABLE_PANE = "table", "table-pane"
KEY_FIGURES, AREA, PROGRAMME, RANKING = "key-figures", "area-card", "programme-card", "ranking"
NOTES = "notes"
