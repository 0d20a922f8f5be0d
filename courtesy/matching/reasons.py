"""Why a phrase counts or falls short, as a sentence."""

from courtesy.matching.confidence import Evidence
from courtesy.matching.hits import Hit
from courtesy.messages import Text

# Natural logarithm: the sound makes the words that were written down this much likelier.
_AGAINST = -8.0


def short_of(hit: Hit, needed: float, confidence: float, evidence: Evidence) -> Text:
    """Say why a hit does not count though nothing but its likelihood speaks against it."""
    if hit.brief:
        return Text("太短，又不是原话", "too short to be more than like it")
    if hit.likeness < needed:
        reason = Text(
            f"只有 {hit.likeness:.0%} 像，不到 {needed:.0%}",
            f"only {hit.likeness:.0%} alike, under {needed:.0%}",
        )
    else:
        reason = Text("字词像，但识别没有把握", "the words are like it, but were not surely heard")
    if evidence.gain is None:
        return reason
    if evidence.gain < _AGAINST:
        return reason + Text(
            "；再听一遍，声音不支持", "; listened to again, the sound is against it"
        )
    return reason + Text(
        f"；再听一遍，把握 {confidence:.0%}", f"; listened to again, {confidence:.0%} sure"
    )


def explained(hit: Hit, needed: float, confidence: float, evidence: Evidence) -> Text:
    """Say why a hit counts."""
    if evidence.gain is not None and hit.likeness < needed:
        return Text(
            f"写出来只有 {hit.likeness:.0%} 像，再听一遍，把握 {confidence:.0%}",
            f"only {hit.likeness:.0%} alike as written; listened to again, {confidence:.0%} sure",
        )
    swapped = "、".join(f"{was}→{word}" for word, was in hit.form.swapped)
    how = {
        "exact": Text("字字相同", "word for word"),
        "phonetic": Text("读音相同", "the same sound"),
        "fuzzy": Text(f"{hit.likeness:.0%} 像", f"{hit.likeness:.0%} alike"),
        "wording": Text("是同一意思的说法", "another wording of it"),
    }
    words = Text(f"（{swapped}）", f" ({swapped})") if swapped else Text("", "")
    said = how[hit.how]
    return Text(said.zh + words.zh, said.en + words.en)
