"""What other lists or another rubric would change in past talk, before they take effect."""
