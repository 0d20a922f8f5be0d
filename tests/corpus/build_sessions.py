"""Makes days at one window, as gold sessions: text with times at once, or sound as well.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

    python tests/corpus/build_sessions.py --seeds 1 2 --hours 8 --out FOLDER DIALOGUES_FOLDER
    python tests/corpus/build_sessions.py --seeds 9 --hours 1 --sound --cache CACHE_FOLDER \
        --out FOLDER DIALOGUES_FOLDER
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import gold
import sessions


def main() -> int:
    """Read the options and write the sessions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one session each")
    parser.add_argument("--hours", type=float, default=8.0, help="how long each is")
    parser.add_argument("--sound", action="store_true", help="have it said, stereo and mono")
    parser.add_argument("--cache", type=Path, help="folder for synthesised clips")
    parser.add_argument("--out", type=Path, required=True, help="folder for the sessions")
    parser.add_argument("folder", type=Path, help="folder of dialogues, tune or report")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        name = f"day-{options.folder.name}-{seed:03}"
        share = 1.0 if options.sound else sessions.ONE_SIDED_SHARE
        scenes = sessions.Day(options.folder, seed, share).plan(options.hours)
        if options.sound:
            import session_sound

            session = session_sound.build(
                name, scenes, options.folder.name, seed, options.cache, options.out
            )
        else:
            session = sessions.as_gold(name, scenes, sessions.estimate)
        gold.write(options.out / f"{name}.toml", session)
        count, asides = len(session["interaction"]), len(session["aside"])
        sys.stdout.write(f"{name}: {count} interactions, {asides} asides\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
