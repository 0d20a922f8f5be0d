"""Phrases of the lexicon found in what was said, behind the recogniser's mistakes."""
