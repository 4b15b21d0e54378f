"""Shapes of areas: reading, repairing, checking, simplifying, drawing as TopoJSON."""
