"""What decisions teach is worked out in a thread of its own: nobody waits for it.

A proposal's effect is told by the lists as they were: it names their checksum, and is worked out
anew once they change.
"""

import functools
import threading
from collections.abc import Iterator
from typing import Any, Final, Self

from courtesy.errors import CourtesyError
from courtesy.learning.accepting import draft
from courtesy.learning.effects import Past, Trial, known_dialogues
from courtesy.learning.lists import digest_of
from courtesy.learning.proposals import Proposal, all_proposals, same, worth_again
from courtesy.review.office import Office
from courtesy.store import again, lessons, proposing
from courtesy.store.proposing import Found, Kept

# Past talks that a change is tried on, the last ones: those with the phrase, and, where a wording
# is new, any.
TALKS: Final = 500
TALKS_AT_ALL: Final = 200
_EVERY: Final = 30.0  # seconds


class Learner:
    """Works out proposals and what they would do; one may be asked again and again."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._seen: tuple[Any, ...] = ()
        self._trial: Trial | None = None
        self._over = threading.Event()

    def look(self) -> None:
        """Bring proposals and effects up to date.

        Raises:
            LexiconError: a list breaks its format.
            StoreError: the database cannot be used.
        """
        digest = digest_of(self._office.shelf)
        with self._office.database.reading() as connection:
            mark = (digest, *lessons.mark(connection))
        if mark == self._seen:
            return
        self._propose()
        if self._work_out(digest):
            self._seen = mark

    def stop(self) -> None:
        """Have `look` end before the next proposal."""
        self._over.set()

    def _propose(self) -> None:
        with self._office.database.reading() as connection:
            known = proposing.listed(connection)
            counts = lessons.counts(connection)
            lessons_of = functools.partial(lessons.lessons, connection)
            found = all_proposals(self._office.shelf, counts, lessons_of)
        fresh = [
            Found(one.kind, one.phrase, one.value, one.evidence, one.grounds)
            for one in found
            if _to_be_asked(one, known)
        ]
        with self._office.database.writing() as connection:
            proposing.keep(connection, fresh)

    def _work_out(self, digest: str) -> bool:
        """Work out what is not known of the open proposals; return whether all is known then."""
        with self._office.database.reading() as connection:
            todo = [
                one
                for one in proposing.listed(connection)
                if one.state == "open" and (one.effect is None or one.effect["lexicons"] != digest)
            ]
        for one in todo:
            if self._over.is_set():
                return False
            if self._trial is None or self._trial.digest != digest:
                self._trial = Trial(self._office.shelf, known_dialogues())
            found = one.found
            edit = draft(self._office.shelf, found.kind, found.phrase, found.value)
            effect = self._trial.effect(edit.file, edit.text, self._past(one))
            if self._over.is_set():  # not all talks were judged
                return False
            with self._office.database.writing() as connection:
                proposing.keep_effect(connection, one, effect)
        return True

    def _past(self, one: Kept) -> Iterator[Past]:
        anywhere = one.found.kind == "variant"
        phrase, most = ("", TALKS_AT_ALL) if anywhere else (one.found.phrase, TALKS)
        with self._office.database.reading() as connection:
            numbers = lessons.talks(connection, phrase, most)
        for number in numbers:
            if self._over.is_set():
                return
            with self._office.database.reading() as connection:
                before = again.judged(connection, number)
                flags = lessons.flags_of(connection, number)
            if before:
                cards = before.recording.scorecards
                parts = tuple(card.interaction for card in cards) if before.divided else ()
                yield Past(number, before.result, before.recording.heard, parts, flags)


class Learning:
    """Has a learner look again and again while it is entered."""

    def __init__(self, office: Office) -> None:
        self._learner = Learner(office)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="learning", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, once the talk in hand is judged."""
        self._over.set()
        self._learner.stop()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(_EVERY):
            try:
                self._learner.look()
            except CourtesyError:
                # A list that breaks its format, or a database that is away: the page shows what
                # was worked out before, and it is tried again.
                continue


def _to_be_asked(one: Proposal, known: tuple[Kept, ...]) -> bool:
    """Tell whether a proposal is news: not declined before with as much behind it."""
    declined = [
        old.found.evidence
        for old in known
        if old.state in {"declined", "undone"}
        and same(one, old.found.kind, old.found.phrase, old.found.value)
    ]
    return worth_again(one.evidence, declined)
