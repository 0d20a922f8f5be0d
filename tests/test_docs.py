"""Every command and option has its help in both languages; README names only what is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
CHINESE = re.compile("[\u4e00-\u9fff]")

# Every command, and the options it has.
COMMANDS = {
    "": {"--lang", "--version"},
    "score": {
        "--json", "--jsonl", "--csv", "--html", "--out", "--clerk", "--clerk-voice", "--correct",
        "--mode", "--model", "--device", "--lexicons", "--rubric", "--config", "--script", "--near",
    },
    "report": {
        "--db", "--since", "--until", "--hall", "--window", "--clerk", "--by", "--html", "--xlsx",
        "--csv", "--json",
    },
    "eval": {
        "--at", "--sound", "--roles", "--compare", "--against", "--json", "--html", "--out",
        "--limit", "--clerk", "--model", "--device", "--lexicons", "--rubric", "--config",
    },
    "live": {
        "--devices", "--device", "--channels", "--source", "--pace", "--quiet", "--supervisor",
        "--bell", "--no-color", "--events", "--page", "--webhook", "--hall", "--window",
        "--clerk-name", "--keep-sound", "--db", "--no-store", "--close-days", "--clerk",
        "--clerk-voice", "--mode", "--model", "--lexicons", "--rubric", "--config",
    },
    "batch": set(),
    "batch run": {
        "--db", "--pattern", "--watch", "--clerk", "--mode", "--model", "--device", "--lexicons",
        "--rubric", "--config", "--ray", "--cpus", "--gpus",
    },
    "batch failures": {"--db"},
    "batch plan": {"--hours", "--days", "--work", "--kbps", "--keep", "--speed"},
    "batch retry": {"--db"},
    "rescore": {
        "--db", "--lexicons", "--rubric", "--config", "--mode", "--since", "--write", "--yes",
    },
    "review": set(),
    "review serve": {"--db", "--host", "--port", "--tls-cert", "--tls-key", "--without-tls",
                     "--lexicons", "--config"},
    "review gold": {"--first", "--last", "--names", "--db"},
    "review users": set(),
    "review users add": {"--role", "--title", "--clerk", "--db"},
    "review users list": {"--db"},
    "review users close": {"--db"},
    "review users password": {"--db"},
    "review audit": set(),
    "review audit verify": {"--last", "--db"},
    "db": set(),
    "db status": {"--db"},
    "db upgrade": {"--db"},
    "db backup": {"--db"},
    "db export": {
        "--out", "--format", "--since", "--until", "--hall", "--window", "--clerk", "--db",
    },
    "db purge": {
        "--before", "--keep-scores", "--only-sound", "--proof", "--yes", "--db", "--config",
    },
    "drill": {
        "--typed", "--device", "--no-voice", "--model", "--scenario", "--person", "--anew", "--due",
        "--clerk", "--db", "--scenarios", "--lexicons",
    },
    "drill list": {"--window", "--situation", "--scenarios"},
    "drill check": {"--lexicons"},
    "drill preview": {"--lexicons"},
    "drill export": {"--window", "--situation", "--scenarios", "--lexicons"},
    "lexicon": set(),
    "lexicon list": {"--list", "--lexicons", "--json"},
    "lexicon check": {"--lexicons"},
    "lexicon explain": {"--role", "--lexicons", "--json"},
    "models": set(),
    "models list": set(),
    "models pull": {"--source"},
    "models verify": set(),
    "models add": {"--name"},
    "rubric": set(),
    "rubric list": set(),
    "rubric check": {"--lexicons"},
    "rubric explain": {"--lexicons"},
    "rubric diff": {"--lexicons", "--config"},
    "doctor": {"--model", "--db", "--lexicons", "--config", "--json"},
    "voice": set(),
    "voice enrol": {"--clerk", "--encoder"},
    "voice list": set(),
    "voice erase": {"--all", "--yes"},
}  # fmt: skip

_PAGES: dict[tuple[str, str], str] = {}


def help_page(command: str, lang: str) -> str:
    """Return a command's help on a wide terminal."""
    if (command, lang) not in _PAGES:
        environment = os.environ | {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
        done = subprocess.run(
            [sys.executable, "-m", "courtesy", "--lang", lang, *command.split(), "--help"],
            capture_output=True,
            encoding="utf-8",
            env=environment | {"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        )
        assert done.returncode == 0, done.stderr
        _PAGES[command, lang] = done.stdout
    return _PAGES[command, lang]


def options(page: str) -> dict[str, str]:
    """Return the options of a help page and what is said of each."""
    found: dict[str, str] = {}
    last = ""
    for line in page.splitlines():
        text = line.strip("│ ")
        if named := re.match(r"(?:\*\s+)?(--[a-z-]+)(.*)", text):
            last = named[1]
            found[last] = named[2]
        elif last and line.startswith("│"):
            found[last] += " " + text
        else:
            last = ""
    return found


def subcommands(page: str) -> set[str]:
    """Return the names in the panel of commands."""
    names, inside = set(), False
    for line in page.splitlines():
        if line.startswith("╭"):
            inside = "Commands" in line or "命令" in line
        elif inside and (named := re.match(r"│ ([a-z]+) ", line)):
            names.add(named[1])
    return names


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained_in_both_languages(command: str, lang: str) -> None:
    found = options(help_page(command, lang))
    own = {name for name in found if "completion" not in name and name != "--help"}
    assert own == COMMANDS[command]
    for name in own:
        assert bool(CHINESE.search(found[name])) is (lang == "zh"), name
        assert len(found[name].split()) >= 2, name


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", [c for c in COMMANDS if " " not in c])
def test_every_command_is_listed(command: str, lang: str) -> None:
    below = {
        c[len(command) :].split()[0] for c in COMMANDS if c.startswith(command) and c != command
    }
    if command == "score":
        below = set()
    assert subcommands(help_page(command, lang)) == below


@pytest.mark.parametrize("command", COMMANDS)
def test_the_chinese_help_is_chinese_throughout(command: str) -> None:
    page = help_page(command, "zh")
    for english in (
        "Show this message",
        "Options",
        "Commands",
        "Arguments",
        "[default",
        "[required]",
    ):
        assert english not in page
    for line in page.splitlines():
        shown = line.replace("txt srt vtt jsonl json", "").replace(f"courtesy {command}", "")
        assert "例：" in line or not re.search(r"(?:[A-Za-z]{2,} ){4}", shown), line


@pytest.mark.parametrize("command", COMMANDS)
def test_the_english_help_is_english_throughout(command: str) -> None:
    """But for the phrases in examples, which are Chinese whatever the language."""
    lines = [x for x in help_page(command, "en").splitlines() if "Example" not in x]
    assert not [x for x in lines if CHINESE.search(x)]


def commands_named(text: str) -> list[str]:
    """Return the command lines of `courtesy` in code blocks and code spans."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(courtesy [^`\n]+)`", text)
    named = (re.match(r"(?:\$ )?(?:\S*/)?courtesy +([a-z-].*)", line.strip()) for line in lines)
    return [hit[1] for hit in named if hit]


@pytest.mark.parametrize("file", READMES, ids=lambda p: p.name)
def test_readme_names_only_what_is_there(file: Path) -> None:
    named = commands_named(file.read_text(encoding="utf-8"))
    assert named
    for line in named:
        command = command_of(line)
        assert command or line.startswith("--"), line
        used = {w.split("=")[0] for w in re.findall(r"(?<!\S)--[a-z]+\S*", line)}
        allowed = COMMANDS[command] | COMMANDS[""] | {"--help"}
        assert used <= allowed, line


@pytest.mark.parametrize("file", READMES, ids=lambda p: p.name)
def test_readme_tells_of_every_command(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for command in (
        "score", "models pull", "lexicon", "eval", "report", "batch run", "rescore", "db",
    ):  # fmt: skip
        assert f"courtesy {command}" in text


@pytest.mark.parametrize("file", READMES, ids=lambda p: p.name)
def test_files_that_readme_links_to_are_there(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", file.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (ROOT / target).exists(), target


def test_both_readmes_have_the_same_chapters_and_commands() -> None:
    one, other = (f.read_text(encoding="utf-8") for f in READMES)
    assert len(re.findall("^#+ ", one, re.MULTILINE)) == len(
        re.findall("^#+ ", other, re.MULTILINE)
    )
    first, second = (
        {named for line in commands_named(text) if (named := command_of(line))}
        for text in (one, other)
    )
    assert first == second


def command_of(line: str) -> str:
    """Return the command of a command line, without what follows it."""
    words = [word.split("|")[0] for word in line.split()]
    longest_first = (" ".join(words[:many]) for many in (3, 2, 1))
    return next((c for c in longest_first if c in COMMANDS), "")


# --- what is claimed before people are judged -----------------------------------------------------

PAGES = [ROOT / "JUDGING.md", ROOT / "JUDGING.zh-CN.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_claim_is_shown_by_a_test_that_exists(page: Path) -> None:
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", page.read_text(encoding="utf-8"))
    assert len(named) > 15
    missing = [
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_both_pages_rest_on_the_same_and_quote_the_readmes_figures() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    shown = [sorted(re.findall(r"`[^`]+`", text)) for text in texts]
    assert [one for one in shown[0] if not one.startswith("`courtesy score")] == [
        one for one in shown[1] if not one.startswith("`courtesy score")
    ]
    figures = [set(re.findall(r"\d+(?:\.\d+)? %[ （(]+\d+/\d+", text)) for text in texts]
    plain = [{re.sub(r"[ （(]+", " ", one) for one in found} for found in figures]
    assert plain[0] == plain[1] != set()
    readme = re.sub(r"[ (]+", " ", READMES[0].read_text(encoding="utf-8"))
    assert [one for one in plain[0] if one not in readme] == []
