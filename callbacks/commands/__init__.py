"""What the terminal does: ingest, boundaries, snapshots, publish, briefing."""
