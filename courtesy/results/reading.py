"""Reads result files, each recording once."""

import functools
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courtesy.began import by_name, read
from courtesy.collected import Choice, Collected, Failed, phrases
from courtesy.errors import NotAResult, NotReadable, unreadable
from courtesy.messages import Text
from courtesy.records import Fault, Judged, Verdict, Whose
from courtesy.results.rows import Row, row
from courtesy.transcripts.encodings import decode

_SCHEMA = "courtesy/1"
_ENDINGS = frozenset({".json", ".jsonl"})
# What may stand before the first brace: byte order marks, white space, the other half of UTF-16.
_BEFORE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


@dataclass(frozen=True, slots=True)
class Results:
    """What was found in result files.

    Attributes:
        rows: every interaction, in the order of files and recordings.
        recordings: how many there are.
        failed: those that could not be scored.
        twice: how many results were left out, since the same recording comes again later.
        rubrics: by which they were judged, each once, in order.
        passed_over: files of a folder that are JSON of another kind.
    """

    rows: tuple[Row, ...]
    recordings: int
    failed: tuple[Failed, ...]
    twice: int
    rubrics: tuple[str, ...]
    passed_over: tuple[Path, ...]

    @property
    def judged(self) -> tuple[Judged, ...]:
        """Every interaction's score."""
        return tuple(one.judged for one in self.rows)

    def collected(self, choice: Choice) -> Collected:
        """Return what a report counts of them.

        Args:
            choice: which interactions.
        """
        theirs = [one for one in self.rows if choice.whose(one.judged.whose)]
        rows = [one for one in theirs if choice.when(one.judged.began)]
        verdicts: dict[tuple[Whose, str], Counter[Verdict]] = defaultdict(Counter)
        for one in rows:
            if one.judged.score is not None:
                for rule, verdict in one.verdicts.items():
                    verdicts[one.judged.whose, rule][verdict] += 1
        return Collected(
            choice=choice,
            judged=tuple(one.judged for one in rows),
            verdicts={key: dict(counts) for key, counts in verdicts.items()},
            phrases=phrases(said for one in rows for said in one.said),
            failed=self.failed,
            timeless=sum(
                one.judged.began is None and not one.judged.aside
                for one in (theirs if choice.dated else ())
            ),
            rubrics=self.rubrics,
            twice=self.twice,
            passed_over=self.passed_over,
        )


def read_results(paths: Sequence[Path]) -> Results:
    """Read result files, and those of folders with everything below them.

    A recording that was scored more than once counts as it was scored last.

    Raises:
        NotReadable: a path is missing or may not be read, or a folder holds no results.
        NotAResult: a named file is none, or one is damaged or of another version.
    """
    recordings: dict[object, dict[str, Any]] = {}
    entries = 0
    passed_over: list[Path] = []
    for path, named in _files(paths):
        documents = list(_documents(path))
        if not named and not (documents and all(_is_ours(one) for _, one in documents)):
            passed_over.append(path)
            continue
        if not documents:
            raise _refuse(str(path), Text("不是评分结果", "it is no result"))
        for where, document in documents:
            _check_schema(document, where)
            for entry in _recordings(document, where):
                entries += 1
                # Taken out first, so that what was scored last stands last.
                recordings.pop(key := _key(entry), None)
                recordings[key] = entry | {"rubric": _rubric(document)}
    if not entries:
        raise _no_results("、".join(map(str, paths)), passed_over)
    return Results(
        rows=tuple(one for entry in recordings.values() for one in entry["rows"]),
        recordings=len(recordings),
        failed=tuple(entry["failed"] for entry in recordings.values() if entry["failed"]),
        twice=entries - len(recordings),
        rubrics=tuple(dict.fromkeys(entry["rubric"] for entry in recordings.values())),
        passed_over=tuple(passed_over),
    )


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Yield each file once, and whether it was named itself."""

    def refuse(error: OSError) -> None:
        raise unreadable(error.filename or "", error) from error

    seen: set[str] = set()
    for path in paths:
        found: list[tuple[Path, bool]] = [(path, True)]
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where it may not look
            found = []
            for here, folders, names in os.walk(path, onerror=refuse):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                inside = (Path(here) / n for n in sorted(names) if not n.startswith("."))
                found += [(file, False) for file in inside if file.suffix.lower() in _ENDINGS]
            if not found:
                raise _no_results(path)
        for file, named in found:
            whole = os.path.realpath(file)
            if whole not in seen:
                seen.add(whole)
                yield file, named


def _documents(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield each JSON document of a file and what to call its place: one, or one a line.

    None is yielded where it does not begin like one.
    """
    try:
        with path.open("rb") as file:
            # A recording named by mistake is not read to its end.
            head = file.read(4096)
            if not head.lstrip(_BEFORE).startswith(b"{"):
                return
            data = head + file.read()
    except OSError as error:
        raise unreadable(path, error) from error
    text, _ = decode(data, str(path), always_utf8=True)
    text = text.lstrip("\ufeff")
    try:
        yield str(path), json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise _damaged(path, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, 1) from error
    else:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                document = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise _damaged(path, number) from error
            yield f"{path}:{number}", document


def _is_ours(document: object) -> bool:
    return isinstance(document, dict) and str(document.get("schema", "")).startswith("courtesy/")


def _check_schema(document: Any, where: str) -> None:
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema == _SCHEMA:
        return
    if isinstance(document, dict) and "text" in document:
        raise _without_scores(where)
    if schema is None:
        raise _refuse(where, Text("没有 schema，不是评分结果", "it has no schema and is no result"))
    what = Text(f"格式是 {schema}，不是 {_SCHEMA}", f"its schema is {schema} and not {_SCHEMA}")
    raise _refuse(where, what)


def _rubric(document: dict[str, Any]) -> str:
    made_by = document.get("made_by")
    return str(made_by.get("rubric", "")) if isinstance(made_by, dict) else ""


def _recordings(document: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    entries = document.get("recordings")
    if not isinstance(entries, list) or not entries:
        raise _wrong(where, "recordings")
    for at, entry in enumerate(entries):
        yield _recording(entry, f"{where}: recordings[{at}]")


def _recording(entry: Any, where: str) -> dict[str, Any]:
    """Return what is needed of a recording: its path, its interactions and what tells it apart."""
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise _wrong(where, "path")
    name, rows = entry["path"], entry.get("interactions")
    failed = entry.get("error") is not None
    if not failed and not isinstance(rows, list):
        raise _without_scores(where)
    written = entry.get("began")
    began = read(written) if isinstance(written, str) else None
    if written is not None and began is None:
        raise _wrong(where, "began")
    # An earlier version did not write it; the name tells it all the same.
    began = began or by_name(name)
    said = [u for u in entry.get("utterances") or [] if isinstance(u, dict)]
    sentences = {at: str(u.get("heard", "")) for u in said if isinstance(at := u.get("id"), int)}
    judged = [
        row(
            one,
            name,
            began,
            sentences,
            functools.partial(_wrong, f"{where}.interactions[{at}]"),
            first=at == 0,
        )
        for at, one in enumerate([] if failed else rows or [])
    ]
    return {
        "path": name,
        "failed": _failed(name, entry["error"]) if failed else None,
        "rows": judged,
        "key": (entry.get("duration"), str([(u.get("start"), u.get("heard")) for u in said])),
    }


def _failed(name: str, error: Any) -> Failed:
    told = error if isinstance(error, dict) else {}
    kind, message = str(told.get("kind", "")), str(told.get("message", ""))
    return Failed(name, Fault(kind, Text(message, message)))


def _key(entry: dict[str, Any]) -> object:
    """Return what two results of one recording have in common, and those of two have not.

    Recordings of two windows may have the same name, and the same length.
    """
    return entry["path"], entry["key"]


_REMEDY = Text(
    "请给出 courtesy score 用 --json、--jsonl 或 --out 写出的结果",
    "Give what courtesy score wrote with --json, --jsonl or --out",
)


def _refuse(where: str, what: Text) -> NotAResult:
    return NotAResult(
        Text(f"{where}：{what.zh}。{_REMEDY.zh}。", f"{where}: {what.en}. {_REMEDY.en}.")
    )


def _damaged(path: Path, line: int) -> NotAResult:
    what = Text("不是完整的 JSON，文件可能已损坏", "it is no whole JSON and may be damaged")
    return _refuse(f"{path}:{line}", what)


def _wrong(where: str, key: str) -> NotAResult:
    return _refuse(where, Text(f"{key} 缺少或不对", f"`{key}` is missing or cannot be right"))


def _without_scores(where: str) -> NotAResult:
    return NotAResult(
        Text(
            f"{where}：没有得分，像是文字稿。请先评分：courtesy score 文件 --json。",
            f"{where}: no scores; it seems to be a transcript. "
            "Score it first: courtesy score FILE --json.",
        )
    )


def _no_results(folder: Path | str, others: Sequence[Path] = ()) -> NotReadable:
    zh, en = (f"（{others[0]} 不是）", f" ({others[0]} is none)") if others else ("", "")
    return NotReadable(
        Text(
            f"{folder} 里没有评分结果{zh}。{_REMEDY.zh}。",
            f"There are no results in {folder}{en}. {_REMEDY.en}.",
        )
    )
