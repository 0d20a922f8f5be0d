"""From an interaction and a rubric to a scorecard: pure functions, nothing read, nothing kept."""
