"""Passwords, as digests that are slow to guess (Argon2id, with the library's own parameters)."""

import functools
from typing import Any, Final

from courtesy.errors import UsageError
from courtesy.messages import Text

SHORTEST: Final = 10
_LONGEST: Final = 256  # a longer one would only cost time


def digest(password: str) -> str:
    """Return what is kept of a password.

    Raises:
        UsageError: it is too short, or too long.
    """
    if not SHORTEST <= len(password) <= _LONGEST:
        raise UsageError(
            Text(
                f"密码应为 {SHORTEST} 至 {_LONGEST} 个字符。",
                f"A password has {SHORTEST} to {_LONGEST} characters.",
            )
        )
    return str(_hasher().hash(password))


def is_right(kept: str, password: str) -> bool:
    """Tell whether a password is the one whose digest was kept.

    It takes as long where nothing was kept, so that nobody learns which names there are.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        known = _hasher().verify(kept or _nothing(), password[:_LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return bool(known and kept)


@functools.cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher()


@functools.cache
def _nothing() -> str:
    return str(_hasher().hash("nobody has this password"))
