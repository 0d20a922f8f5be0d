"""The phrases that count for or against a clerk, read from `lexicons/*.toml` and checked."""

from courtesy.lexicon.load import load_lexicon
from courtesy.lexicon.phrases import SLOT, Form, Lexicon, Phrase

__all__ = ["SLOT", "Form", "Lexicon", "Phrase", "load_lexicon"]
