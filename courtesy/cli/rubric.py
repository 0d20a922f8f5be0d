"""`courtesy rubric`: what the rules are, whether a file is right, what another would change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from courtesy.cli import options
from courtesy.cli.common import EXIT_FAULTY, LANG, T, console, fail, say
from courtesy.errors import CourtesyError
from courtesy.messages import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from courtesy.lexicon import Lexicon
    from courtesy.pipeline import Pipeline
    from courtesy.records import Recording
    from courtesy.scoring.rubric import Rubric

app = typer.Typer(
    no_args_is_help=True,
    help=T(
        "评分规则：列出、检查、用大白话解释、比较改动的影响。",
        "Rubrics: list, check, explain, and compare what a change would do.",
    ),
)

RubricName = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE", help=T("自带规则的名字，或规则文件", "a built-in name or a file")
    ),
]


@app.command("list", help=T("列出自带的评分规则。", "List the built-in rubrics."))
def list_rubrics() -> None:
    """Print name, number of rules and title of each."""
    from courtesy.folders import rubric_file, rubric_names
    from courtesy.scoring.rubric_file import load_rubric

    try:
        for name in rubric_names():
            rubric = load_rubric(rubric_file(name))
            typer.echo(f"{name:<12} {len(rubric.rules):>2}  {say(rubric.title)}")
    except CourtesyError as error:
        fail(error)


@app.command(
    "check",
    help=T(
        "检查规则文件：格式、词表和用语是否存在、互相矛盾或永远不会用上的规则。\n\n"
        "例：courtesy rubric check my.toml",
        "Check rubric files: format, unknown lists and phrases, rules that contradict each other "
        "or can never apply.\n\nExample: courtesy rubric check my.toml",
    ),
)
def check_rubrics(
    rubrics: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME|FILE]...", help=T("默认检查自带的", "default: the built-in ones")
        ),
    ] = None,
    lexicons: options.OwnLexicons = None,
) -> None:
    """Print a line for each fault, as compilers do."""
    from courtesy.folders import rubric_names

    faulty = 0
    for name in rubrics or rubric_names():
        try:
            faulty += _check_one(name, lexicons or [])
        except CourtesyError as error:
            typer.echo(error.say(LANG))
            faulty += 1
    if faulty:
        raise typer.Exit(EXIT_FAULTY)
    typer.echo(T("没有发现错误。", "No errors found."))


def _check_one(name: str, lexicons: list[Path]) -> int:
    """Print what is wrong with a rubric and return how many errors that are."""
    from courtesy.scoring.rubric_check import check

    rubric, lexicon = _load(name, lexicons)
    found = check(
        rubric,
        {phrase.list for phrase in lexicon.phrases},
        {phrase.list for phrase in lexicon.phrases if phrase.polarity == "forbidden"},
        {phrase.id for phrase in lexicon.phrases},
    )
    for one in found:
        place = f"{rubric.file}:{one.line}" if one.line else str(rubric.file)
        entry = f"{one.rule}: " if one.rule else ""
        typer.echo(f"{place}: {one.level}: {entry}{say(one.text)}")
    return sum(one.level == "error" for one in found)


@app.command(
    "explain",
    help=T(
        "用大白话说明规则。\n\n例：courtesy rubric explain window greeting",
        "Say in plain words what the rules ask.\n\n"
        "Example: courtesy rubric explain window greeting",
    ),
)
def explain(
    rubric: RubricName = "window",
    rules: Annotated[
        list[str] | None, typer.Argument(metavar="[RULE]...", help=T("只看这几条", "only these"))
    ] = None,
    lexicons: options.OwnLexicons = None,
) -> None:
    """Print each rule in words."""
    from courtesy.errors import UsageError
    from courtesy.scoring.describe import sentences

    try:
        found, lexicon = _load(rubric, lexicons or [])
        unknown = sorted(set(rules or []) - {rule.id for rule in found.rules})
        if unknown:
            known = ", ".join(rule.id for rule in found.rules)
            raise UsageError(
                Text(
                    f"没有规则 {unknown[0]}；有 {known}。",
                    f"No rule {unknown[0]}; there are {known}.",
                )
            )
    except CourtesyError as error:
        fail(error)
    out = console()
    out.print(f"{say(found.title)}  {found.stamp}", style="bold", markup=False, highlight=False)
    for rule in found.rules:
        if rules and rule.id not in rules:
            continue
        out.print(f"\n{say(rule.title)}  [{rule.id}]", style="bold", markup=False, highlight=False)
        told = " ".join(say(one) for one in sentences(rule, lexicon.titles))
        out.print(told, markup=False, highlight=False)
        if rule.sources:
            label = T("出处", "Source")
            out.print(f"{label}: {' · '.join(rule.sources)}", markup=False, highlight=False)


@app.command(
    "diff",
    help=T(
        "换一套规则，过去的得分会怎样变。给出 score --json 的结果或文字稿，就不用重新听录音。\n\n"
        "例：courtesy rubric diff window strict results.json",
        "What another rubric would change in past scores. Give what score --json printed, or "
        "transcripts, and nothing is listened to again.\n\n"
        "Example: courtesy rubric diff window strict results.json",
    ),
)
def diff(
    before: RubricName,
    after: RubricName,
    results: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RESULT]...",
            help=T("结果、文字稿、录音或文件夹", "results, transcripts, recordings or folders"),
        ),
    ] = None,
    lexicons: options.OwnLexicons = None,
    config: options.ConfigFile = None,
) -> None:
    """Print what differs, and what that does to the scores of results."""
    from courtesy.cli.comparison import print_rules, print_scores
    from courtesy.config import load_settings
    from courtesy.pipeline import load_pipeline

    try:
        one, _ = _load(before, lexicons or [])
        other, lexicon = _load(after, lexicons or [])
        settings = load_settings(config)
        print_rules(console(), one, other, lexicon.titles)
        if results:
            old, new = (
                load_pipeline(settings, lexicons or [], Path(name)) for name in (before, after)
            )
            print_scores(console(), one, other, _judged_twice(results, old, new))
    except CourtesyError as error:
        fail(error)


def _judged_twice(
    results: "Sequence[Path]", old: "Pipeline", new: "Pipeline"
) -> "Iterator[tuple[Recording, Recording]]":
    """Yield each recording as either rubric judges it; it is read, or listened to, once.

    Raises:
        CourtesyError: a file cannot be read or judged.
    """
    from courtesy.inputs import find_inputs

    for one in find_inputs(results):
        if one.fault:
            raise one.fault
        for heard in old.hear(one.path):
            yield old.judge(heard), new.judge(heard)


def _load(name: str, lexicons: list[Path]) -> "tuple[Rubric, Lexicon]":
    from courtesy.folders import lexicon_dir
    from courtesy.lexicon import load_lexicon
    from courtesy.scoring.rubric_file import find_rubric, load_rubric

    return load_rubric(find_rubric(name)), load_lexicon([lexicon_dir(), *lexicons])
