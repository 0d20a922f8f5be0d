"""What a store holds as one file: one row or line an interaction, written as it is read.

CSV and workbooks are for people and speak their language; Parquet and JSON Lines are for programs,
with the same names everywhere.
"""

import csv
import io
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from courtesy.errors import UsageError
from courtesy.messages import Lang, Text
from courtesy.records import Finding, Kept
from courtesy.report.csv_report import Cell, harmless, told_verdict
from courtesy.report.json_report import dump, finding_dict, match_dict, said, versions
from courtesy.report.names import MODES, rule_name
from courtesy.report.plain import clean, number, visible
from courtesy.report.view import breaches, worst
from courtesy.report.words import words
from courtesy.report.writing import whole

FORMATS: Final = ("csv", "xlsx", "parquet", "jsonl")
SCHEMA: Final = "courtesy-kept/1"
_SHEET: Final = 1_000_000  # rows; Excel takes 1,048,576
_GROUP: Final = 2_000  # rows of Parquet written together


def export(path: Path, form: str, found: Iterable[Kept], rules: Sequence[str], lang: Lang) -> int:
    """Write interactions to a file, whole or not at all; few are in memory at a time.

    Args:
        path: the file; one that is there is replaced.
        form: of `FORMATS`.
        found: the interactions.
        rules: those that have columns, in order; not asked for by JSON Lines.
        lang: of headings and sentences.

    Returns:
        how many interactions that are.

    Raises:
        UsageError: the library that the form needs is not installed.
        OutputError: the file could not be written; what was there before is untouched.
    """
    count = itertools.count()
    counted = (one for one, _ in zip(found, count, strict=False))
    _ready(form)
    with whole(path) as file:
        if form == "csv":
            _csv(file, counted, rules, lang)
        elif form == "xlsx":
            _workbook(file, counted, rules, lang)
        elif form == "parquet":
            _parquet(file, counted, rules, lang)
        else:
            _lines(file, counted, lang)
    return next(count)


def _ready(form: str) -> None:
    """Look for the library that a form needs before anything is read.

    Raises:
        UsageError: it is not installed.
    """
    needed = {"xlsx": ("openpyxl", "batch"), "parquet": ("pyarrow", "parquet")}.get(form)
    if needed is None:
        return
    library, extra = needed
    try:
        __import__(library)
    except ModuleNotFoundError as error:
        raise UsageError(
            Text(
                f"写 {form} 需要 {library}：pip install 'courtesy[{extra}]'，或用 --format csv。",
                f"Writing {form} needs {library}: pip install 'courtesy[{extra}]', "
                "or use --format csv.",
            )
        ) from error


def _head(rules: Sequence[str], lang: Lang) -> list[str]:
    w = words(lang)
    fixed = ("file", "hall", "window", "clerk", "began", "interaction", "seconds", "mode", "score")
    of_rules = (
        f"{rule_name(rule).say(lang)}{more}" for rule in rules for more in ("", f" ({w['points']})")
    )
    last = ("forbidden_said", "program", "model", "lexicons", "rubric")
    return [
        *(w[name] for name in (*fixed, "grade", "scorable", "note")),
        *of_rules,
        *(w[name] for name in last),
    ]


def _cells(one: Kept, rules: Sequence[str], lang: Lang) -> list[Cell | datetime]:
    w = words(lang)
    of_rules = _by_rule(one)
    heard = [
        f"{m.phrase}{w['colon']}“{one.sentences[m.utterance]}”"
        if m.utterance in one.sentences
        else m.phrase
        for m in breaches(one.findings, one.matches)
    ]
    return [
        one.path,
        one.hall,
        one.window,
        one.clerk,
        one.began,
        one.number + 1,
        number(one.duration),
        MODES[one.mode].say(lang),
        number(one.score),
        said(one.grade, lang),
        w["yes"] if one.scorable else w["no"],
        said(one.note, lang),
        *itertools.chain.from_iterable(_judged(of_rules[rule], rule, lang) for rule in rules),
        w["comma"].join(heard),
        one.made_by.courtesy,
        one.made_by.model,
        one.made_by.lexicons,
        one.made_by.rubric,
    ]


def _by_rule(one: Kept) -> Mapping[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in one.findings:
        found[finding.rule].append(finding)
    return found


def _judged(findings: Sequence[Finding], rule: str, lang: Lang) -> tuple[Cell, Cell]:
    found = worst(findings, rule)
    return told_verdict(found, rule, lang), _points(findings) if found else None


def _points(findings: Iterable[Finding]) -> float:
    return round(sum(f.points for f in findings), 3)


def _csv(file: BinaryIO, found: Iterable[Kept], rules: Sequence[str], lang: Lang) -> None:
    # The mark by which Excel knows UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in _head(rules, lang)])
    for one in found:
        writer.writerow([_told(cell) for cell in _cells(one, rules, lang)])
    text.detach()


def _told(cell: Cell | datetime) -> Cell:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return harmless(cell)


def _workbook(file: BinaryIO, found: Iterable[Kept], rules: Sequence[str], lang: Lang) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    try:
        _sheets(book, iter(found), rules, lang)
        book.save(file)
    finally:
        for sheet in book.worksheets:
            if not sheet.closed:  # it would complain of being left open
                sheet.close()


def _sheets(book: Any, found: Iterator[Kept], rules: Sequence[str], lang: Lang) -> None:
    head = [_shown(name) for name in _head(rules, lang)]
    first = next(found, None)
    while first or not book.worksheets:
        sheet = book.create_sheet(str(len(book.worksheets) + 1))
        sheet.freeze_panes = "A2"
        sheet.append(head)
        for one in itertools.chain([first] if first else [], itertools.islice(found, _SHEET - 1)):
            sheet.append([_shown(cell) for cell in _cells(one, rules, lang)])
        first = next(found, None)


def _shown(cell: Cell | datetime) -> Cell | datetime:
    """Return a cell that a workbook can hold: it knows no control characters."""
    return harmless(visible(cell)) if isinstance(cell, str) else cell


def _parquet(file: BinaryIO, found: Iterable[Kept], rules: Sequence[str], lang: Lang) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, real = pa.string(), pa.float64()
    breach = pa.struct([("phrase", text), ("sentence", text), ("start", real)])
    of_rules = [
        column for rule in rules for column in ((f"{rule}_verdict", text), (f"{rule}_points", real))
    ]
    schema = pa.schema(
        [
            *((name, text) for name in ("path", "hall", "window", "clerk")),
            ("began", pa.timestamp("s")),
            ("interaction", pa.int32()),
            *((name, real) for name in ("start", "end", "duration")),
            ("mode", text),
            ("score", real),
            ("grade", text),
            ("scorable", pa.bool_()),
            ("note", text),
            *of_rules,
            ("forbidden", pa.list_(breach)),
            *((name, text) for name in ("courtesy", "model", "lexicons", "rubric")),
        ]
    )
    rows = (_row(one, rules, lang) for one in found)
    with pq.ParquetWriter(file, schema) as writer:
        while some := list(itertools.islice(rows, _GROUP)):
            writer.write_table(pa.Table.from_pylist(some, schema))


def _row(one: Kept, rules: Sequence[str], lang: Lang) -> dict[str, Any]:
    row = _common(one, lang)
    row["began"] = one.began and one.began.replace(microsecond=0)
    row["forbidden"] = [
        {"phrase": m.phrase, "sentence": one.sentences.get(m.utterance), "start": m.start}
        for m in breaches(one.findings, one.matches)
    ]
    of_rules = _by_rule(one)
    for rule in rules:
        if found := worst(of_rules[rule], rule):
            row[f"{rule}_verdict"] = found[0]
            row[f"{rule}_points"] = _points(of_rules[rule])
    made_by = versions(one.made_by)
    names = ("courtesy", "model", "lexicons", "rubric")
    return row | {name: made_by[name] for name in names}


def _lines(file: BinaryIO, found: Iterable[Kept], lang: Lang) -> None:
    for one in found:
        document = {
            "schema": SCHEMA,
            **_common(one, lang),
            "began": one.began and one.began.isoformat(timespec="seconds"),
            "findings": [finding_dict(f, lang) for f in one.findings],
            "matches": [match_dict(m, lang) for m in one.matches],
            "sentences": {str(at): words for at, words in sorted(one.sentences.items())},
            "made_by": versions(one.made_by),
        }
        # It came out of JSON and holds nothing else, but for what no encoding can write.
        file.write((clean(dump(document, None)) + "\n").encode())


def _common(one: Kept, lang: Lang) -> dict[str, Any]:
    return {
        "path": clean(one.path),
        "hall": one.hall,
        "window": one.window,
        "clerk": one.clerk,
        "interaction": one.number,
        "start": number(one.start),
        "end": number(one.end),
        "duration": number(one.duration),
        "mode": one.mode,
        "score": number(one.score),
        "grade": said(one.grade, lang),
        "scorable": one.scorable,
        "note": said(one.note, lang),
    }


def form_of(path: Path) -> str | None:
    """Return the form that a file's ending tells; None where it tells none."""
    ending = path.suffix.lower().removeprefix(".")
    return ending if ending in FORMATS else None
