"""Plans days at one window: who comes when, what is said between, as one gold session.

Runs in the throw-away environment of README.md only. Nothing in the product imports this module.

A plan is a list of scenes in the order they begin. A customer who is interrupted by a telephone
call, or a clerk who goes away for some minutes, stays one interaction; a customer who was sent away
and comes back after another one is a new interaction. A call that is answered opens the interaction
of whoever answers it; one that nobody answers, and talk between colleagues, are asides.
"""

from __future__ import annotations

import copy
import dataclasses
import itertools
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import gold
import numpy as np

Kind = Literal["customer", "phone", "call", "colleagues"]
Length = Callable[[gold.Table], float]

HERE = Path(__file__).resolve().parent
CHARACTERS_PER_S = 4.5
SHORTEST_S = 0.4
PUNCTUATION = re.compile(r"[，。？！、：；“”‘’…《》—]")
NEXT = {"下一个。", "下一位。"}
DIGITS = "零一二三四五六七八九"

# Between customers, in seconds: at a busy window, an ordinary one, a quiet one, and over noon.
PACES: dict[str, tuple[float, float]] = {
    "busy": (2.0, 6.0),
    "steady": (6.0, 40.0),
    "quiet": (40.0, 300.0),
    "long": (300.0, 1200.0),
}
PACE_SHARES = (0.38, 0.32, 0.22, 0.08)
PACE_STAYS = 0.6
BETWEEN_TURNS = (0.4, 1.2)
OVERLAP_SHARE, OVERLAP_S = 0.06, -0.3
PAUSE_SHARE, PAUSE_S = 0.05, (2.0, 8.0)
TYPING_SHARE, TYPING_S = 0.4, (10.0, 45.0)
AWAY_SHARE, AWAY_S = 0.12, (60.0, 360.0)
PHONE_INSIDE_SHARE, PHONE_BETWEEN_SHARE = 0.1, 0.12
ONE_SIDED_SHARE = 0.6
ERRAND_SHARE = 0.06
COLLEAGUES_SHARE, CALLS_SHARE = 0.3, 0.6
UNANSWERED_SHARE = 0.15
ARRIVES_S = (2.0, 14.0)
ANSWERED_S = 30.0  # from a call to the first words of whoever was called


@dataclasses.dataclass
class Scene:
    """One thing that happens at the window.

    Attributes:
        kind: what.
        turns: in order; each with `lead`, the seconds of silence before it, and `speaker`.
        rules: the right verdicts; none where they are not known.
        inside: the scene that this one interrupts; None for most.
    """

    kind: Kind
    turns: list[gold.Table]
    rules: dict[str, str] = dataclasses.field(default_factory=dict)
    inside: Scene | None = None


class Deck:
    """Draws items in shuffled rounds: none comes a second time before each has come once."""

    def __init__(self, items: Sequence[Any], random: np.random.Generator) -> None:
        self._items, self._random, self._left = list(items), random, []

    def draw(self) -> Any:
        """Return the next item, free to be changed."""
        if not self._left:
            self._left = [self._items[i] for i in self._random.permutation(len(self._items))]
        return copy.deepcopy(self._left.pop())


class Day:
    """The draws of one session; the same folder, seed and hours plan the same day."""

    def __init__(self, folder: Path, seed: int, one_sided_share: float = ONE_SIDED_SHARE) -> None:
        """Make ready.

        Args:
            folder: of dialogues; its name, `tune` or `report`, chooses the words between them.
            seed: of every draw.
            one_sided_share: of the telephone calls, those of which only the clerk is heard.
        """
        self._one_sided = one_sided_share
        self._random = np.random.default_rng([seed, len(folder.name)])
        dialogues = [gold.read(path) for path in sorted(folder.glob("*.toml"))]
        between = tomllib.loads((HERE / "between.toml").read_text(encoding="utf-8"))[folder.name]
        self._words = {name: Deck(items, self._random) for name, items in between.items()}
        self._counter = Deck([d for d in dialogues if d["mode"] == "counter"], self._random)
        self._phone = Deck([d for d in dialogues if d["mode"] == "phone"], self._random)
        self._calls = self._random.random() < CALLS_SHARE
        self._number = int(self._random.integers(1, 120))
        self._window = DIGITS[int(self._random.integers(1, 9))]
        self._pace = "steady"
        self._customers = 0
        self._passed = False
        self._away: list[tuple[int, Scene]] = []

    def plan(self, hours: float) -> list[Scene]:
        """Return the scenes of so many hours, in the order they begin."""
        scenes: list[Scene] = []
        clock = 0.0
        while clock < hours * 3600:
            new = list(self._next(first=not scenes))
            clock += sum(t["lead"] + estimate(t) for scene in new for t in scene.turns)
            scenes += new
        for before, after in itertools.pairwise(scenes):
            _hand_over(before, after)
        return scenes

    def _next(self, *, first: bool) -> Iterator[Scene]:
        """Yield what happens between two customers, and then the customer."""
        gap = self._gap() if not first else self._uniform((3.0, 30.0))
        for aside in self._asides(gap):
            yield aside
            gap = self._uniform((4.0, 25.0))
        # Nobody comes back before somebody else has been served.
        back = self._away and self._away[0][0] < self._customers
        if back and not self._passed and self._chance(0.5):
            scene = self._away.pop(0)[1]
        else:
            scene = self._customer()
            # After a number that nobody answered the next one is called, or none would know.
            called = scene.turns[0]["text"] in NEXT
            if not called and (self._passed or (self._calls and self._chance(0.8))):
                self._call(scene)
            self._passed = False
        scene.turns[0]["lead"] = round(gap, 2)
        yield from self._interrupted(scene)

    def _gap(self) -> float:
        if not self._chance(PACE_STAYS):
            self._pace = str(self._random.choice(list(PACES), p=PACE_SHARES))
        return self._uniform(PACES[self._pace])

    def _asides(self, gap: float) -> Iterator[Scene]:
        if gap > 20 and self._chance(COLLEAGUES_SHARE):
            yield self._colleagues(self._uniform((4.0, gap)))
        if gap > 20 and self._chance(PHONE_BETWEEN_SHARE):
            yield self._telephone(self._uniform((3.0, gap)))
        if self._calls and self._chance(UNANSWERED_SHARE):
            machine = self._chance(0.5)
            for nth in range(2):
                turn = self._called(machine=machine, numbered=True)
                turn["lead"] = round(self._uniform((18.0, 30.0)) if nth else min(gap, 40.0), 2)
                yield Scene("call", [turn])
            self._number += 1
            self._passed = True

    def _customer(self) -> Scene:
        dialogue = self._counter.draw()
        self._customers += 1
        turns, rules = dialogue["turn"], dict(dialogue["rules"])
        self._paced(turns, f"customer-{self._customers}")
        if self._chance(ERRAND_SHARE) and len(turns) > 10:
            return self._sent_away(turns)
        if self._chance(TYPING_SHARE):
            turns[self._middle(turns)]["lead"] = round(self._uniform(TYPING_S), 2)
        if self._chance(AWAY_SHARE):
            self._leave(turns, rules)
        return Scene("customer", turns, rules)

    def _leave(self, turns: list[gold.Table], rules: dict[str, str]) -> None:
        """Have the clerk go away for minutes, with a word before and a word after."""
        polite = rules.get("please") == "pass"
        manner = "polite" if polite else "plain"
        at = self._middle(turns)
        away = clerk(self._words[f"away_{manner}"].draw(), polite=polite)
        back = clerk(self._words[f"back_{manner}"].draw(), polite=polite)
        away["lead"], back["lead"] = 0.8, round(self._uniform(AWAY_S), 2)
        turns[at:at] = [away, back]
        if polite:
            rules |= {"leave_notice": "pass", "wait_apology": "pass"}

    def _sent_away(self, turns: list[gold.Table]) -> Scene:
        """Cut a dialogue in two: its second half comes back after another customer."""
        at = self._middle(turns)
        send, go, back = self._words["errands"].draw()
        speaker = next(t["speaker"] for t in turns if t["role"] == "customer")
        ends = [clerk(send), {**clerk(go), "role": "customer", "speaker": speaker}]
        again = {**clerk(back), "role": "customer", "speaker": speaker}
        self._away.append((self._customers, Scene("customer", [again, *turns[at:]])))
        return Scene("customer", [*turns[:at], *ends])

    def _telephone(self, lead: float) -> Scene:
        dialogue = self._phone.draw()
        turns = dialogue["turn"]
        self._paced(turns, "caller")
        if self._chance(self._one_sided):  # the receiver is at the clerk's ear
            silent, kept = 0.0, []
            for turn in turns:
                if turn["role"] == "clerk":
                    turn["lead"] = round(turn["lead"] + silent, 2)
                    kept.append(turn)
                    silent = 0.0
                else:
                    silent += estimate(turn) + turn["lead"]
            turns = kept
        turns[0]["lead"] = round(lead, 2)
        return Scene("phone", turns, dict(dialogue["rules"]))

    def _interrupted(self, scene: Scene) -> Iterator[Scene]:
        """Yield a customer, at times with a telephone call in the middle."""
        if len(scene.turns) < 10 or not self._chance(PHONE_INSIDE_SHARE):
            yield scene
            return
        at = self._middle(scene.turns)
        rest = scene.turns[at:]
        if self._chance(0.6):
            scene.turns[at:] = [clerk(self._words["phone_notices"].draw(), polite=True)]
        else:
            del scene.turns[at:]
        call = self._telephone(self._uniform((1.0, 4.0)))
        call.inside = scene
        if self._chance(0.6):
            rest.insert(0, clerk(self._words["phone_returns"].draw(), polite=True))
        rest[0]["lead"] = round(self._uniform((1.0, 5.0)), 2)
        yield scene
        yield call
        yield Scene("customer", rest, inside=scene)

    def _colleagues(self, lead: float) -> Scene:
        lines = self._words["colleagues"].draw()["lines"]
        turns = [clerk(text) for text in lines]
        mine = int(self._random.integers(2))
        for number, turn in enumerate(turns):
            turn["lead"] = round(self._uniform(BETWEEN_TURNS), 2)
            if number % 2 != mine:
                turn |= {"role": "unknown", "speaker": "colleague"}
        turns[0]["lead"] = round(lead, 2)
        return Scene("colleagues", turns)

    def _call(self, scene: Scene) -> None:
        """Put the call before a customer, who takes a while to come."""
        call = self._called(machine=self._chance(0.4), numbered=self._passed)
        scene.turns[0]["lead"] = round(self._uniform(ARRIVES_S), 2)
        scene.turns.insert(0, call)
        self._number += 1

    def _called(self, *, machine: bool, numbered: bool = False) -> gold.Table:
        text = self._words["machine_calls" if machine else "clerk_calls"].draw()
        while numbered and "{n}" not in text:
            text = self._words["clerk_calls"].draw()
        number = "".join(DIGITS[int(d)] for d in f"{self._number:03}")
        turn = clerk(text.replace("{n}", number).replace("{w}", self._window))
        turn["polite"] = "请" in text
        return turn | ({"role": "unknown", "speaker": "machine"} if machine else {})

    def _paced(self, turns: Sequence[gold.Table], customer: str) -> None:
        for before, turn in zip([None, *turns[:-1]], turns, strict=True):
            kind = self._random.random()
            answers = before is not None and before["role"] != turn["role"]
            lead = self._uniform(BETWEEN_TURNS)
            if kind < OVERLAP_SHARE and answers:
                lead = OVERLAP_S
            elif kind > 1 - PAUSE_SHARE:
                lead = self._uniform(PAUSE_S)
            turn["lead"] = round(lead, 2)
            turn["speaker"] = "clerk" if turn["role"] == "clerk" else customer

    def _middle(self, turns: Sequence[gold.Table]) -> int:
        return int(self._random.integers(4, max(5, len(turns) - 3)))

    def _uniform(self, bounds: tuple[float, float]) -> float:
        return float(self._random.uniform(*bounds))

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)


def _hand_over(before: Scene, after: Scene) -> None:
    """Give a call that ends a dialogue to whoever follows it soon, as with every other call."""
    both = before.kind == after.kind == "customer" and after.inside is None
    soon = after.turns[0]["lead"] <= ANSWERED_S
    if both and soon and after.turns[0]["text"] not in NEXT and before.turns[-1]["text"] in NEXT:
        after.turns.insert(0, before.turns.pop())


def clerk(text: str, *, polite: bool = False) -> gold.Table:
    """Return a turn of the clerk."""
    return {
        "role": "clerk", "text": text, "forbidden": [], "polite": polite,
        "speaker": "clerk", "lead": 0.8,
    }  # fmt: skip


def estimate(turn: gold.Table) -> float:
    """Return about how many seconds a turn takes to say."""
    return max(SHORTEST_S, len(PUNCTUATION.sub("", turn["text"])) / CHARACTERS_PER_S)


def as_gold(name: str, scenes: Sequence[Scene], length: Length) -> gold.Table:
    """Return the session as a gold file, every turn in its time.

    Args:
        name: the session's.
        scenes: as `Day.plan` returns them.
        length: how long a turn takes to say, in seconds.
    """
    clock, parts = 0.0, {}
    for scene in scenes:
        for turn in scene.turns:
            turn["start"] = round(max(0.0, clock + turn["lead"]), 2)
            clock = turn["end"] = round(turn["start"] + length(turn), 2)
        # What follows a telephone call belongs to the customer who waited.
        resumed = scene.kind == "customer" and scene.inside is not None
        whole = parts.setdefault(id(scene.inside if resumed else scene), copy.copy(scene))
        if resumed:
            whole.turns = [*whole.turns, *scene.turns]
    session: gold.Table = {
        "id": name, "scene": "一支话筒在一个窗口录的一天", "mode": "counter",
        "licence": "CC0-1.0 text", "clerk": "left", "interaction": [], "aside": [],
    }  # fmt: skip
    for part in parts.values():
        entry: gold.Table = {
            "start": min(t["start"] for t in part.turns),
            "end": max(t["end"] for t in part.turns),
            "turn": part.turns,
        }
        if part.kind in {"customer", "phone"}:
            mode = "phone" if part.kind == "phone" else "counter"
            session["interaction"].append({**entry, "mode": mode, "rules": part.rules})
        else:
            session["aside"].append({**entry, "kind": part.kind})
    return session
