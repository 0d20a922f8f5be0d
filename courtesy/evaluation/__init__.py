"""Gold dialogues against scorecards: precision, recall, verdict accuracy."""
