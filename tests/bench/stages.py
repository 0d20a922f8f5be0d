"""Where a batch's time goes: processor seconds of each stage, one after the other on one core.

python -m tests.bench.stages FOLDER        # prints them as JSON

The product runs its stages side by side; here nothing runs beside anything else, so that every
processor second belongs to the stage that is at work.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .tables import Words

NAMES: dict[str, Words] = {
    "decode": ("解码", "decoding"),
    "cut": ("找话音、切句", "voice activity, cutting"),
    "denoise": ("降噪", "noise turned down"),
    "features": ("频谱", "spectrogram"),
    "encode": ("语音模型：编码", "speech model: encoder"),
    "generate": ("语音模型：解码", "speech model: decoder"),
    "align": ("语音模型：字的时间", "speech model: times of words"),
    "language": ("语音模型：语言", "speech model: language"),
    "second": ("再听一遍疑似处", "second listening"),
    "voices": ("声纹", "voices"),
    "judge": ("角色、匹配、评分", "roles, matching, scoring"),
    "store": ("存进数据库", "the store"),
    "start": ("启动、载入", "start, loading"),
    "rest": ("其余", "the rest"),
}


class Clock:
    """Adds up processor seconds; a stage within a stage is taken out of the outer one."""

    def __init__(self) -> None:
        self.took: dict[str, float] = defaultdict(float)
        self._inner: list[float] = []

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        self._inner.append(0.0)
        start = time.process_time()
        try:
            yield
        finally:
            whole = time.process_time() - start
            self.took[name] += whole - self._inner.pop()
            if self._inner:
                self._inner[-1] += whole

    def calls(self, owner: Any, name: str, stage: str) -> None:
        """Take the time of a function or method."""
        original: Callable[..., Any] = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            with self._stage(stage):
                return original(*given, **named)

        setattr(owner, name, timed)

    def steps(self, owner: Any, name: str, stage: str) -> None:
        """Take the time of each step of what a function or method yields."""
        original: Callable[..., Iterable[Any]] = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Iterator[Any]:
            one = iter(original(*given, **named))
            while True:
                with self._stage(stage):
                    item = next(one, self)
                if item is self:
                    return
                yield item

        setattr(owner, name, timed)


def measure(folder: Path) -> dict[str, float]:
    """Score a folder into a store that goes away; return the seconds of each stage."""
    from faster_whisper import WhisperModel
    from faster_whisper.feature_extractor import FeatureExtractor

    from courtesy.batch import worker
    from courtesy.batch.sources import find
    from courtesy.config import Settings
    from courtesy.pipeline import Pipeline, load_pipeline
    from courtesy.speech import listen, recognise, second
    from courtesy.speech.decode import Decoding
    from courtesy.speech.voices import Voices
    from courtesy.store import files, open_database

    clock = Clock()
    started = time.process_time()
    listen.ahead = lambda source, most: (item for item in source)  # type: ignore[assignment]
    one_by_one = recognise.WhisperRecogniser
    one_by_one._at_once = lambda self, batches, ask: (  # type: ignore[method-assign]
        self._windows(batch, ask) for batch in batches
    )
    clock.steps(Decoding, "blocks", "decode")
    clock.steps(listen, "find_speech", "cut")
    clock.calls(recognise, "denoised", "denoise")
    clock.calls(FeatureExtractor, "__call__", "features")
    clock.calls(WhisperModel, "encode", "encode")
    clock.calls(WhisperModel, "find_alignment", "align")
    clock.calls(one_by_one, "_languages", "language")
    clock.calls(second.SecondListening, "answers", "second")
    clock.calls(Voices, "take", "voices")
    clock.calls(Pipeline, "judge", "judge")
    clock.calls(worker, "keep", "store")
    settings = Settings().with_changes(speech={"threads": 1, "workers": 1})
    with tempfile.TemporaryDirectory() as place:
        database = open_database(str(Path(place) / "store.sqlite3"))
        with database.writing() as connection:
            files.enlist(connection, find([folder]).files)
        pipeline = load_pipeline(settings)
        pipeline.prepare()
        recogniser: Any = pipeline._recogniser
        recogniser._model.model = _Generating(recogniser._model.model, clock)
        pipeline._matcher.result()
        clock.took["start"] = time.process_time() - started
        worker.Worker(database, pipeline, worker.Silent()).run()
        database.close()
    clock.took["rest"] = time.process_time() - started - sum(clock.took.values())
    return {name: round(clock.took[name], 2) for name in NAMES}


class _Generating:
    """A CTranslate2 model, whose class takes no other methods, with `generate` timed."""

    def __init__(self, model: Any, clock: Clock) -> None:
        self._model = model
        self.generate = model.generate
        clock.calls(self, "generate", "generate")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
