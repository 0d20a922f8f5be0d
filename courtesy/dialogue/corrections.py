"""Roles that a person corrects: all at once, or utterance by utterance."""

import dataclasses
import re
from collections.abc import Sequence
from typing import Literal, cast

from courtesy.errors import UsageError
from courtesy.messages import Text
from courtesy.records import Role, Utterance

SWAP: Literal["swap"] = "swap"
CORRECTED = Text("角色已由人改正（--correct）。", "Roles were corrected by hand (--correct).")
_ONE = re.compile(r"(\d+)(?:-(\d+))?=(clerk|customer|unknown)")
_OTHER: dict[Role, Role] = {"clerk": "customer", "customer": "clerk", "unknown": "unknown"}


def check_correction(text: str) -> None:
    """Check that a correction can be understood.

    Raises:
        UsageError: it cannot.
    """
    _by_id(text)


def correct(utterances: Sequence[Utterance], text: str) -> tuple[Utterance, ...]:
    """Return the utterances with the roles that a person gives them.

    Args:
        utterances: of one recording, with the roles that were found.
        text: "swap" for the clerk's and the customer's the other way round; or utterances by
            number and range, `3=clerk,7-9=customer`; empty changes nothing.

    Raises:
        UsageError: it cannot be understood, or names an utterance that is not there.
    """
    if text == SWAP:
        return tuple(dataclasses.replace(u, role=_OTHER[u.role]) for u in utterances)
    roles = _by_id(text)
    missing = sorted(set(roles) - {u.id for u in utterances})
    if missing:
        numbers = ", ".join(map(str, missing[:5]))
        raise UsageError(
            Text(
                f"--correct：没有第 {numbers} 句。编号见 JSON 里的 id，从 0 开始。",
                f"--correct: there is no utterance {numbers}. The numbers are the ids in the "
                "JSON, from 0.",
            )
        )
    return tuple(
        dataclasses.replace(u, role=roles[u.id], role_confidence=None) if u.id in roles else u
        for u in utterances
    )


def _by_id(text: str) -> dict[int, Role]:
    roles: dict[int, Role] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        match = _ONE.fullmatch(part)
        if match is None and text != SWAP:
            raise UsageError(
                Text(
                    f"--correct 看不懂“{part}”。可写 swap，或 3=clerk,7-9=customer。",
                    f"--correct does not understand “{part}”. Write swap, or 3=clerk,7-9=customer.",
                )
            )
        if match:
            first, last = int(match[1]), int(match[2] or match[1])
            roles |= dict.fromkeys(range(first, last + 1), cast(Role, match[3]))
    return roles
