"""What a speaker encoder is, and what all of them have in common."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from courtesy.errors import VoiceError
from courtesy.messages import Text
from courtesy.speech.onnx import open_session

Sound = NDArray[np.float32]
Vector = NDArray[np.float32]

# Pieces that go through the network at once; more need more memory and save nothing.
_BATCH = 64


class SpeakerEncoder(Protocol):
    """Turns sound into a voice: a vector that lies near the other vectors of the same person.

    Attributes:
        name: the encoder and twelve digits of its model's SHA-256. Vectors of different names
            cannot be compared.
    """

    name: str

    def embed(self, sounds: Sequence[Sound]) -> list[Vector]:
        """Return a unit vector for each sound.

        Args:
            sounds: each of shape (n,), 16 kHz, -1 to 1, one person's speech.

        Returns:
            vectors of one shape; an empty one where there is too little sound or only silence.

        Raises:
            VoiceError: the model failed.
        """
        ...


def shares(left: Sequence[float], right: Sequence[float]) -> float:
    """Return how near two unit vectors are: their cosine, -1 to 1."""
    return float(np.dot(np.asarray(left, np.float64), np.asarray(right, np.float64)))


def join(vectors: Sequence[Sequence[float]], weights: Sequence[float]) -> tuple[float, ...]:
    """Return the unit vector in the middle of some unit vectors; empty where there is none.

    Args:
        vectors: of one length.
        weights: one each, for example seconds of speech.
    """
    if not vectors:
        return ()
    middle = np.average(np.asarray(vectors, np.float64), axis=0, weights=weights)
    return tuple(unit(middle).tolist())


def unit(vector: NDArray[Any]) -> Vector:
    """Return a vector of length 1 in the same direction; empty where there is no direction."""
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length < 1e-9:
        return np.zeros(0, np.float32)
    return np.asarray(vector / length, np.float32)


def open_model(path: Path) -> Any:
    """Return a speaker model's session.

    Raises:
        VoiceError: the file is no model that can be run.
    """
    refusals = _refusals()
    try:
        return open_session(path)
    except refusals as error:
        raise VoiceError(
            Text(
                f"声纹模型 {path} 无法载入：{error}。请重新取得这个文件。",
                f"The speaker model {path} cannot be loaded: {error}. Get the file again.",
            )
        ) from error


def _refusals() -> tuple[type[Exception], ...]:
    """Return onnxruntime's errors; they share no base but `Exception`."""
    from onnxruntime.capi import onnxruntime_pybind11_state as native

    kinds = (kind for kind in vars(native).values() if isinstance(kind, type))
    return tuple(kind for kind in kinds if issubclass(kind, Exception))


def run(session: Any, pieces: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the network's vectors, shape (n, dimensions), for pieces, shape (n, frames, bands).

    Raises:
        VoiceError: the model failed.
    """
    name = session.get_inputs()[0].name
    refusals = _refusals()
    try:
        batches = [
            session.run(None, {name: pieces[at : at + _BATCH]})[0]
            for at in range(0, len(pieces), _BATCH)
        ]
    except refusals as error:
        raise VoiceError(
            Text(
                f'声纹模型运行失败：{error}。可用 voices = "off" 关闭声纹。',
                f'The speaker model failed: {error}. Switch voices off with voices = "off".',
            )
        ) from error
    return np.asarray(np.concatenate(batches), np.float32)


def stacked(pieces: Iterable[NDArray[Any]]) -> NDArray[np.float32]:
    """Return pieces of one shape as one array."""
    return np.stack(list(pieces)).astype(np.float32)
