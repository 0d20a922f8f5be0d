"""Marking an answer with the ears that judge recordings: the same matcher, the same rules.

What was typed is taken at its word, as a transcript is. So `稍候` for `请稍候` and `请扫候` are
shown as close and not as said, while words that sound the same (`您号`) are what was meant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from courtesy.config import FairnessOptions, MatchOptions
from courtesy.drill.hopes import heard_by_sound, hopes
from courtesy.drill.nearness import Pair, beside
from courtesy.drill.scenarios import RULE, Outcome, Scenario, Step, alternatives
from courtesy.lexicon import SLOT, Lexicon, Phrase
from courtesy.matching.matcher import Matcher
from courtesy.messages import Text
from courtesy.records import Finding, Interaction, Match, Question, Utterance, Word
from courtesy.scoring.rubric import Rubric
from courtesy.scoring.score import score
from courtesy.speech.second import Ask
from courtesy.text.normalize import normalize
from courtesy.text.syllables import syllables

# How far apart a phrase and an answer may be, in syllables for each syllable of the phrase, to be
# called close; see `tests/bench/drill_marking.py` for what that makes of its two sets.
CLOSE: Final = 0.34
# Probability from which the sound says that a phrase was said that was written down otherwise.
HEARD: Final = 0.6
ACCUSED: Final = 0.8
# Points that a forbidden phrase takes, and the worth of what was close.
FORBIDDEN_POINTS: Final = 60.0
CLOSE_WORTH: Final = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on how something was said is worth a word. It takes no points.

    Attributes:
        response_seconds: until the first word of a spoken answer.
        pace: syllables a second; newsreaders reach 5.
        pace_syllables: shorter answers have no pace.
        quiet_db: dBFS, below which hardly anybody hears it.
        loud_db: dBFS, above which it is shouted into the microphone.
    """

    response_seconds: float = 5.0
    pace: float = 6.7
    pace_syllables: int = 6
    quiet_db: float = -45.0
    loud_db: float = -9.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a clerk answered.

    Attributes:
        text: typed, or as it was recognised; empty where nothing was said.
        response_seconds: from the end of the customer's line to the first word, or to the end of
            typing; None where nobody looked.
        spoken_seconds: how long it was spoken; None for a typed answer.
        loudness: dBFS; None likewise.
        quality: how sure the recogniser was, 0 to 1; None for a typed answer.
        said: the utterances of a spoken answer, with what their sound told; none of a typed one.
        unclear: whether somebody spoke and nothing was understood: that is no silence, and is not
            to be marked.
    """

    text: str
    response_seconds: float | None = None
    spoken_seconds: float | None = None
    loudness: float | None = None
    quality: float | None = None
    said: tuple[Utterance, ...] = ()
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What became of one requirement.

    Attributes:
        ref: the requirement.
        verdict: "said", "close" or "missing".
        phrase: the phrase that was said, or that is nearest; empty for a rule.
        phrase_id: its id; empty likewise.
        heard: the words that were taken for it; empty where there were none.
        pairs: the syllables side by side, where it was close.
    """

    ref: str
    verdict: str
    phrase: str
    phrase_id: str
    heard: str = ""
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """A forbidden phrase that was said.

    Attributes:
        phrase: as the lexicon has it.
        phrase_id: its id.
        heard: the words of the answer.
        sources: documents and clauses.
    """

    phrase: str
    phrase_id: str
    heard: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What would have been better.

    Attributes:
        said: the words of the answer.
        say: what to say instead.
    """

    said: str
    say: Text


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer is worth, and why.

    Attributes:
        outcome: the worst of what was found.
        points: 0 to 100.
        wanted: one a requirement, in the step's order.
        breaches: what was forbidden.
        better: what was not wrong and could be better.
        said: ids of the phrases and lists that were said; it goes on by them.
        response_seconds: see `Answer`.
        pace: syllables a second; None for a typed answer or one too short to tell.
        loudness: dBFS; None for a typed answer.
        manner: what is worth a word in how it was said: too fast, too late, too quiet.
    """

    outcome: Outcome
    points: float
    wanted: tuple[Wanted, ...]
    breaches: tuple[Breach, ...]
    better: tuple[Advice, ...]
    said: frozenset[str]
    response_seconds: float | None
    pace: float | None
    loudness: float | None
    manner: tuple[str, ...]


MANNER: Final[Mapping[str, Text]] = {
    "fast": Text("说得太快", "too fast"),
    "late": Text("开口太慢", "too long until the first word"),
    "quiet": Text("声音太小", "too quiet"),
    "loud": Text("声音太大", "too loud"),
}


class Marker:
    """Lexicon and rubric made ready; one marks any number of answers."""

    def __init__(
        self,
        lexicon: Lexicon,
        rubric: Rubric,
        options: MatchOptions = MatchOptions(),  # noqa: B008 - frozen
        limits: Limits = Limits(),
    ) -> None:
        """Make the matcher ready, which takes some seconds.

        Args:
            lexicon: the phrases.
            rubric: the rules that requirements may name.
            options: of matching.
            limits: of pace, loudness and time.
        """
        self.lexicon = lexicon
        self.rubric = rubric
        self._limits = limits
        self._matcher = Matcher(lexicon, options)
        self._by_ref: dict[str, list[Phrase]] = {}
        for phrase in lexicon.phrases:
            self._by_ref.setdefault(phrase.id, []).append(phrase)
            if phrase.polarity == "polite":
                self._by_ref.setdefault(phrase.list, []).append(phrase)

    def mark(self, scenario: Scenario, step: Step, answer: Answer) -> Mark:
        """Mark one answer; the same answer always gets the same mark."""
        norm = normalize(answer.text)
        if not norm.text:
            missing = tuple(Wanted(ref, "missing", *self._nearest(ref)) for ref in step.require)
            return self._made(answer, "silent", missing, (), (), frozenset())
        asked = Utterance(0, step.customer, "customer")
        utterances = (asked, Utterance(1, answer.text, "clerk"))
        matches = tuple(self._matcher.match(utterances))
        own = [m for m in matches if m.role == "clerk"]
        talk = Interaction(0, utterances, scenario.mode, matches=matches)
        # What a microphone hears in practice is judged by its words, not by the hall's noise.
        findings = score(talk, self.rubric, FairnessOptions()).findings
        wanted = tuple(self._wanted(ref, answer, own, findings) for ref in step.require)
        breaches = tuple(self._breaches(step, asked, answer, own))
        better = tuple(_advice(step, norm.text, findings, typed=not answer.said))
        names = {name for m in own if m.counted for name in (m.phrase_id, m.list)}
        names |= {w.phrase_id for w in wanted if w.verdict == "said" and w.phrase_id}
        return self._made(
            answer, _outcome(wanted, breaches), wanted, breaches, better, frozenset(names)
        )

    def _breaches(
        self, step: Step, asked: Utterance, answer: Answer, matches: Sequence[Match]
    ) -> Iterator[Breach]:
        """Yield the forbidden phrases that were said.

        Of a spoken answer both must say so: its words as one text, since people pause in the middle
        of a sentence, and its sound, utterance by utterance, as in a recording. A courtesy that was
        meant is not denied to anybody since the recogniser doubts it; an offence is.
        """
        found = [m for m in matches if m.counted and m.polarity == "forbidden"]
        if found and answer.said:
            said = (replace(one, id=at, role="clerk") for at, one in enumerate(answer.said, 1))
            sure = {m.phrase_id for m in self._matcher.match((asked, *said)) if m.counted}
            found = [m for m in found if m.phrase_id in sure]
        for one in found:
            yield Breach(one.phrase, one.phrase_id, one.heard, one.sources)
        known = {one.phrase_id for one in found}
        for phrase in (p for name in step.tempt for p in self.phrases(name)):
            likely, heard = heard_by_sound(answer.said, phrase)
            if likely >= ACCUSED and phrase.id not in known:
                yield Breach(phrase.text, phrase.id, heard, phrase.sources)

    def _made(
        self,
        answer: Answer,
        outcome: Outcome,
        wanted: tuple[Wanted, ...],
        breaches: tuple[Breach, ...],
        better: tuple[Advice, ...],
        said: frozenset[str],
    ) -> Mark:
        count = len(normalize(answer.text).text)
        timed = answer.spoken_seconds and count >= self._limits.pace_syllables
        pace = round(count / answer.spoken_seconds, 2) if timed and answer.spoken_seconds else None
        return Mark(
            outcome=outcome,
            points=_points(outcome, wanted, breaches),
            wanted=wanted,
            breaches=breaches,
            better=better,
            said=said,
            response_seconds=answer.response_seconds,
            pace=pace,
            loudness=answer.loudness,
            manner=tuple(self._manner(answer, pace)),
        )

    def _manner(self, answer: Answer, pace: float | None) -> Iterator[str]:
        if pace is not None and pace > self._limits.pace:
            yield "fast"
        spoken, waited = answer.spoken_seconds is not None, answer.response_seconds
        # Typing takes its time.
        if spoken and waited is not None and waited > self._limits.response_seconds:
            yield "late"
        if answer.loudness is not None and answer.loudness < self._limits.quiet_db:
            yield "quiet"
        if answer.loudness is not None and answer.loudness > self._limits.loud_db:
            yield "loud"

    def questions(self, step: Step) -> Ask:
        """Return what asks the sound of a spoken answer: as of every recording, and by its step."""
        names = [name for ref in step.require for name in alternatives(ref)]
        hoped = [phrase for name in (*names, *step.tempt) for phrase in self.phrases(name)]

        def ask(text: str, words: Sequence[Word]) -> tuple[Question, ...]:
            asked = dict.fromkeys(self._matcher.questions(text, words))
            return tuple(asked | dict.fromkeys(hope.question for hope in hopes(text, hoped)))

        return ask

    def phrases(self, reference: str) -> Sequence[Phrase]:
        """Return the phrases of a list or an id; none for a rule or an unknown name."""
        return self._by_ref.get(reference, ())

    def _nearest(self, ref: str) -> tuple[str, str]:
        """Return a phrase that would have met a requirement, and its id."""
        for name in alternatives(ref):
            for phrase in self.phrases(name):
                return phrase.text, phrase.id
        return "", ""

    def _wanted(
        self, ref: str, answer: Answer, matches: Sequence[Match], findings: Sequence[Finding]
    ) -> Wanted:
        names = alternatives(ref)
        counted = [m for m in matches if m.counted and not {m.phrase_id, m.list}.isdisjoint(names)]
        typed = not answer.said
        doubted: Wanted | None = None
        for match in counted:
            pairs = self._slipped(match, typed=typed) if match.how != "exact" else ()
            verdict = "close" if pairs else "said"
            found = Wanted(ref, verdict, match.phrase, match.phrase_id, match.heard, pairs)
            if not pairs:
                return found
            doubted = doubted or found
        rules = {name.removeprefix(RULE) for name in names if name.startswith(RULE)}
        verdicts = {f.verdict for f in findings if f.rule in rules}
        if "pass" in verdicts:
            return Wanted(ref, "said", "", "")
        hoped = [phrase for name in names for phrase in self.phrases(name)]
        for phrase in hoped:
            sure, heard = heard_by_sound(answer.said, phrase)
            if sure >= HEARD:
                return Wanted(ref, "said", phrase.text, phrase.id, heard)
        return (
            doubted or self._close(ref, answer.text) or Wanted(ref, "missing", *self._nearest(ref))
        )

    def _slipped(self, match: Match, *, typed: bool) -> tuple[Pair, ...]:
        """Return the syllables of what was counted, where the phrase was not quite said.

        That is a 请 left out and, in what was typed, a syllable that is a usual confusion of
        another: of what was spoken the recogniser writes the one for the other itself.
        """
        _, pairs = _best([self.lexicon[match.phrase_id]], match.heard)[:2]
        slipped = typed and any(p.slip in _SOUNDS for p in pairs)
        left_out = any(p.slip == "dropped" and p.wanted == "请" for p in pairs)
        # Beside a shorter form of the phrase a 请 may seem left out that is there.
        impolite = left_out and "请" not in normalize(match.heard).text
        return pairs if slipped or impolite else ()

    def _close(self, ref: str, text: str) -> Wanted | None:
        """Return the phrase that an answer nearly has, if there is one."""
        phrases = [p for name in alternatives(ref) for p in self.phrases(name)]
        distance, pairs, phrase, size = _best(phrases, text)
        # The same sounds with another meaning (不用写) were undone by the matcher, and stay so.
        if phrase is None or not 0 < distance <= CLOSE * size:
            return None
        heard = "".join(pair.said for pair in pairs)
        return Wanted(ref, "close", phrase.text, phrase.id, heard, pairs)


_SOUNDS: Final = frozenset({"retroflex", "nasal", "nl", "fh"})


def _best(
    phrases: Iterable[Phrase], text: str
) -> tuple[float, tuple[Pair, ...], Phrase | None, int]:
    """Return the nearest of all forms of some phrases: distance, pairs, phrase, its syllables."""
    norm = normalize(text).text
    sounds = syllables(norm)
    best: tuple[float, tuple[Pair, ...], Phrase | None, int] = (1e9, (), None, 0)
    least = 1e9
    for phrase in phrases:
        for form in phrase.forms:
            # A slot takes any words, so its form says nothing about single syllables.
            if SLOT in form.text or len(form.text) < 2:
                continue
            distance, pairs, _ = beside(form.text, form.syllables, norm, sounds)
            # Of two that are as near the longer one says more.
            rate = distance / len(form.text)
            if rate < least:
                least, best = rate, (distance, pairs, phrase, len(form.text))
    return best


def _outcome(wanted: Sequence[Wanted], breaches: Sequence[Breach]) -> Outcome:
    if breaches:
        return "forbidden"
    verdicts = {one.verdict for one in wanted}
    return "missing" if "missing" in verdicts else "close" if "close" in verdicts else "right"


def _points(outcome: Outcome, wanted: Sequence[Wanted], breaches: Sequence[Breach]) -> float:
    if outcome == "silent":
        return 0.0
    worth = {"said": 1.0, "close": CLOSE_WORTH, "missing": 0.0}
    share = sum(worth[one.verdict] for one in wanted) / len(wanted) if wanted else 1.0
    return round(max(0.0, 100 * share - FORBIDDEN_POINTS * len(breaches)), 1)


def _advice(step: Step, text: str, findings: Sequence[Finding], *, typed: bool) -> Iterator[Advice]:
    for one in step.better:
        if normalize(one.said).text in text:
            yield Advice(one.said, Text(one.say, one.say))
    # The recogniser often writes 你 where 您 was said.
    if typed and "你" in text:
        yield Advice("你", Text("您", "您"))
    for finding in findings:
        if finding.rule == "please" and finding.verdict == "fail":
            yield Advice("", Text("请群众做事，先说“请”或“麻烦您”", "ask with 请 or 麻烦您"))


def as_dict(mark: Mark) -> dict[str, Any]:
    """Return a mark as JSON has it, in a form that outlives this version of the program."""
    return {
        "outcome": mark.outcome,
        "points": mark.points,
        "wanted": [
            {
                "ref": one.ref,
                "verdict": one.verdict,
                "phrase": one.phrase,
                "phrase_id": one.phrase_id,
                "heard": one.heard,
                "syllables": [
                    {"wanted": p.wanted, "said": p.said, "wanted_sound": p.wanted_sound,
                     "said_sound": p.said_sound, "slip": p.slip}
                    for p in one.pairs
                ],
            }
            for one in mark.wanted
        ],
        "breaches": [
            {"phrase": b.phrase, "phrase_id": b.phrase_id, "heard": b.heard,
             "sources": list(b.sources)}
            for b in mark.breaches
        ],
        "better": [{"said": a.said, "say": {"zh": a.say.zh, "en": a.say.en}} for a in mark.better],
        "response_seconds": mark.response_seconds,
        "pace": mark.pace,
        "loudness": mark.loudness,
        "manner": list(mark.manner),
    }  # fmt: skip
