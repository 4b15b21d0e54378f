"""Figures as CSV, workbooks and GeoJSON."""
