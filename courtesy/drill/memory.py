"""When what went wrong comes back: one FSRS card a person and phrase."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from courtesy.drill.scenarios import Scenario, Step, alternatives
from courtesy.drill.session import Walk
from courtesy.lexicon import Lexicon
from courtesy.store import Database, practising
from courtesy.store.practising import Card, Practice, Unfinished

# Ratings as FSRS numbers them: again, hard, good.
_RATINGS: Final[Mapping[str, int]] = {"missing": 1, "close": 2, "said": 3}
_AGAIN: Final = 1


def remember(
    connection: Any,
    person: str,
    walk: Walk,
    now: datetime,
    left: Unfinished | None = None,
) -> None:
    """Keep a finished walk, and when each phrase of it is to come back.

    A card is made where something went wrong; what goes right from the beginning needs none.

    Args:
        connection: to write on.
        person: who practised.
        walk: which.
        now: with its zone.
        left: as it was kept meanwhile, which says what it was done for; None where it was free.
    """
    done = Practice(
        person,
        walk.scenario.id,
        now.astimezone(UTC).replace(tzinfo=None),
        walk.points,
        walk.turns,
        walk.spoken,
        left.assignment if left else None,
        bool(left and left.examination),
    )
    practising.keep_practice(connection, done)
    for item, rating in _ratings(walk):
        card = practising.card(connection, person, item)
        if card is not None or rating < _RATINGS["said"]:
            practising.put_card(connection, person, _rated(item, card, rating, now))


def take_breaches(database: Database, person: str, clerk: str, now: datetime) -> int:
    """Make what reviewers confirmed against a clerk due now, each confirmation once.

    Args:
        database: with the reviewers' decisions; they are only read.
        person: whose cards.
        clerk: the same person as recordings name them.
        now: with its zone.

    Returns:
        how many phrases came to be due.
    """
    with database.reading() as connection:
        new = _new_breaches(connection, person, clerk)
    if not new:
        return 0
    with database.writing() as connection:
        new = _new_breaches(connection, person, clerk)
        for item, breaches in new.items():
            rated = _rated(item, practising.card(connection, person, item), _AGAIN, now)
            due = Card(item, now.timestamp(), rated.memory, breaches)
            practising.put_card(connection, person, due)
    return len(new)


def _new_breaches(connection: Any, person: str, clerk: str) -> dict[str, int]:
    """Return how often each phrase was confirmed, where that is more than its card knows of."""
    found = {}
    for item, breaches in practising.confirmed(connection, clerk).items():
        card = practising.card(connection, person, item)
        if card is None or card.breaches < breaches:
            found[item] = breaches
    return found


def next_due(database: Database, person: str, now: datetime) -> str | None:
    """Return the id of the phrase that has been due longest; None where none is."""
    with database.reading() as connection:
        card = practising.next_card(connection, person, now.timestamp())
    return card.item if card else None


def exercise_for(item: str, scenarios: Sequence[Scenario], lexicon: Lexicon) -> Scenario | None:
    """Return a scenario in which a phrase is asked for or tempted towards, another each time.

    Args:
        item: id of the phrase.
        scenarios: to choose from.
        lexicon: says which list it is in.
    """
    phrase = lexicon.get(item)
    listed = phrase.list if phrase else ""
    exact = [one for one in scenarios if any(_names(step, item) for step in one.steps)]
    like = [one for one in scenarios if any(_names(step, listed) for step in one.steps)]
    found = exact or like
    return random.choice(found) if found else None


def _names(step: Step, name: str) -> bool:
    refs = {ref for one in step.require for ref in alternatives(one)}
    return bool(name) and name in refs | set(step.tempt)


def _ratings(walk: Walk) -> Iterator[tuple[str, int]]:
    """Yield each phrase of a walk once, with the worst that happened to it."""
    worst: dict[str, int] = {}
    for turn in walk.turns:
        mark: Mapping[str, Any] = turn["mark"]
        found = [(w["phrase_id"], _RATINGS[w["verdict"]]) for w in mark["wanted"]]
        said = {b["phrase_id"] for b in mark["breaches"]}
        found += [(item, _AGAIN) for item in said]
        # Who was tempted and did not say it has remembered.
        tempted = {step.id: step.tempt for step in walk.scenario.steps}.get(turn["step"], ())
        answered = mark["outcome"] != "silent"
        found += [(item, _RATINGS["said"]) for item in tempted if answered and item not in said]
        for item, rating in found:
            if item:
                worst[item] = min(rating, worst.get(item, rating))
    yield from worst.items()


def _rated(item: str, card: Card | None, rating: int, now: datetime) -> Card:
    from fsrs import Card as Memory
    from fsrs import Rating, Scheduler

    memory = Memory.from_json(card.memory) if card else Memory(card_id=0, due=now)
    # Without fuzz the same practice gives the same dates.
    scheduler = Scheduler(enable_fuzzing=False)
    at = now.astimezone(UTC)
    memory, _ = scheduler.review_card(memory, Rating(rating), at)
    breaches = card.breaches if card else 0
    return Card(item, memory.due.timestamp(), memory.to_json(), breaches)
