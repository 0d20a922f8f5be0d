"""Which speaker encoder this machine has."""

from courtesy.errors import CourtesyError, ModelError, VoiceError
from courtesy.speech import models
from courtesy.speech.voices.campplus import NAME as CAMPPLUS
from courtesy.speech.voices.campplus import CamPlusPlus
from courtesy.speech.voices.dvector import NAME as DVECTOR
from courtesy.speech.voices.dvector import DVector, package_model
from courtesy.speech.voices.encoder import SpeakerEncoder


def load_encoder(name: str = "auto") -> SpeakerEncoder:
    """Load a speaker encoder.

    Args:
        name: "campplus", "dvector", or "auto" for the first of them that is here.

    Raises:
        VoiceError: the libraries are not installed, or the model cannot be run.
        ModelError: `campplus` is asked for by name and is not here, or is not whole.
    """
    if name == CAMPPLUS:
        return _campplus()
    if name == DVECTOR:
        return DVector(package_model())
    try:
        return _campplus()
    except (ModelError, VoiceError):
        return DVector(package_model())


def load_if_there(name: str = "auto") -> SpeakerEncoder | None:
    """Load a speaker encoder if this machine has one that works; else return None."""
    try:
        return load_encoder(name)
    except CourtesyError:
        return None


def _campplus() -> CamPlusPlus:
    folder = models.locate(CAMPPLUS, voice=True)
    return CamPlusPlus(models.weights(folder), models.checksum(folder))
