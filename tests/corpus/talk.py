"""Writes hours of ordinary, polite window talk, as gold files that hold no breach at all.

Whatever a program accuses the clerks of these dialogues of is a false accusation. The scenes are in
`talk/`, the values of their slots in `talk/slots.toml`. Scenes with even numbers are for tuning,
those with odd numbers for reporting. The files have no times yet: another script has the turns said
and places them.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

    python tests/corpus/talk.py --hours 8 --scenes odd --seed 1 OUT_FOLDER
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gold

Table = dict[str, Any]

TALK = Path(__file__).resolve().parent / "talk"
SLOTS = "slots.toml"
REMAINDERS = {"even": (0,), "odd": (1,), "all": (0, 1)}
CHARACTERS_PER_S = 4.0
GAP_S = 0.8
LICENCE = "CC0-1.0 text"
RULES = {"forbidden": "pass", "abuse": "pass"}
SLOT = re.compile(r"\{([a-z]+)\}")
PUNCTUATION = re.compile(r"[，。？！、：；“”‘’…《》—]")
ANEW = frozenset({"filler"})  # every other slot keeps its value for the whole dialogue

# The courtesy words of samples/README.md, without 申请, 请假, 请律师, 怕麻烦 and the like.
POLITE = re.compile(
    "[您你]好(?!好|多|几)|大家好|[早上中下]午?好[，。！]|位早，"
    "|(?<![申邀聘宴想要我])请(?![假客律了求示专测派领他人不吃的])"
    "|(?<![不怕太嫌真弄点])麻烦(?=[您你各说把核帮问今了])|，麻烦。|添了?麻烦"
    "|谢谢|[多感用]谢|对不[起住]|抱歉|(?<![用时怪])不好意思|[不别用]客气|没关系|再见|慢走|走好"
    "|劳驾|欢迎|久等|打扰|辛苦|应该的|包涵|见谅|原谅|费心"
)


class Deck:
    """Draws items in shuffled rounds: none comes a second time before each has come once."""

    def __init__(self, items: Sequence[Any], generator: random.Random) -> None:
        self._items = list(items)
        self._generator = generator
        self._left: list[Any] = []

    def draw(self) -> Any:
        """Return the next item."""
        if not self._left:
            self._left = self._generator.sample(self._items, len(self._items))
        return self._left.pop()


class Scene:
    """A scene file, each step with a deck of its alternatives."""

    def __init__(self, table: Mapping[str, Any], generator: random.Random) -> None:
        self.description: str = table["scene"]
        self.mode: str = table["mode"]
        self._steps = [
            (step["role"], step.get("chance", 1.0), Deck(step["say"], generator))
            for step in table["step"]
        ]
        self._generator = generator

    def perform(self, slots: Mapping[str, Deck]) -> list[Table]:
        """Return the turns of one performance, with all slots filled."""
        chosen: dict[str, str] = {}

        def value(match: re.Match[str]) -> str:
            slot = match[1]
            if slot in ANEW or slot not in chosen:
                chosen[slot] = slots[slot].draw()
            return chosen[slot]

        turns = []
        for role, chance, alternatives in self._steps:
            if self._generator.random() < chance:
                text = SLOT.sub(value, alternatives.draw())
                turn = {"role": role, "text": text, "forbidden": [], "polite": is_polite(text)}
                turns.append(turn)
        return turns


def is_polite(text: str) -> bool:
    """Return whether the text holds a courtesy word.

    Examples:
        >>> is_polite("请您稍等。"), is_polite("我请了半天假来申请的。")
        (True, False)
    """
    return POLITE.search(text) is not None


def seconds(turns: Sequence[Table]) -> float:
    """Return about how long the turns take to say."""
    characters = sum(len(PUNCTUATION.sub("", turn["text"])) for turn in turns)
    return characters / CHARACTERS_PER_S + GAP_S * (len(turns) - 1)


def scenes(which: str, generator: random.Random) -> list[Scene]:
    """Return the scenes of the given numbers: `odd`, `even` or `all`."""
    paths = sorted(path for path in TALK.glob("*.toml") if path.name != SLOTS)
    return [
        Scene(tomllib.loads(path.read_text(encoding="utf-8")), generator)
        for path in paths
        if int(path.name.split("-")[0]) % 2 in REMAINDERS[which]
    ]


def write(path: Path, dialogue: Table, turns: Sequence[Table]) -> None:
    """Write a gold file whose turns have no times."""
    gold.write(path, dialogue)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        for turn in turns:
            file.write(f'\n[[turn]]\nrole = "{turn["role"]}"\ntext = "{turn["text"]}"\n')
            file.write(f"forbidden = []\npolite = {str(turn['polite']).lower()}\n")


def write_all(folder: Path, hours: float, which: str, seed: int) -> tuple[int, float]:
    """Write dialogues until they fill the hours.

    Args:
        folder: Where they go.
        hours: How much talk, as `seconds` estimates it.
        which: The scenes, as for `scenes`.
        seed: The same seed gives the same files.

    Returns:
        How many dialogues there are, and how many hours they fill.
    """
    generator = random.Random(seed)
    values = tomllib.loads((TALK / SLOTS).read_text(encoding="utf-8"))
    slots = {name: Deck(items, generator) for name, items in values.items()}
    stage = Deck(scenes(which, generator), generator)
    folder.mkdir(parents=True, exist_ok=True)
    count, total_s = 0, 0.0
    while total_s < hours * 3600:
        count += 1
        scene: Scene = stage.draw()
        turns = scene.perform(slots)
        name = f"talk-{which}-{count:04}"
        dialogue = {
            "id": name,
            "scene": scene.description,
            "mode": scene.mode,
            "licence": LICENCE,
            "clerk": generator.choice(("left", "right")),
            "rules": RULES,
        }
        write(folder / f"{name}.toml", dialogue, turns)
        total_s += seconds(turns)
    return count, total_s / 3600


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description="Write ordinary window talk without any breach.")
    parser.add_argument("--hours", type=float, default=8.0, help="how much talk")
    parser.add_argument("--scenes", choices=tuple(REMAINDERS), default="all", help="which scenes")
    parser.add_argument("--seed", type=int, default=1, help="seed of every draw")
    parser.add_argument("folder", type=Path, metavar="OUT_FOLDER", help="where the files go")
    given = parser.parse_args(arguments)
    count, hours = write_all(given.folder, given.hours, given.scenes, given.seed)
    print(f"{count} dialogues, about {hours:.2f} h")
    return 0


if __name__ == "__main__":
    sys.exit(main())
