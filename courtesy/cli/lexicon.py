"""`courtesy lexicon`: list the phrases, check lexicons, see how a sentence is judged."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, T, console, fail, say
from courtesy.cli.explanation import (
    found,
    print_line,
    print_match,
    print_outcome,
    print_steps,
    reading_of,
    several,
)
from courtesy.errors import CourtesyError, UsageError
from courtesy.messages import Text

if TYPE_CHECKING:  # the real imports wait for a command to run: `courtesy --help` must be quick
    from courtesy.lexicon import Form, Lexicon, Phrase
    from courtesy.lexicon.check import Complaint, Finds

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help=T(
        """词库：列出说法，检查自己的词库，看一句话怎么判。

        例：courtesy lexicon explain 急什么，等一下！""",
        """Lexicons: list phrases, check your own, see how a sentence is judged.

        Example: courtesy lexicon explain 急什么，等一下！""",
    ),
)


class Speaker(StrEnum):
    """Who is taken to say a sentence."""

    CLERK = "clerk"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@app.command(
    "list",
    help=T(
        """列出词库里的说法。

        例：courtesy lexicon list --list forbidden""",
        """List the phrases of the lexicons.

        Example: courtesy lexicon list --list forbidden""",
    ),
)
def list_phrases(
    name: Annotated[
        str | None,
        typer.Option(
            "--list", metavar="NAME", help=T("只列这一个词表", "only the list of this name")
        ),
    ] = None,
    lexicons: options.OwnLexicons = None,
    as_json: options.AsJson = False,
) -> None:
    """Print every phrase of one list or of all, and how many there are."""
    from courtesy.lexicon import load_lexicon

    try:
        lexicon = load_lexicon(_folders(lexicons))
        phrases = [p for p in lexicon.phrases if name in {None, p.list}]
        if not phrases and name is not None:
            raise _no_such_list(name, lexicon)
    except CourtesyError as error:
        fail(error)
    if as_json:
        _print_json({"lexicons": lexicon.digest, "phrases": [_as_dict(p) for p in phrases]})
    else:
        _print_table(phrases, lexicon)


@app.command(
    help=T(
        """检查词库的写法、重复、误伤和例句；有错误时退出码为 1。

        例：courtesy lexicon check --lexicons 我的词库/""",
        """Check format, doubles, false alarms and examples; exit code 1 on errors.

        Example: courtesy lexicon check --lexicons my-lexicons/""",
    )
)
def check(lexicons: options.OwnLexicons = None) -> None:
    """Print one line a complaint, then how many there are."""
    from courtesy.lexicon import check as linter
    from courtesy.lexicon.load import lexicon_files, read_lexicon

    try:
        folders = _folders(lexicons)
        files = len(lexicon_files(folders))
        complaints = linter.check(folders, _finder(read_lexicon(folders).lexicon))
    except CourtesyError as error:
        fail(error)
    for complaint in complaints:
        print_line(_complaint_line(complaint))
    levels = Counter(complaint.level for complaint in complaints)
    faults, doubts = levels["error"], levels["warning"]
    print_line(
        T(
            f"查了 {files} 个词库：{faults} 个错误，{doubts} 个提醒。",
            f"Checked: {several(files, 'lexicon')}; "
            f"found: {several(faults, 'error')}, {several(doubts, 'warning')}.",
        )
    )
    if faults:
        raise typer.Exit(EXIT_FAULTY)


@app.command(
    help=T(
        """说明一句话怎么判：命中什么，计不计入，为什么。

        例：courtesy lexicon explain 您好，请问您办什么业务？

        例：courtesy lexicon explain 急什么，等一下！ --role customer""",
        """Explain how a sentence is judged: what it matches, what counts, and why.

        Example: courtesy lexicon explain 您好，请问您办什么业务？

        Example: courtesy lexicon explain 急什么，等一下！ --role customer""",
    )
)
def explain(
    sentence: Annotated[
        str, typer.Argument(help=T("一句话，简繁均可", "a sentence, in either script"))
    ],
    role: Annotated[Speaker, typer.Option(help=T("谁说的", "who says it"))] = Speaker.CLERK,
    lexicons: options.OwnLexicons = None,
    as_json: options.AsJson = False,
) -> None:
    """Print what becomes of a sentence on its way to a judgement."""
    from courtesy.config import load_settings
    from courtesy.lexicon import load_lexicon
    from courtesy.matching.matcher import Matcher
    from courtesy.records import Utterance
    from courtesy.report.plain import clean

    try:
        lexicon = load_lexicon(_folders(lexicons))
        matcher = Matcher(lexicon, load_settings().matching)
    except CourtesyError as error:
        fail(error)
    heard = clean(sentence)
    matches = matcher.match([Utterance(0, heard, role.value)])
    if as_json:
        _print_json(
            {
                **reading_of(heard, lexicon),
                "role": role.value,
                "matches": [found(m) for m in matches],
            }
        )
    else:
        print_steps(heard, lexicon)
        for match in matches:
            print_match(match, heard, lexicon)
        print_outcome(matches)


def _folders(own: Sequence[Path] | None) -> list[Path]:
    from courtesy.folders import lexicon_dir

    return [lexicon_dir(), *(own or [])]


def _no_such_list(name: str, lexicon: "Lexicon") -> UsageError:
    known = ", ".join(lexicon.titles)
    return UsageError(
        Text(
            f"没有叫 {name} 的词表；有的是：{known}。",
            f"There is no list called {name}; there are: {known}.",
        )
    )


def _print_table(phrases: Sequence["Phrase"], lexicon: "Lexicon") -> None:
    from rich.table import Table
    from rich.text import Text as Line

    from courtesy.report import names

    table = Table()
    heads = [("词表", "list"), ("说法", "phrase"), ("轻重", "severity"), ("出处", "source")]
    for zh, en in heads:
        table.add_column(T(zh, en), overflow="fold")
    for phrase in phrases:
        severity = names.SEVERITIES.get(phrase.severity)
        cells = (
            phrase.list,
            phrase.text,
            say(severity) if severity else "",
            "; ".join(phrase.sources),
        )
        table.add_row(*(Line(cell) for cell in cells))
    console().print(table)
    for name, count in Counter(phrase.list for phrase in phrases).items():
        title = say(lexicon.titles[name])
        print_line(T(f"{name}（{title}）：{count} 条", f"{name} ({title}): {count}"))
    forms = sum(len(phrase.forms) for phrase in phrases)
    print_line(
        T(
            f"共 {len(phrases)} 条，{forms} 种说法。",
            f"{several(len(phrases), 'phrase')}, {several(forms, 'form')} in all.",
        )
    )


def _as_dict(phrase: "Phrase") -> dict[str, Any]:
    def shown(forms: Iterable["Form"], *, sanctioned: bool) -> list[str]:
        from courtesy.lexicon import SLOT

        return [f.text.replace(SLOT, "×") for f in forms if f.sanctioned == sanctioned]

    return {
        "id": phrase.id,
        "list": phrase.list,
        "kind": phrase.polarity,
        "phrase": phrase.text,
        "severity": phrase.severity,
        "source": "; ".join(phrase.sources),
        "span": phrase.reach,
        "forms": shown(phrase.forms, sanctioned=True),
        "variants": shown(phrase.forms, sanctioned=False),
        "file": str(phrase.file),
        "line": phrase.line,
    }


def _finder(lexicon: "Lexicon") -> "Finds":
    """Return what tells the linter which phrases count when a clerk says a sentence."""
    from courtesy.config import load_settings
    from courtesy.matching.matcher import Matcher
    from courtesy.records import Utterance

    matcher = Matcher(lexicon, load_settings().matching)

    def finds(sentence: str) -> set[str]:
        matches = matcher.match([Utterance(0, sentence, "clerk")])
        return {match.phrase_id for match in matches if match.counted}

    return finds


def _complaint_line(complaint: "Complaint") -> str:
    """Write a complaint as compilers do, so that editors find the place."""
    entry = f"{complaint.entry}: " if complaint.entry else ""
    return f"{complaint.file}:{complaint.line}: {complaint.level}: {entry}{say(complaint.text)}"


def _print_json(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
