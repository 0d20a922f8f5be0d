"""What people decided, as gold files for `courtesy eval`.

A gold file says what was really said. That is known of an interaction whose flags have all been
decided about; where one waits, is disputed or unsure, or its sound was of no use, it is left out.
So it is where other words were said and nobody typed which. What nobody flagged, nobody has
listened to: what the program missed is not known, and these files measure false accusations, and
whether later versions find again what was confirmed, but not all that there is to be found.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from courtesy.lessons import Reviewed, Ruling, Said, Session

_OPEN: Final = frozenset({"waiting", "second", "disputed", "appealed", "unsure"})
_ABOUT: Final = (
    "# From people's decisions. It knows of what was flagged; what nobody flagged, nobody has\n"
    "# listened to, so that what is found is measured here, and not all that was missed.\n"
)
_NAMELESS: Final = "某某"


@dataclass(frozen=True, slots=True)
class Made:
    """Gold files of some recordings.

    Attributes:
        texts: by the file's name.
        interactions: how many they hold.
        left_out: interactions about which something was decided, and not enough.
    """

    texts: dict[str, str]
    interactions: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Zipped:
    """The same in one file.

    Attributes:
        content: a ZIP file.
        files: how many are in it.
    """

    content: bytes
    files: int


def gold(sessions: Iterable[Session], *, names: bool = False) -> Made:
    """Write gold files.

    Args:
        sessions: recordings with decisions.
        names: whether files are called as the recordings, and say hall, window and clerk. Without,
            nobody is named: a clerk's name is taken out of what is said as well.
    """
    texts: dict[str, str] = {}
    count = left_out = 0
    for session in sessions:
        known = [one for one in session.interactions if _known(one)]
        decided = [one for one in session.interactions if _decided(one)]
        left_out += len(decided) - len(known)
        if any(not one.aside for one in known):
            texts[_name(session, texts, names=names)] = _text(session, known, names=names)
            count += len(known)
    return Made(texts, count, left_out)


def zipped(sessions: Iterable[Session], *, names: bool = False) -> Zipped:
    """Write gold files into one; see `gold`."""
    made = gold(sessions, names=names)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in made.texts.items():
            # The same decisions give the same file, so that its checksum tells something.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, text, zipfile.ZIP_DEFLATED)
    return Zipped(out.getvalue(), len(made.texts))


def _decided(one: Reviewed) -> bool:
    return any(ruling.state in {"confirmed", "rejected"} for ruling in one.rulings)


def _known(one: Reviewed) -> bool:
    """Tell whether it is known what was said in an interaction."""
    if not one.said or not _decided(one):
        return False
    typed = {said.number for said in one.said if said.typed}
    return not any(
        ruling.state in _OPEN
        or ruling.why == "sound"
        or (ruling.why == "words" and ruling.utterance not in typed)
        for ruling in one.rulings
        if ruling.phrase
    )


def _text(session: Session, known: Sequence[Reviewed], *, names: bool) -> str:
    clerk = "" if names else session.whose.get("clerk", "")
    # With a part left out, the times would claim that nothing was said there.
    whole = len(known) == len(session.interactions)
    timed = whole and all(s.start is not None and s.end is not None for o in known for s in o.said)
    served = [one for one in known if not one.aside]
    lines = [_ABOUT, f"id = {_quoted(_id(session, names=names))}\n"]
    lines.append(f"scene = {_quoted(_scene(session, names=names))}\n")
    lines.append(f"mode = {_quoted(served[0].mode)}\n")
    for one in known:
        head = "aside" if one.aside else "interaction"
        lines.append(f"\n[[{head}]]\nmode = {_quoted(one.mode)}\n")
        if not one.aside:
            rules = ", ".join(f'{_quoted(k)} = "{v}"' for k, v in _rules(one).items())
            lines.append(f"rules = {{{rules}}}\n")
        for said in one.said:
            lines.append(f"\n[[{head}.turn]]\n")
            lines += _turn(one, said, clerk, timed=timed)
    return "".join(lines)


def _turn(one: Reviewed, said: Said, clerk: str, *, timed: bool) -> Iterator[str]:
    here = [ruling for ruling in one.rulings if ruling.phrase and ruling.utterance == said.number]
    somebody_else = any(ruling.why == "person" for ruling in here) and not said.told
    yield f"role = {_quoted('unknown' if somebody_else else said.role)}\n"
    text = said.text.replace(clerk, _NAMELESS) if len(clerk) > 1 else said.text
    yield f"text = {_quoted(text)}\n"
    if timed:
        yield f"start = {said.start:.2f}\nend = {said.end:.2f}\n"
    phrases = ", ".join(_quoted(r.phrase) for r in here if r.state == "confirmed")
    yield f"forbidden = [{phrases}]\n"


def _rules(one: Reviewed) -> dict[str, str]:
    """Return the verdicts that people told, of rules with nothing left to decide."""
    by_rule: dict[str, list[Ruling]] = {}
    for ruling in one.rulings:
        if ruling.state != "gone":
            by_rule.setdefault(ruling.rule, []).append(ruling)
    return {
        rule: "fail" if any(r.state == "confirmed" for r in some) else "pass"
        for rule, some in sorted(by_rule.items())
        if not any(r.state in _OPEN or r.why == "sound" for r in some)
    }


def _id(session: Session, *, names: bool) -> str:
    own = re.sub(r"[^\w.-]+", "-", PurePath(session.path).stem) if names else ""
    return own or f"recording-{session.number}"


def _name(session: Session, taken: Iterable[str], *, names: bool) -> str:
    """Return a file's name: the recording's own, so that `courtesy eval --sound` finds it."""
    own = f"{PurePath(session.path).stem if names else ''}" or f"recording-{session.number}"
    name = f"{own}.toml"
    return name if name not in taken else f"{own}.{session.number}.toml"


def _scene(session: Session, *, names: bool) -> str:
    if not names:
        return f"recording {session.number}"
    parts = [session.whose.get(key, "") for key in ("hall", "window", "clerk")]
    began = session.began.isoformat(" ", "minutes") if session.began else ""
    return " ".join(filter(None, [*parts, began])) or f"recording {session.number}"


def _quoted(text: str) -> str:
    """Return a string as TOML has it; what JSON escapes TOML does, and DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
