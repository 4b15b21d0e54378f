"""Maps and charts as SVG and pictures."""
