"""Reading lexicon files into a `Lexicon`; every flaw names its file, line and entry."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtesy.errors import LexiconError, reason
from courtesy.lexicon.check_format import WORDINGS, entry_flaws, file_flaws, wordings_flaws
from courtesy.lexicon.phrases import Form, Lexicon, Phrase, make_form, spell_out
from courtesy.messages import Text
from courtesy.text.normalize import normalize

# Not a list of phrases; `scoring` reads it.
RUBRIC_FILE = "rubric.toml"
_HEADER = re.compile(r"^\s*\[\[\s*phrase\s*\]\]", re.MULTILINE)
_TOML_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One breach of the format.

    Attributes:
        file: where it stands.
        line: of the entry's `[[phrase]]`, from 1; for the file as a whole, 1 or the parser's line.
        entry: the entry's id; empty where it has none or the file as a whole is meant.
        text: what is wrong and what to write instead, without a full stop.
    """

    file: Path
    line: int
    entry: str
    text: Text

    def error(self) -> LexiconError:
        """Return it as an error for people."""
        where = f"{self.file}:{self.line}"
        named = f" {self.entry!r}" if self.entry else ""
        return LexiconError(
            Text(
                f"词库有误 {where}{named}：{self.text.zh}。",
                f"Lexicon error {where}{named}: {self.text.en}.",
            )
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of some lexicon files, and what could not.

    Attributes:
        lexicon: the entries without flaws.
        flaws: in order of the files and their entries.
    """

    lexicon: Lexicon
    flaws: tuple[Flaw, ...]


def load_lexicon(folders: Sequence[Path]) -> Lexicon:
    """Read every `*.toml` of the folders but the rubric.

    A file of a later folder takes the place of one of the same name in an earlier folder, so that a
    hall can replace a built-in list as well as add its own.

    Args:
        folders: the built-in folder first, the users' own after it.

    Raises:
        LexiconError: a folder is missing, a file cannot be read, or an entry breaks the format.
    """
    reading = read_lexicon(folders)
    if reading.flaws:
        raise reading.flaws[0].error()
    return reading.lexicon


def read_lexicon(folders: Sequence[Path]) -> Reading:
    """Read the same files as `load_lexicon`, past every flaw, so that all of them can be named.

    Args:
        folders: the built-in folder first, the users' own after it.

    Raises:
        LexiconError: a folder is missing or holds no TOML file.
    """
    digest = hashlib.sha256()
    phrases: dict[str, Phrase] = {}
    words: list[str] = []
    titles: dict[str, Text] = {}
    classes: list[tuple[str, ...]] = []
    flaws: list[Flaw] = []
    for file in lexicon_files(folders):
        raw = _read(file)
        if isinstance(raw, Flaw):
            flaws.append(raw)
            continue
        digest.update(file.name.encode() + b"\0" + raw + b"\0")
        table = _parse(file, raw)
        if isinstance(table, Flaw):
            flaws.append(table)
            continue
        if table.get("kind") == WORDINGS:
            unusable = [Flaw(file, 1, "", text) for text in wordings_flaws(table)]
            flaws += unusable
            classes += [] if unusable else _classes(table)
            continue
        wrong = [Flaw(file, 1, "", text) for text in file_flaws(table)]
        flaws += wrong
        if not wrong:
            titles[table["list"]] = Text(table["title"]["zh"], table["title"]["en"])
            words += table.get("words", [])
        for item in _entries(table, file, header_lines(raw.decode("utf-8"))):
            if isinstance(item, Flaw):
                flaws.append(item)
            elif item.id in phrases:
                flaws.append(_taken(item, phrases[item.id]))
            elif not wrong:
                phrases[item.id] = item
    lexicon = Lexicon(
        tuple(phrases.values()), tuple(words), digest.hexdigest()[:12], titles, tuple(classes)
    )
    return Reading(lexicon, tuple(flaws))


def lexicon_files(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return the phrase files of the folders, one a name, the last folder's winning.

    Raises:
        LexiconError: a folder is missing or holds no TOML file.
    """
    by_name: dict[str, Path] = {}
    for folder in folders:
        found = sorted(folder.glob("*.toml")) if folder.is_dir() else []
        if not found:
            raise LexiconError(
                Text(
                    f"词库文件夹 {folder} 不存在或没有 .toml 文件。请检查 --lexicons。",
                    f"The lexicon folder {folder} is missing or holds no .toml file. "
                    "Check --lexicons.",
                )
            )
        by_name.update({file.name: file for file in found if file.name != RUBRIC_FILE})
    return tuple(by_name[name] for name in sorted(by_name))


def header_lines(text: str) -> tuple[int, ...]:
    """Return the line of every `[[phrase]]`, from 1; TOML parsers keep no positions."""
    return tuple(text.count("\n", 0, hit.end()) + 1 for hit in _HEADER.finditer(text))


def _read(file: Path) -> bytes | Flaw:
    try:
        return file.read_bytes()
    except OSError as error:
        why = reason(error)
        text = Text(f"读不了这个文件（{why.zh}）", f"cannot read this file ({why.en})")
        return Flaw(file, 1, "", text)


def _parse(file: Path, raw: bytes) -> dict[str, Any] | Flaw:
    try:
        # Notepad puts a mark before UTF-8 that TOML does not know.
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Flaw(
            file, line, "", Text("不是 UTF-8，请另存为 UTF-8", "not UTF-8; save the file as UTF-8")
        )
    except tomllib.TOMLDecodeError as error:
        hit = _TOML_LINE.search(str(error))
        line = int(hit.group(1)) if hit else raw.count(b"\n") + 1
        return Flaw(
            file, line, "", Text(f"不是正确的 TOML（{error}）", f"not valid TOML ({error})")
        )


def _classes(table: dict[str, Any]) -> list[tuple[str, ...]]:
    return [tuple(normalize(word).text for word in words) for words in table["classes"]]


def _entries(table: dict[str, Any], file: Path, lines: Sequence[int]) -> Iterator[Phrase | Flaw]:
    """Yield each entry of a file, or its flaws."""
    entries = table.get("phrase", [])
    well_formed = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    if not well_formed or len(entries) != len(lines):
        yield Flaw(
            file,
            1,
            "",
            Text(
                "每条都要以 [[phrase]] 开头，单独成行",
                "start every entry with [[phrase]] on a line of its own",
            ),
        )
        return
    for entry, line in zip(entries, lines, strict=True):
        flaws = list(entry_flaws(entry, table.get("kind")))
        if flaws:
            name = entry.get("id", "")
            yield from (Flaw(file, line, str(name), text) for text in flaws)
        else:
            yield _phrase(entry, table, file, line)


def _phrase(entry: dict[str, Any], table: dict[str, Any], file: Path, line: int) -> Phrase:
    """Make the phrase of an entry in which no flaw was found."""
    note = entry.get("note")
    forbidden = table.get("kind") == "forbidden"
    return Phrase(
        id=entry["id"],
        text=entry["text"],
        list=str(table.get("list")),
        polarity="forbidden" if forbidden else "polite",
        sources=tuple(entry["sources"]),
        forms=_forms(entry),
        severity=entry.get("severity", "serious" if forbidden else ""),
        reach=entry.get("span", "anywhere"),
        excused_by_help=_excused(entry),
        excepts=tuple(normalize(text).text for text in entry.get("except", [])),
        hits=tuple(entry.get("hit", [])),
        misses=tuple(entry.get("miss", [])),
        note=Text(note["zh"], note["en"]) if note else None,
        file=file,
        line=line,
        allow=tuple(entry.get("allow", [])),
        threshold=entry.get("threshold"),
    )


def _excused(entry: dict[str, Any]) -> bool:
    usual = "help" if entry.get("span") == "clause" else "none"
    return bool(entry.get("excuse", usual) == "help")


def _forms(entry: dict[str, Any]) -> tuple[Form, ...]:
    def made(notations: Sequence[str], *, sanctioned: bool) -> list[Form]:
        return [make_form(t, sanctioned=sanctioned) for n in notations for t in spell_out(n)]

    # A source's phrase as a whole is a form too, unless it is written with alternatives.
    own = entry["sources"][0] == "ours" or bool(set(entry["text"]) & set("/()（）"))
    whole = [] if entry.get("forms") and own else [entry["text"]]
    forms = made([*whole, *entry.get("forms", [])], sanctioned=True)
    forms += made(entry.get("variants", []), sanctioned=False)
    return tuple({form.text: form for form in reversed(forms)}.values())[::-1]


def _taken(phrase: Phrase, other: Phrase) -> Flaw:
    text = Text(
        f"id 已用于 {other.file.name} 第 {other.line} 行，请改名",
        f"the id is taken by {other.file.name} line {other.line}; choose another",
    )
    return Flaw(phrase.file, phrase.line, phrase.id, text)
