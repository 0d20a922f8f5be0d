"""One step each, oldest first by number."""
