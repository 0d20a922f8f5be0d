"""A flag with all that is needed to decide about it: the talk, the evidence, what others did."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from courtesy.messages import Lang
from courtesy.records import Clip, Match, Seconds, Utterance
from courtesy.report import names
from courtesy.report.json_report import finding_dict, match_dict, utterance_dict
from courtesy.report.view import tone_of
from courtesy.reviews import Appeal, Decision, next_part, standing
from courtesy.store.accounts import Account
from courtesy.store.showing import Case, Correction
from courtesy.text.script import simplify, traditionalize
from courtesy.text.syllables import syllables

# When, what kind, by which account, and what there is to say about it.
_Event = tuple[datetime | None, str, int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A flag as one account may see it.

    Attributes:
        case: all that is kept about it.
        account: who looks.
    """

    case: Case
    account: Account

    @property
    def recording(self) -> int:
        """Its row."""
        return self.case.flag.recording

    @property
    def path(self) -> str:
        """Where the recording is."""
        return self.case.path

    @property
    def clips(self) -> tuple[Clip, ...]:
        """Sound of it that courtesy recorded itself."""
        return self.case.clips

    @property
    def evidence(self) -> tuple[Match, ...]:
        """The phrases that the finding rests on."""
        finding = self.case.finding
        wanted = set(finding.matches) if finding else set()
        return tuple(match for match in self.case.matches if match.id in wanted)

    @property
    def place(self) -> tuple[Seconds, Seconds] | None:
        """Where it was said, seconds; None without times."""
        times = [(m.start, m.end) for m in self.evidence if m.polarity == "forbidden"]
        finding = self.case.finding
        if not times and finding:
            times = [(finding.start, finding.end)]
        said = self.case.utterances
        if (not times or times[0][0] is None) and said:
            times = [(said[0].start, said[-1].end)]
        if not times or times[0][0] is None or times[0][1] is None:
            return None
        return times[0][0], times[0][1]

    @property
    def blind(self) -> bool:
        """Whether what others said and changed is kept from who looks.

        The second look is to be somebody's own; the clerk is not told before both have looked.
        """
        if self.case.flag.state != "second" or self.account.role == "administrator":
            return False
        return self.account.id not in {one.by for one in standing(self._decisions())}

    @property
    def _sees_changes(self) -> bool:
        return may_see_changes(self.account, self.case.second_looks)

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """Return it as programs read it."""
        one, finding, appeal = self.case.flag, self.case.finding, self.case.history.appeal
        # A correction of one's own is always seen.
        known = self.case.corrections(None if self._sees_changes else self.account.id)
        return {
            "id": one.id,
            "revision": one.revision,
            "state": one.state,
            "part": next_part(one.state),
            "rule": {"id": one.rule, "name": names.rule_name(one.rule).say(lang)},
            "severity": one.severity,
            "confidence": one.confidence,
            "rank": one.rank,
            "hall": one.hall,
            "window": one.window,
            "clerk": one.clerk,
            "began": time_of(one.began),
            "score": self.case.score,
            "grade": self.case.grade and self.case.grade.say(lang),
            "finding": finding and finding_dict(finding, lang),
            "evidence": [
                match_dict(match, lang) | {"compared": compared(match.phrase, match.heard)}
                for match in self.evidence
            ],
            "utterances": [
                self._utterance(said, known.get(said.id), lang) for said in self.case.utterances
            ],
            "place": self.place,
            "blind": self.blind,
            "history": [] if self.blind else list(self._history()),
            "appeal": appeal and appeal_dict(appeal, self.case.names),
            "mine": self._mine(),
        }

    def _decisions(self) -> tuple[Decision, ...]:
        return self.case.history.decisions

    def _mine(self) -> bool:
        """Tell whether the last word is the account's own, which can be taken back."""
        kept = standing(self._decisions())
        return bool(kept and kept[-1].by == self.account.id and not self.case.history.appeal)

    def _utterance(
        self, said: Utterance, correction: Correction | None, lang: Lang
    ) -> dict[str, Any]:
        here = (m for m in self.case.matches if m.utterance == said.id)
        own = [m for m in here if m.counted or self._is(m)]
        by = self._name(correction.by) if correction else ""
        found = spoken(said, own, correction, by, lang)
        for match, mark in zip(own, found["marks"], strict=True):
            mark["evidence"] = self._is(match)
        return found | {"here": said.id in self._here}

    @property
    def _here(self) -> set[int]:
        """The utterances it is about: where it was said, or where something was due."""
        if any(match.polarity == "forbidden" for match in self.evidence):
            return {match.utterance for match in self.evidence}
        finding = self.case.finding
        return set(finding.utterances if finding else ()) or {self.case.flag.utterance}

    def _is(self, match: Match) -> bool:
        return match in self.evidence

    def _history(self) -> Iterator[dict[str, Any]]:
        """Yield all that people did with it, in the order of its time."""
        kept, found = self.case.history, list[_Event]()
        told: dict[str, Any]
        for d in kept.decisions:
            told = {"part": d.part, "outcome": d.outcome, "why": d.why, "text": d.note}
            found.append((d.at, "decision" if d.outcome else "taken back", d.by, told))
        for c in self.case.comments:
            found.append((c.at, "comment", c.by, {"text": c.text}))
        for change in self.case.changes:
            if not self._sees_changes and change.by != self.account.id:
                continue
            told = {"utterance": change.utterance, "heard": change.heard, "role": change.role}
            found.append((change.at, "correction", change.by, told))
        if one := kept.appeal:
            found.append((one.at, "appeal", one.by, {"text": one.reason}))
            if one.withdrawn:
                found.append((one.withdrawn, "withdrawal", one.by, {}))
            if one.judge:
                told = {"upheld": one.upheld, "text": one.answer}
                found.append((one.judged, "answer", one.judge, told))
        for at, kind, by, more in sorted(found, key=lambda event: event[0] or datetime.min):
            yield {"kind": kind, "by": self._name(by), "at": time_of(at), **more}

    def _name(self, account: int) -> str:
        return self.case.names.get(account, "")


def may_see_changes(account: Account, second_looks: Iterable[Collection[int]]) -> bool:
    """Tell whether somebody may see what people corrected in a recording.

    What the first one heard tells the second one what they may have decided, whichever flag of the
    recording it is shown with.

    Args:
        account: who would see it.
        second_looks: who has decided about each of its flags that waits for its second look.
    """
    return account.role == "administrator" or all(account.id in those for those in second_looks)


def spoken(
    said: Utterance, matches: Sequence[Match], correction: Correction | None, by: str, lang: Lang
) -> dict[str, Any]:
    """Return an utterance as pages show it.

    Args:
        said: what was heard.
        matches: phrases in it that are marked.
        correction: what a person heard; None where nobody corrected it.
        by: who that was.
        lang: of what is told about it.
    """
    plain = simplify(said.heard)
    return utterance_dict(said, plain) | {
        "hant": traditionalize(plain),
        "role_name": names.ROLES[said.role].say(lang),
        "marks": [{"span": [m.span.start, m.span.end], "tone": tone_of(m)} for m in matches],
        "corrected": correction and {"heard": correction.heard, "role": correction.role, "by": by},
    }


Pair = tuple[str, str, str, str, bool]


def compared(phrase: str, heard: str) -> list[Pair]:
    """Return a phrase and what was heard side by side, syllable by syllable.

    Returns:
        the phrase's character and syllable, those that were heard, and whether they sound alike;
        empty where one side has nothing.

    >>> [(wanted, was) for wanted, _, was, _, _ in compared("自己找", "门口自己照")]
    [('', '门'), ('', '口'), ('自', '自'), ('己', '己'), ('找', '照')]
    """
    wanted, was = (_sounds(text) for text in (phrase, simplify(heard)))
    matcher = SequenceMatcher(None, [s for _, s in wanted], [s for _, s in was], autojunk=False)
    found: list[Pair] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        some = zip_longest(wanted[i:j], was[k:m], fillvalue=("", ""))
        found += [(*one, *other, kind == "equal") for one, other in some]
    return found


def _sounds(text: str) -> list[tuple[str, str]]:
    """Return the characters of a text that sound, with their syllables."""
    chars = [char for char in text if char.isalnum()]
    return list(zip(chars, syllables("".join(chars)), strict=False))


def appeal_dict(one: Appeal, people: Mapping[int, str]) -> dict[str, Any]:
    """Return an appeal as programs read it.

    Args:
        one: the appeal.
        people: the names of who had to do with it, by their accounts.
    """
    return {
        "by": people.get(one.by, ""),
        "reason": one.reason,
        "at": time_of(one.at),
        "until": time_of(one.until),
        "upheld": one.upheld,
        "judge": people.get(one.judge, "") if one.judge else None,
        "answer": one.answer,
        "judged": time_of(one.judged),
        "withdrawn": time_of(one.withdrawn),
    }


def time_of(at: datetime | None) -> str | None:
    """Return a time as programs read it."""
    return None if at is None else at.isoformat(timespec="seconds")
