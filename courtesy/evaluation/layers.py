"""What each layer of matching brings: simpler matchers on the same words, roles known to all."""

import dataclasses
from collections.abc import Iterable
from typing import Literal, get_args

from courtesy.errors import UsageError
from courtesy.evaluation.claims import Claim, claims_of
from courtesy.matching.plain import PlainMatcher
from courtesy.messages import Text
from courtesy.records import Heard, Recording, Utterance

Layer = Literal["exact", "fuzzy", "phonetic", "full"]


def parse_layers(text: str | None) -> tuple[Layer, ...]:
    """Read a list such as `exact,full`; each layer once, in their own order.

    Raises:
        UsageError: one of them is unknown.
    """
    if text is None:
        return ()
    words = [word.strip().lower() for word in text.split(",")]
    unknown = [word for word in words if word not in get_args(Layer)]
    if unknown:
        choices = ",".join(get_args(Layer))
        raise UsageError(
            Text(
                f"--compare {text}：不认识“{unknown[0]}”。可选 {choices}。",
                f"--compare {text}: “{unknown[0]}” is not known. Choose among {choices}.",
            )
        )
    return tuple(layer for layer in get_args(Layer) if layer in words)


def layer_claims(
    layer: Layer, heard: Heard, judged: Recording, matcher: PlainMatcher
) -> tuple[Claim, ...]:
    """Return what a layer claims of the clerk's utterances.

    The times of a claim are those of its utterances, whatever the layer, so that none has a finer
    aim than another.

    Args:
        layer: which.
        heard: with the true roles.
        judged: what the program makes of the same.
        matcher: the simple layers.
    """
    utterances = {u.id: u for u in heard.utterances}
    if layer == "full":
        claims = claims_of(judged)
        return tuple(_widened(c, [utterances[i] for i in c.utterances]) for c in claims)
    return tuple(
        Claim(
            list=hit.phrase.list,
            polarity=hit.phrase.polarity,
            phrase=hit.phrase.text,
            heard=utterance.heard,
            start=utterance.start or 0.0,
            end=utterance.end or 0.0,
            utterances=(utterance.id,),
        )
        for utterance in heard.utterances
        if utterance.role == "clerk"
        for hit in matcher.find(layer, utterance.heard)
    )


def _widened(claim: Claim, utterances: Iterable[Utterance]) -> Claim:
    stand_in = list(utterances)
    return dataclasses.replace(
        claim,
        start=min(u.start or 0.0 for u in stand_in),
        end=max(u.end or 0.0 for u in stand_in),
    )
