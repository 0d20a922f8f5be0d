"""Say the answers of `tests/bench/drill_spoken.py`, each by one of the crowd, as WAV files.

/tmp/tts/bin/python tests/corpus/say_answers.py FOLDER --cache /tmp/tts-cache
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import soundfile
import voices

FAST = 2.2  # times as fast as the speaker speaks: seven syllables a second and more


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    given = parser.parse_args()
    for row in (given.folder / "answers.tsv").read_text(encoding="utf-8").splitlines():
        number, kind, speaker, text = row.split("\t")
        file = given.folder / f"{number}.wav"
        if file.exists() or not any(map(str.isalnum, text)):  # nothing to say
            continue
        voice = voices.CROWD[int(speaker) % len(voices.CROWD)]
        if kind == "too fast":
            voice = dataclasses.replace(voice, tempo=round(voice.tempo * FAST, 3))
        soundfile.write(file, voices.say(text, voice, given.cache), voices.SAMPLE_RATE_HZ)


if __name__ == "__main__":
    main()
