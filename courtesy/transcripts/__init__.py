"""Transcripts that people or other programs wrote, read into the same records as a recording."""

from courtesy.transcripts.read import is_transcript, read_transcript, read_transcripts

__all__ = ["is_transcript", "read_transcript", "read_transcripts"]
