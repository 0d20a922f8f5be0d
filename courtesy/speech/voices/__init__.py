"""Speaker encoders: a voice as a vector, behind one protocol."""

from courtesy.speech.voices.encoder import Sound, SpeakerEncoder, join, shares
from courtesy.speech.voices.load import load_encoder, load_if_there
from courtesy.speech.voices.taken import Voices

__all__ = ["Sound", "SpeakerEncoder", "Voices", "join", "load_encoder", "load_if_there", "shares"]
