"""Data walks one way: a room imports only from the rooms above it, never from its neighbour."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import courtesy

ROOT = Path(courtesy.__file__).resolve().parent
FILES = sorted(ROOT.rglob("*.py"))

# What each room may import besides itself, after the table of design.md.
BASE = {
    "errors", "messages", "records", "config", "folders", "began", "collected", "reviews",
    "lessons",
}  # fmt: skip
STAGES = {"lexicon", "matching", "speech", "transcripts", "dialogue", "scoring"}
MAY_IMPORT = {
    "messages": set(),
    "errors": {"messages"},
    "records": {"messages"},
    "began": {"records"},
    "collected": {"messages", "records"},
    "reviews": {"messages", "records"},
    # What the store hands out to learn from, in plain values.
    "lessons": {"records", "reviews"},
    "config": {"errors", "messages", "records"},
    "folders": {"errors", "messages"},
    "text": BASE,
    "lexicon": BASE | {"text"},
    "matching": BASE | {"text", "lexicon"},
    "speech": BASE | {"text"},
    "transcripts": BASE | {"text"},
    "dialogue": BASE | {"text"},
    "scoring": BASE | {"text"},
    "inputs": BASE,
    "results": BASE | {"transcripts"},
    "pipeline": BASE | {"text"} | STAGES,
    "store": BASE,
    "batch": BASE | {"inputs", "pipeline", "store", "transcripts"},
    # It keeps each interaction as it closes, and its recording in their place.
    "live": BASE | {"text", "speech", "dialogue", "pipeline", "report", "store"},
    # Lists and the rubric as people edit them: checked by the linter, with their own examples.
    "lists": BASE | {"text", "lexicon", "matching", "scoring"},
    # Past talk judged by drafts of lists, as `courtesy rescore` would judge it.
    "trying": BASE | {"pipeline", "batch", "store"},
    # The desk: it plays the recording, shows what was said with the report's words, and reckons
    # its overview as `courtesy report` does. Its figures carry the intervals that evaluations have.
    # Lists are edited there, and tried on past talk before they take effect.
    "review": BASE
    | {
        "text",
        "lexicon",
        "speech",
        "report",
        "analysis",
        "store",
        "evaluation",
        "learning",
        "lists",
    }
    # Clerks practise there.
    | {"trying", "pipeline", "drill"},
    # Practice: spoken answers are listened to as the counter is, and all are judged as recordings
    # are; it prints a booklet with the report's means.
    "drill": BASE | {"text", "lexicon", "matching", "scoring", "speech", "live", "report", "store"},
    # It looks at each part of the machine with what that part has.
    "doctor": BASE | {"lexicon", "scoring", "speech", "live", "store"},
    "report": {"errors", "messages", "records"},
    # Many results compared; it shows them with the report's tables and page.
    "analysis": BASE | {"report"},
    # What it evaluates: the pipeline as a whole, and the lexicon's phrases to know what there is to
    # find. It has `speech` decode what it makes worse, and lets `matching` try other ways.
    "evaluation": BASE | {"text", "inputs", "lexicon", "matching", "speech", "pipeline", "report"},
    # It judges past talks by changed lists, and knows of no database.
    "learning": BASE | {"text", "lists", "lexicon", "matching", "pipeline", "evaluation"},
    "cli": BASE
    | {
        "text",
        "inputs",
        "pipeline",
        "report",
        "results",
        "analysis",
        "evaluation",
        "store",
        "batch",
        "live",
        "learning",
        "review",
        "lists",
        "drill",
        "doctor",
    }
    | STAGES,
    "__main__": {"cli"},
    "__init__": set(),
}

ONLY_HERE = {
    "opencc": {"text"},
    "jieba": {"text"},
    "pypinyin": {"text"},
    "rapidfuzz": {"matching"},
    "faster_whisper": {"speech"},
    "av": {"speech"},
    "onnxruntime": {"speech"},
    "kaldi_native_fbank": {"speech"},
    "ctranslate2": {"speech"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "openpyxl": {"analysis", "batch", "report"},
    "pyarrow": {"report"},
    "scipy": {"analysis"},
    "jiwer": {"evaluation"},
    "fsrs": {"drill"},
    "matplotlib": {"evaluation"},
    "ray": {"batch"},
    "sounddevice": {"live"},
    "fastapi": {"review"},
    "starlette": {"review"},
    "pydantic": {"review"},
    "argon2": {"review"},
    "tomlkit": {"learning", "lists"},
    "uvicorn": {"cli"},
    "typer": {"cli"},
    "rich": {"report", "cli"},
    "jinja2": {"report"},
}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of everything a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_room_imports_only_from_rooms_above_it(path: Path) -> None:
    here = room(path)
    assert here in MAY_IMPORT, f"a new room: {here}; say in design.md and here where it stands"
    for name in imported(path):
        package, _, rest = name.partition(".")
        if package != "courtesy" or rest.partition(".")[0] in {"", "__version__", here}:
            continue
        assert rest.partition(".")[0] in MAY_IMPORT[here], f"{here} must not import {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_library_is_used_in_its_own_room_only(path: Path) -> None:
    for name in imported(path):
        library = name.partition(".")[0]
        allowed = ONLY_HERE.get(library)
        assert allowed is None or room(path) in allowed, f"{library} belongs to {allowed}"


def test_the_table_has_no_circle() -> None:
    for start in MAY_IMPORT:
        below, todo = set(), set(MAY_IMPORT[start])
        while todo:
            name = todo.pop()
            below.add(name)
            todo |= MAY_IMPORT[name] - below
        assert start not in below


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["score", "--help"],
        ["eval", "--help"],
        ["report", "--help"],
        ["models", "--help"],
        ["voice", "--help"],
        ["lexicon", "--help"],
        ["batch", "run", "--help"],
        ["drill", "--help"],
        ["db", "export", "--help"],
        ["rescore", "--help"],
    ],
    ids=" ".join,
)
def test_heavy_libraries_wait_until_they_are_needed(arguments: list[str]) -> None:
    code = (
        "import json, sys\n"
        f"sys.argv = ['courtesy', *{arguments!r}]\n"
        "from courtesy.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code or 0\n"
        "print('\\n' + json.dumps([code, sorted({n.partition('.')[0] for n in sys.modules})]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    exit_code, loaded = json.loads(done.stdout.splitlines()[-1])
    # Typer loads pydantic itself wherever that is installed.
    heavy = {"numpy", "charset_normalizer", *ONLY_HERE} - {"typer", "rich", "pydantic"}
    assert exit_code == 0
    assert not heavy & set(loaded)
