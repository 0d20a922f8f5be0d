"""A proposal written into the text of a list, and taken out again; all else stays as it stands."""

from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, Table

from courtesy.errors import LexiconError
from courtesy.lessons import Kind
from courtesy.messages import Text

# Where each kind of wording stands in an entry. An exclusion is also an example that must not
# match, so that the linter holds every later change of the list against it.
_KEYS: dict[Kind, tuple[str, ...]] = {"exclusion": ("except", "miss"), "variant": ("variants",)}


def put_in(text: str, phrase: str, kind: Kind, value: str) -> str:
    """Return a list with a change in it.

    Args:
        text: of the list, TOML.
        phrase: id of the entry.
        kind: of the change.
        value: the threshold, or the wording.

    Raises:
        LexiconError: there is no such entry, or it has that already.
    """
    document = tomlkit.parse(text)
    entry = _entry(document, phrase)
    if kind == "threshold":
        if "threshold" in entry:
            entry["threshold"] = float(value)
        else:
            _put(entry, "threshold", tomlkit.item(float(value)))
        return tomlkit.dumps(document)
    fresh = [key for key in _KEYS[kind] if value not in entry.get(key, [])]
    if not fresh:
        raise _other(phrase)
    for key in fresh:
        if key not in entry:
            _put(entry, key, tomlkit.array())
        _array(entry, key, phrase).append(value)
    return tomlkit.dumps(document)


def take_out(text: str, phrase: str, kind: Kind, value: str, before: str) -> str:
    """Return a list without a change that was put in.

    Args:
        text: of the list, TOML.
        phrase: id of the entry.
        kind: of the change.
        value: the threshold, or the wording.
        before: the threshold that stood there before; empty where none did.

    Raises:
        LexiconError: it is not there any more, or was changed since.
    """
    document = tomlkit.parse(text)
    entry = _entry(document, phrase)
    if kind == "threshold":
        if entry.get("threshold") != float(value):
            raise _other(phrase)
        if before:
            entry["threshold"] = float(before)
        else:
            del entry["threshold"]
        return tomlkit.dumps(document)
    own = [key for key in _KEYS[kind] if value in entry.get(key, [])]
    if not own:
        raise _other(phrase)
    for key in own:
        array = _array(entry, key, phrase)
        array.remove(value)
        if not len(array):
            del entry[key]
    return tomlkit.dumps(document)


def threshold_in(text: str, phrase: str) -> str:
    """Return the threshold that an entry has; empty where it has none.

    Raises:
        LexiconError: there is no such entry.
    """
    found = _entry(tomlkit.parse(text), phrase).get("threshold")
    return "" if found is None else f"{float(found):g}"


def _entry(document: tomlkit.TOMLDocument, phrase: str) -> Table:
    entries = document.get("phrase")
    if isinstance(entries, AoT):
        for entry in entries:
            if isinstance(entry, Table) and entry.get("id") == phrase:
                return entry
    raise LexiconError(
        Text(
            f"词库里没有 {phrase} 这一条了，请先看词库。",
            f"The list has no entry {phrase} any more; look at the list first.",
        )
    )


def _put(entry: Table, key: str, value: Any) -> None:
    """Put a key after the entry's text: at its end stands what belongs to the next one."""
    entry.value._insert_after("text", key, value)


def _array(entry: Table, key: str, phrase: str) -> Array:
    found = entry[key]
    if not isinstance(found, Array):
        raise _other(phrase)
    return found


def _other(phrase: str) -> LexiconError:
    return LexiconError(
        Text(
            f"词库里 {phrase} 这一条已经不是当时的样子，请在词库里手工改。",
            f"The entry {phrase} is not as it was any more; change it in the list by hand.",
        )
    )
