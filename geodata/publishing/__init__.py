"""Published folders: what they hold and how they follow new snapshots."""
