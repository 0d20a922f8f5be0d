"""Where in an interaction a rule looks: its opening, its closing, after a question, before a break.

Everything is given as utterances. Where there are no times, turns stand in for seconds.
"""

from collections.abc import Sequence

from courtesy.records import Interaction, Seconds, Utterance
from courtesy.scoring.conditions import By, Seek


def look_in(
    interaction: Interaction, seek: Seek, anchor: Sequence[Utterance] = ()
) -> list[Utterance]:
    """Return the utterances in which something is looked for, those of the right person only.

    Args:
        interaction: all of it.
        seek: what is looked for.
        anchor: what the rule is judged for; empty for the interaction as a whole.
    """
    said = interaction.utterances
    if seek.part == "opening":
        return opening(interaction, seek.seconds, seek.by)
    if seek.part == "closing":
        return closing(interaction, seek.by)
    if seek.part == "first_sentence":
        return _by([u for u in said if _is(u, seek.by)][:1], seek.by)
    if seek.within:
        return _by(_within(said, *seek.within), seek.by)
    if seek.around and anchor:
        return _around(said, seek, anchor)
    return _by(said, seek.by)


def opening(interaction: Interaction, within: Seconds, by: By = "clerk") -> list[Utterance]:
    """Return someone's utterances before the other answers, and those of the first seconds."""
    out: list[Utterance] = []
    turn_over = False
    began: Seconds | None = None
    for utterance in interaction.utterances:
        if not _is(utterance, by):
            turn_over = turn_over or bool(out)
            continue
        if began is None:
            began = utterance.start
        early = (
            utterance.start is not None and began is not None and utterance.start - began < within
        )
        if turn_over and not early:
            break
        out.append(utterance)
    return out


def closing(interaction: Interaction, by: By = "clerk") -> list[Utterance]:
    """Return someone's last words: all since the other's last turn but one began.

    A farewell may come before the customer's own (请慢走 / 谢谢 / 不客气).
    """
    said = interaction.utterances
    turns = [i for i, u in enumerate(said) if not _is(u, by) and (i == 0 or _is(said[i - 1], by))]
    after = turns[-2] if len(turns) > 1 else 0
    last = [u for i, u in enumerate(said) if _is(u, by) and i >= after]
    return last if len(turns) > 1 else last[-2:]


def reply(
    said: Sequence[Utterance], anchor: Sequence[Utterance], within: Seconds, by: By
) -> list[Utterance]:
    """Return someone's next turn after what the other said, as far as it begins soon enough.

    The clock starts when the other, who may go on talking, has finished.
    """
    out: list[Utterance] = []
    last = anchor[-1]
    finished = last.end
    for utterance in said:
        overlaps = utterance.id < last.id and (utterance.end or 0) > (last.start or 0) > 0
        if _is(utterance, by) and (utterance.id > last.id or overlaps):
            began = utterance.start
            if began is not None and finished is not None and began - finished > within:
                break
            out.append(utterance)
        elif utterance.id > last.id and not _is(utterance, by):
            if out:
                break
            finished = utterance.end
    return out


def _around(said: Sequence[Utterance], seek: Seek, anchor: Sequence[Utterance]) -> list[Utterance]:
    if seek.around == "same":
        return _by(anchor, seek.by)
    if seek.around == "after":
        # After one's own words, or a silence, one goes on; after the other's one answers.
        if any(_is(u, seek.by) for u in anchor):
            return _near(said, anchor[-1:], 0.0, seek.seconds, seek.by)
        return reply(said, anchor, seek.seconds, seek.by)
    before = 0.0 if seek.around == "after" else seek.seconds
    after = seek.seconds if seek.around == "near" else 0.0
    return _near(said, anchor, before, after, seek.by)


def _near(
    said: Sequence[Utterance],
    anchor: Sequence[Utterance],
    before: Seconds,
    after: Seconds,
    by: By,
) -> list[Utterance]:
    """Return the anchor's own utterances and those so many seconds before and after it.

    Without times, the turn beside it. The nearest come first: what is found in them belongs to it.
    """
    first, last = anchor[0], anchor[-1]
    out = []
    for utterance in said:
        if utterance.start is None or first.start is None:
            beside = first.id - (before > 0) <= utterance.id <= last.id + (after > 0)
        else:
            beside = (
                (utterance.end or 0.0) >= first.start - before
                and utterance.start <= (last.end or 0.0) + after
                and (before > 0 or utterance.id >= first.id)
                and (after > 0 or utterance.id <= last.id)
            )
        if beside and _is(utterance, by):
            out.append(utterance)
    return sorted(out, key=lambda u: max(first.id - u.id, u.id - last.id, 0))


def _within(said: Sequence[Utterance], kind: str, many: float) -> list[Utterance]:
    if kind.endswith("turns"):
        turns: list[list[Utterance]] = []
        for utterance in said:
            if turns and turns[-1][0].role == utterance.role:
                turns[-1].append(utterance)
            else:
                turns.append([utterance])
        chosen = turns[: int(many)] if kind == "first_turns" else turns[-int(many) :]
        return [utterance for turn in chosen for utterance in turn]
    starts = [u.start for u in said if u.start is not None]
    ends = [u.end for u in said if u.end is not None]
    if not starts or not ends:
        return list(said)
    if kind == "first_seconds":
        return [u for u in said if (u.start or 0.0) <= starts[0] + many]
    return [u for u in said if (u.end or 0.0) >= max(ends) - many]


def _by(said: Sequence[Utterance], by: By) -> list[Utterance]:
    return [u for u in said if _is(u, by)]


def _is(utterance: Utterance, by: By) -> bool:
    """Tell whether somebody said it; whoever is not the clerk stands on the customer's side."""
    if by == "anybody":
        return True
    return (utterance.role == "clerk") == (by == "clerk")
