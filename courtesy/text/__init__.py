"""Text in one script and one width, with the way back to what was heard; words; syllables."""
