"""The speech models on this machine: where they are, whether they are whole, how they come here."""

from courtesy.speech.models.adding import add
from courtesy.speech.models.catalogue import find_entry, load_catalogue
from courtesy.speech.models.folder import (
    Installed,
    check_quick,
    checksum,
    installed,
    locate,
    verify,
    weights,
)
from courtesy.speech.models.pulling import Pulled, pull
from courtesy.speech.models.transfer import Progress, Report

__all__ = [
    "Installed",
    "Progress",
    "Pulled",
    "Report",
    "add",
    "check_quick",
    "checksum",
    "find_entry",
    "installed",
    "load_catalogue",
    "locate",
    "pull",
    "verify",
    "weights",
]
