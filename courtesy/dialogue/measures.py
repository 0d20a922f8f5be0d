"""What is heard in how people speak, whatever their words are: silences, interruptions, pace.

Everything here is measured and nothing judged. A speaker's loudness and pace are held against the
same speaker's own, since voices, microphones and dialects differ more than moods do.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from courtesy.config import MeasureOptions
from courtesy.dialogue.quarrels import quarrels
from courtesy.messages import Text
from courtesy.records import Event, Removed, Role, Seconds, Utterance
from courtesy.text.normalize import normalize
from courtesy.text.questions import is_question

# Said while the other speaks, to show that one listens; it takes nobody's turn.
_BACK_CHANNEL = re.compile(
    "(嗯|哦|噢|喔|啊|唉|诶|欸|哎|对|是|是的|是啊|对的|对对|好|好的|好吧|好嘞|行|可以|没错|明白|知道了|这样啊|谢谢|唔)+"
)
_NAMES: dict[Role, Text] = {
    "clerk": Text("工作人员", "the clerk"),
    "customer": Text("群众", "the customer"),
    "unknown": Text("有人", "somebody"),
}


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody usually speaks.

    Attributes:
        loudness: median, dBFS; None where too few utterances have one.
        pace: median, characters a minute; None likewise.
    """

    loudness: float | None
    pace: float | None


def events(
    utterances: Sequence[Utterance],
    options: MeasureOptions,
    *,
    clerk: Habit | None = None,
    lost: Sequence[Removed] = (),
) -> tuple[Event, ...]:
    """Measure one interaction.

    Args:
        utterances: of the interaction, with roles, in order of time; those without times are
            passed over.
        options: from when on something is an event.
        clerk: how the clerk speaks in the whole recording, since a clerk is the same person all
            along while each interaction has its own customer; None takes this interaction's.
        lost: sound that gave no words; somebody may have spoken there, so it was no silence.

    Returns:
        in order of their beginning.
    """
    timed = [u for u in utterances if u.start is not None and u.end is not None]
    clear = [u for u in timed if _clear(u, options)]
    habits = {
        "clerk": clerk or habit((u for u in timed if u.role == "clerk"), options),
        "customer": habit((u for u in timed if u.role == "customer"), options),
    }
    found = [
        *_gaps(timed, lost, options),
        *_together(clear, options),
        *_responses(timed, lost, options),
    ]
    for one in clear:
        found += _pace(one, habits.get(one.role), options)
        found += _loud(one, habits.get(one.role), options)
    found += quarrels(found, options)
    return tuple(sorted(found, key=lambda e: (e.start, e.end, e.kind)))


def habit(utterances: Iterable[Utterance], options: MeasureOptions) -> Habit:
    """Return how the speaker of some utterances usually speaks, by those that are heard clearly."""
    own = [u for u in utterances if _clear(u, options)]
    loud = [u.loudness for u in own if u.loudness is not None and _long_enough(u, options)]
    paces = [p for p in (pace_of(u, options) for u in own) if p is not None]

    def usual(values: list[float]) -> float | None:
        return median(values) if len(values) >= options.habit_utterances else None

    return Habit(usual(loud), usual(paces))


def pace_of(utterance: Utterance, options: MeasureOptions) -> float | None:
    """Return characters a minute; None for an utterance that is too short or has no times."""
    start, end = spoken(utterance, options)
    count = len(normalize(utterance.heard).text)
    if count < options.pace_characters or end <= start:
        return None
    return 60 * count / (end - start)


def spoken(utterance: Utterance, options: MeasureOptions) -> tuple[Seconds, Seconds]:
    """Return when somebody really speaks: the utterance without its padding."""
    start, end = utterance.start or 0.0, utterance.end or 0.0
    if utterance.loudness is None or end - start <= 2 * options.padding:
        return start, end
    return start + options.padding, end - options.padding


def _gaps(
    utterances: Sequence[Utterance], lost: Iterable[Removed], options: MeasureOptions
) -> Iterator[Event]:
    """Find silences between utterances; lost sound in one divides it."""
    if not utterances:
        return
    sounds = sorted(
        [(*spoken(u, options), u.id) for u in utterances]
        + [(r.start, r.end, -1) for r in lost if r.start >= (utterances[0].start or 0.0)]
    )
    reached, before = sounds[0][1], sounds[0][2]
    for start, end, number in sounds[1:]:
        silent = start - reached
        if silent >= options.silence_seconds:
            beside = tuple(n for n in (before, number) if n >= 0)
            text = Text(f"{silent:.0f} 秒无人说话", f"nobody speaks for {silent:.0f} s")
            yield Event("gap", "unknown", reached, start, _rounded(silent), beside, text)
        if end >= reached:
            reached, before = end, number


def _together(utterances: Sequence[Utterance], options: MeasureOptions) -> Iterator[Event]:
    """Find where two speak at once, and where one of them then stops."""
    for at, first in enumerate(utterances):
        begun, stops = spoken(first, options)
        for second in utterances[at + 1 :]:
            start, end = spoken(second, options)
            if (second.start or 0.0) >= (first.end or 0.0):
                break
            shared = min(stops, end) - start
            if shared <= 0 or start <= begun or {first.role, second.role} != _BOTH:
                continue
            if _BACK_CHANNEL.fullmatch(normalize(second.heard).text):
                continue
            pair, who = (first.id, second.id), _NAMES[second.role]
            if shared >= options.overlap_seconds:
                text = Text(f"两人同时说话 {shared:.1f} 秒", f"both speak for {shared:.1f} s")
                stop = min(stops, end)
                yield Event("overlap", second.role, start, stop, _rounded(shared), pair, text)
            if options.cut_in_seconds <= stops - start <= options.give_way_seconds and end > stops:
                text = Text(
                    f"{who.zh}抢话，对方 {shared:.1f} 秒后停下",
                    f"{who.en} cuts in; the other stops after {shared:.1f} s",
                )
                yield Event("interruption", second.role, start, stops, _rounded(shared), pair, text)


_BOTH = {"clerk", "customer"}


def _responses(
    utterances: Sequence[Utterance], lost: Iterable[Removed], options: MeasureOptions
) -> Iterator[Event]:
    """Find how long each question of the customer waits for the clerk's next words.

    Sound that gave no words may have been the answer, and so may words of nobody known.
    """
    unheard = [r.start for r in lost]
    done = -1
    for at, question in enumerate(utterances):
        if at <= done or question.role != "customer" or not is_question(question.heard):
            continue
        done = _end_of_turn(utterances, at, options)
        end = max(spoken(u, options)[1] for u in utterances[at : done + 1])
        answer = next((u for u in utterances[at + 1 :] if u.role != "customer"), None)
        until = math.inf if answer is None else answer.start or 0.0
        if any((question.start or 0.0) < start < until for start in unheard):
            continue
        if answer is None:
            last = max(spoken(u, options)[1] for u in utterances)
            text = Text("提问之后工作人员没有再说话", "the clerk says nothing after the question")
            yield Event(
                "unanswered", "clerk", end, last, _rounded(last - end), (question.id,), text
            )
        elif answer.role == "clerk" and _clear(question, options) and _clear(answer, options):
            start = max(end, spoken(answer, options)[0])
            wait = start - end
            text = Text(
                f"提问 {wait:.1f} 秒后工作人员开口",
                f"the clerk speaks {wait:.1f} s after the question",
            )
            ids = (question.id, answer.id)
            yield Event("response", "clerk", end, start, _rounded(wait), ids, text)


def _end_of_turn(utterances: Sequence[Utterance], at: int, options: MeasureOptions) -> int:
    """Return the last utterance with which the customer goes on speaking without a pause."""
    for before, after in itertools.pairwise(range(at, len(utterances))):
        pause = spoken(utterances[after], options)[0] - spoken(utterances[before], options)[1]
        if utterances[after].role != "customer" or pause > options.turn_seconds:
            return before
    return len(utterances) - 1


def _pace(utterance: Utterance, usual: Habit | None, options: MeasureOptions) -> Iterator[Event]:
    pace = pace_of(utterance, options)
    if pace is None:
        return
    start, end = spoken(utterance, options)
    who, where = _NAMES[utterance.role], (utterance.id,)
    text = Text(f"{who.zh}每分钟 {pace:.0f} 字", f"{who.en}: {pace:.0f} characters a minute")
    yield Event("pace", utterance.role, start, end, _rounded(pace), where, text)
    own = usual.pace if usual else None
    if own is not None and pace >= options.fast_ratio * own:
        text += Text(f"，平时 {own:.0f} 字", f"({own:.0f} usually)")
    elif pace < options.fast_pace:
        return
    yield Event("fast", utterance.role, start, end, _rounded(pace), where, text)


def _loud(utterance: Utterance, usual: Habit | None, options: MeasureOptions) -> Iterator[Event]:
    if usual is None or usual.loudness is None or utterance.loudness is None:
        return
    above = utterance.loudness - usual.loudness
    if above >= options.loud_db and _long_enough(utterance, options):
        who = _NAMES[utterance.role]
        text = Text(
            f"{who.zh}比自己平时响 {above:.0f} dB", f"{who.en} is {above:.0f} dB louder than usual"
        )
        start, end = spoken(utterance, options)
        yield Event("loud", utterance.role, start, end, _rounded(above), (utterance.id,), text)


def _clear(utterance: Utterance, options: MeasureOptions) -> bool:
    return utterance.sound is None or utterance.sound.snr >= options.clear_db


def _long_enough(utterance: Utterance, options: MeasureOptions) -> bool:
    start, end = spoken(utterance, options)
    return end - start >= options.loud_seconds


def _rounded(value: float) -> float:
    return round(value, 2)
