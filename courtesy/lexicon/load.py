"""Reading lexicon files into a `Lexicon`; every fault names its file, line and entry."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from courtesy.errors import LexiconError
from courtesy.lexicon.phrases import Form, Lexicon, Phrase, make_form, spell_out
from courtesy.messages import Text
from courtesy.text.normalize import normalize

SCHEMA = 1
# Not a list of phrases; `scoring` reads it.
RUBRIC_FILE = "rubric.toml"
FILE_KEYS = {"schema", "list", "title", "kind", "phrase", "words"}
_TEXTS = ("sources", "forms", "variants", "except", "hit", "miss", "quote")
_CHOICES = {
    "severity": ("minor", "serious", "fatal"),
    "span": ("anywhere", "clause"),
}
PHRASE_KEYS = {"id", "text", "note", *_TEXTS, *_CHOICES}
_HEADER = re.compile(r"^\s*\[\[\s*phrase\s*\]\]", re.MULTILINE)


def load_lexicon(folders: Sequence[Path]) -> Lexicon:
    """Read every `*.toml` of the folders but the rubric.

    A file of a later folder takes the place of one of the same name in an earlier folder, so that a
    hall can replace a built-in list as well as add its own.

    Args:
        folders: the built-in folder first, the users' own after it.

    Raises:
        LexiconError: a folder is missing, a file cannot be read, or an entry breaks the format.
    """
    files = lexicon_files(folders)
    digest = hashlib.sha256()
    phrases: list[Phrase] = []
    words: list[str] = []
    titles: dict[str, Text] = {}
    seen: dict[str, Phrase] = {}
    for file in files:
        raw = _read(file)
        digest.update(file.name.encode() + b"\0" + raw + b"\0")
        table = _parse(file, raw)
        titles[table["list"]] = Text(table["title"]["zh"], table["title"]["en"])
        words += table.get("words", [])
        lines = header_lines(raw.decode("utf-8"))
        for entry, line in zip(table.get("phrase", []), lines, strict=False):
            phrase = _phrase(entry, table, file, line)
            if phrase.id in seen:
                other = seen[phrase.id]
                raise _fault(
                    file, line, phrase.id,
                    Text(f"id 已用于 {other.file.name} 第 {other.line} 行，请改名", f"the id is taken by {other.file.name} line {other.line}; choose another"),
                )  # fmt: skip
            seen[phrase.id] = phrase
            phrases.append(phrase)
    return Lexicon(tuple(phrases), tuple(words), digest.hexdigest()[:12], titles)


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
                    f"The lexicon folder {folder} is missing or holds no .toml file. Check --lexicons.",
                )
            )
        by_name.update({file.name: file for file in found if file.name != RUBRIC_FILE})
    return tuple(by_name[name] for name in sorted(by_name))


def header_lines(text: str) -> tuple[int, ...]:
    """Return the line of every `[[phrase]]`, from 1; TOML parsers keep no positions."""
    return tuple(text.count("\n", 0, hit.end()) + 1 for hit in _HEADER.finditer(text))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise LexiconError(
            Text(
                f"读不了词库 {file}：{error.strerror}。",
                f"Cannot read the lexicon {file}: {error.strerror}.",
            )
        ) from error


def _parse(file: Path, raw: bytes) -> dict[str, Any]:
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(
            Text(
                f"词库 {file} 不是正确的 UTF-8 TOML：{error}。",
                f"The lexicon {file} is not valid UTF-8 TOML: {error}.",
            )
        ) from error
    wrong = _file_fault(table)
    if wrong:
        raise _fault(file, 1, "", wrong)
    return table


def _file_fault(table: dict[str, Any]) -> Text | None:
    unknown = set(table) - FILE_KEYS
    if unknown:
        names = ", ".join(sorted(unknown))
        return Text(
            f"不认识的键：{names}；可用：{', '.join(sorted(FILE_KEYS))}",
            f"unknown key: {names}; known: {', '.join(sorted(FILE_KEYS))}",
        )
    if table.get("schema") != SCHEMA:
        return Text(
            f"schema 应为 {SCHEMA}，却是 {table.get('schema')!r}",
            f"schema must be {SCHEMA}, not {table.get('schema')!r}",
        )
    if not isinstance(table.get("list"), str) or not table["list"]:
        return Text("缺少 list（词表名）", "`list` (the list's name) is missing")
    if table.get("kind") not in {"polite", "forbidden"}:
        return Text("kind 应为 polite 或 forbidden", "`kind` must be polite or forbidden")
    title = table.get("title")
    if not isinstance(title, dict) or not all(isinstance(title.get(k), str) for k in ("zh", "en")):
        return Text(
            '缺少 title = {zh = "…", en = "…"}', '`title = {zh = "…", en = "…"}` is missing'
        )
    if not _all_strings(table.get("words", [])) or not isinstance(table.get("phrase", []), list):
        return Text(
            "words 应为字符串列表，phrase 应为 [[phrase]]",
            "`words` must be a list of strings, `phrase` written as [[phrase]]",
        )
    return None


def _phrase(entry: dict[str, Any], table: dict[str, Any], file: Path, line: int) -> Phrase:
    name = str(entry.get("id", ""))
    wrong = _entry_fault(entry, forbidden=table["kind"] == "forbidden")
    if wrong:
        raise _fault(file, line, name, wrong)
    try:
        forms = _forms(entry)
    except ValueError as error:
        raise _fault(
            file, line, name, Text(f"forms/variants 写法有误：{error}", f"forms/variants: {error}")
        ) from error
    if any(form.literal == 0 for form in forms):
        raise _fault(file, line, name, Text("有一个说法没有文字", "a form holds no text"))
    note = entry.get("note")
    return Phrase(
        id=name,
        text=entry["text"],
        list=table["list"],
        polarity=table["kind"],
        sources=tuple(entry["sources"]),
        forms=forms,
        severity=entry.get("severity", "serious" if table["kind"] == "forbidden" else ""),
        reach=entry.get("span", "anywhere"),
        excepts=tuple(normalize(text).text for text in entry.get("except", [])),
        hits=tuple(entry.get("hit", [])),
        misses=tuple(entry.get("miss", [])),
        note=Text(note["zh"], note["en"]) if note else None,
        file=file,
        line=line,
    )


def _entry_fault(entry: dict[str, Any], *, forbidden: bool) -> Text | None:
    unknown = set(entry) - PHRASE_KEYS
    if unknown:
        names = ", ".join(sorted(unknown))
        return Text(
            f"不认识的键：{names}；可用：{', '.join(sorted(PHRASE_KEYS))}",
            f"unknown key: {names}; known: {', '.join(sorted(PHRASE_KEYS))}",
        )
    for key in ("id", "text"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            return Text(f"缺少 {key}", f"`{key}` is missing")
    for key in _TEXTS:
        if not _all_strings(entry.get(key, [])):
            return Text(f"{key} 应为字符串列表", f"`{key}` must be a list of strings")
    if not entry.get("sources"):
        return Text(
            '缺少 sources；自拟的写 ["ours"]',
            '`sources` is missing; write ["ours"] for an own addition',
        )
    for key, choices in _CHOICES.items():
        if key in entry and entry[key] not in choices:
            return Text(
                f"{key} 应为 {' 或 '.join(choices)}", f"`{key}` must be one of {', '.join(choices)}"
            )
    if "severity" in entry and not forbidden:
        return Text(
            "severity 只用于 kind = forbidden", "`severity` belongs to kind = forbidden only"
        )
    note = entry.get("note", {"zh": "", "en": ""})
    if not isinstance(note, dict) or not all(isinstance(note.get(k), str) for k in ("zh", "en")):
        return Text('note 应为 {zh = "…", en = "…"}', '`note` must be {zh = "…", en = "…"}')
    return None


def _forms(entry: dict[str, Any]) -> tuple[Form, ...]:
    def made(notations: Iterable[str], *, sanctioned: bool) -> list[Form]:
        return [make_form(t, sanctioned=sanctioned) for n in notations for t in spell_out(n)]

    forms = made(entry.get("forms") or [entry["text"]], sanctioned=True)
    forms += made(entry.get("variants", []), sanctioned=False)
    return tuple({form.text: form for form in reversed(forms)}.values())[::-1]


def _all_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _fault(file: Path, line: int, entry: str, what: Text) -> LexiconError:
    where = f"{file}:{line}"
    named = f" {entry!r}" if entry else ""
    return LexiconError(
        Text(f"词库有误 {where}{named}：{what.zh}。", f"Lexicon error {where}{named}: {what.en}.")
    )
