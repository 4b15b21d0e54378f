"""New rounds and boundaries become a new snapshot: merging, checking, reporting, writing."""
