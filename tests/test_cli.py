"""`courtesy score` as a person or a script uses it."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import jsonschema
import pytest
from fakes import SAMPLES, silence, tone, write_sound
from typer.testing import CliRunner, Result

from courtesy.cli import app

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((Path(__file__).parent / "data" / "contract.schema.json").read_text("utf-8"))
TRANSCRIPTS = sorted((SAMPLES / "transcripts").iterdir())
GOOD = SAMPLES / "transcripts" / "shebao-good.txt"
POOR = SAMPLES / "transcripts" / "yibao-poor.hant.txt"
CHINESE = re.compile("[\u4e00-\u9fff]")

Run = Callable[..., Result]


@pytest.fixture
def score() -> Run:
    """Run `courtesy score` in this process."""

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(app, ["score", *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def shell(
    *arguments: object, stdout: int | TextIO = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `courtesy` as a process of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "COURTESY"))}
    return subprocess.run(
        [sys.executable, "-m", "courtesy", *map(str, arguments)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        env=clean | {"PYTHONUTF8": "1", "COLUMNS": "120"} | environment,
    )


def loaded(result: Result) -> dict:
    document = json.loads(result.stdout)
    jsonschema.validate(document, SCHEMA)
    return document


# --- what comes out -------------------------------------------------------------------------------


def test_a_table_for_people(score: Run) -> None:
    result = score(GOOD, POOR)
    assert result.exit_code == 0
    assert "shebao-good.txt" in result.stdout
    assert "100" in result.stdout
    assert "你問我，我問誰" in result.stdout.replace("\n", "")
    assert "\x1b" not in result.stdout  # no colours where there is no terminal
    assert result.stderr == ""


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda p: p.name)
def test_json_of_every_kind_of_transcript(score: Run, path: Path) -> None:
    result = score(path, "--json")
    assert result.exit_code == 0
    (recording,) = loaded(result)["recordings"]
    assert recording["path"] == str(path)
    assert recording["error"] is None
    (interaction,) = recording["interactions"]
    assert interaction["scorable"]
    wanted = {"good": (100, 100), "mixed": (80, 95), "poor": (0, 40)}
    low, high = wanted[path.name.split(".")[0].split("-")[1]]
    assert low <= interaction["score"] <= high


def test_json_lines_are_a_document_each(score: Run) -> None:
    result = score(GOOD, POOR, "--jsonl")
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        jsonschema.validate(json.loads(line), SCHEMA)
    assert [json.loads(x)["recordings"][0]["path"] for x in lines] == [str(GOOD), str(POOR)]


def test_csv_has_a_line_an_interaction(score: Run) -> None:
    result = score(GOOD, POOR, "--csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == 2
    assert str(GOOD) in rows[0].values()


def test_a_folder_with_all_of_it(score: Run, tmp_path: Path) -> None:
    result = score(GOOD, "--out", tmp_path / "deep" / "out")
    assert result.exit_code == 0
    names = {p.name for p in (tmp_path / "deep" / "out").iterdir()}
    assert names == {"courtesy.json", "courtesy.csv", "courtesy.html"}
    document = json.loads((tmp_path / "deep" / "out" / "courtesy.json").read_text("utf-8"))
    jsonschema.validate(document, SCHEMA)


def test_a_page_beside_the_table(score: Run, tmp_path: Path) -> None:
    page = tmp_path / "报告.html"
    result = score(POOR, "--html", page)
    assert result.exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "yibao-poor" in text
    assert "你問我" in text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert [p.name for p in tmp_path.iterdir()] == ["报告.html"]


def test_what_it_printed_can_be_scored_again(score: Run, tmp_path: Path) -> None:
    first = score(POOR, "--json")
    (tmp_path / "again.json").write_text(first.stdout, encoding="utf-8")
    again = score(tmp_path / "again.json", "--json")
    assert again.exit_code == 0
    cards = [loaded(r)["recordings"][0]["interactions"] for r in (first, again)]
    assert cards[0] == cards[1]


def test_a_folder_is_scored_whole(score: Run) -> None:
    result = score(SAMPLES / "transcripts", "--json")
    assert result.exit_code == 0
    assert [r["path"] for r in loaded(result)["recordings"]] == [str(p) for p in TRANSCRIPTS]


def test_near_misses_are_listed_where_asked(score: Run, tmp_path: Path) -> None:
    path = tmp_path / "near.txt"
    path.write_text(
        "工作人员：您好，请问您要办什么业务？\n群众：办社保。\n"
        "工作人员：虽然不归我管，我帮您问一下。\n",
        encoding="utf-8",
    )
    plain = score(path).stdout
    result = score(path, "--near", "--out", tmp_path)
    assert result.stdout.startswith(plain.rstrip("\n")), "the rest stays as it is"
    listed = result.stdout[len(plain.rstrip("\n")) :]
    assert "【不归我管】" in listed
    assert "我不知道，这不归我管" in listed
    assert 'class="near"' in (tmp_path / "courtesy.html").read_text(encoding="utf-8")
    formats = [score(path, "--json", *near).stdout for near in ((), ("--near",))]
    assert formats[0] == formats[1]


def test_explain_says_how_near_and_what_filled_the_slots() -> None:
    def matches(sentence: str) -> list[dict]:
        done = CliRunner().invoke(app, ["lexicon", "explain", sentence, "--json"])
        found: list[dict] = json.loads(done.stdout)["matches"]
        return found

    assert any(m["standing"] == "excluded" for m in matches("虽然不归我管，我帮您问一下。"))
    (window,) = matches("请到3号窗口办理")
    assert window["slots"] == ["3号"]
    assert window["likeness"] == window["confidence"], "a sentence that was typed"
    shown = CliRunner().invoke(app, ["lexicon", "explain", "请到3号窗口办理"]).stdout
    assert re.search(r"^(slots|空位) +3号$", shown, re.MULTILINE)


@pytest.mark.parametrize("script", ["hans", "hant"])
def test_phrases_are_shown_in_either_script(score: Run, script: str) -> None:
    shown = score(SAMPLES / "transcripts" / "shuiwu-poor.gb18030.txt", "--script", script).stdout
    assert ("我怎麼知道" in shown) == (script == "hant")


def test_a_transcript_in_gb18030_is_read_and_said_to_be(score: Run) -> None:
    result = score(SAMPLES / "transcripts" / "shuiwu-poor.gb18030.txt", "--json")
    (recording,) = loaded(result)["recordings"]
    assert recording["utterances"][0]["heard"] == "干什么的？"
    assert any("gb18030" in note.lower() for note in recording["notes"])


def test_roles_and_mode_may_be_told(score: Run) -> None:
    (recording,) = loaded(score(GOOD, "--mode", "phone", "--json"))["recordings"]
    assert recording["interactions"][0]["mode"] == "phone"


def test_a_rubric_of_one_s_own(score: Run, tmp_path: Path) -> None:
    text = (ROOT / "lexicons" / "rubrics" / "window.toml").read_text(encoding="utf-8")
    file = tmp_path / "ours.toml"
    file.write_text(text.replace("base = 100", "base = 80").replace('"window"', '"ours"'), "utf-8")
    document = loaded(score(GOOD, "--rubric", file, "--json"))
    assert document["recordings"][0]["interactions"][0]["score"] == 80
    assert document["made_by"]["rubric"].startswith("ours")


# --- exit codes and bad input ---------------------------------------------------------------------


def test_one_bad_file_does_not_keep_the_others_from_being_scored(
    score: Run, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").touch()
    result = score(tmp_path / "none.txt", tmp_path / "empty.txt", GOOD, "--json")
    assert result.exit_code == 1
    recordings = loaded(result)["recordings"]
    assert [r["error"] is None for r in recordings] == [False, False, True]
    assert recordings[2]["interactions"][0]["score"] == 100
    for name in ("none.txt", "empty.txt"):
        assert name in result.stderr.replace("\n", "")


def test_a_table_names_the_bad_files_too(score: Run, tmp_path: Path) -> None:
    result = score(tmp_path / "none.txt", GOOD)
    assert result.exit_code == 1
    assert "none.txt" in (result.stdout + result.stderr).replace("\n", "")
    assert "100" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (GOOD, "--json", "--csv"),
        (GOOD, "--json", "--jsonl"),
        (GOOD, "--json", "--jsonl", "--csv"),
        (GOOD, "--script", "latin"),
        (GOOD, "--clerk", "middle"),
        (GOOD, "--mode", "mail"),
        (GOOD, "--device", "gpu"),
        (GOOD, "--no-such-option"),
        (GOOD, "--config", "no-such-file.toml"),
        (GOOD, "--html"),
    ],
    ids=lambda a: " ".join(map(str, a[1:])) or "nothing",
)
def test_wrong_usage(score: Run, arguments: tuple) -> None:
    result = score(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.strip()


def test_a_lexicon_with_an_error_is_named_with_its_line(score: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'schema = 1\nlist = "own"\nkind = "polite"\ntitle = {zh = "自", en = "own"}\n'
        '\n[[phrase]]\nid = "x"\n',
        encoding="utf-8",
    )
    result = score(GOOD, "--lexicons", tmp_path)
    assert result.exit_code == 1
    assert "own.toml:6" in result.stderr.replace("\n", "")


@pytest.mark.parametrize("option", ["--lexicons", "--rubric"])
def test_a_lexicon_or_rubric_that_is_not_there(score: Run, tmp_path: Path, option: str) -> None:
    result = score(GOOD, option, tmp_path / "nowhere")
    assert result.exit_code in {1, 2}
    assert "nowhere" in result.stderr.replace("\n", "")


def test_nothing_is_written_where_it_cannot_be(score: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for option, place in (
        ("--html", tmp_path / "none" / "a.html"),
        ("--html", tmp_path),
        ("--out", tmp_path / "file"),
    ):
        result = score(GOOD, option, place)
        assert result.exit_code == 1
        assert place.name in result.stderr.replace("\n", "")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_page_that_cannot_be_finished_leaves_the_old_one(
    score: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "a.html"
    page.write_text("the old one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    result = score(GOOD, "--html", page)
    assert result.exit_code == 1
    assert "a.html" in result.stderr.replace("\n", "")
    assert page.read_text() == "the old one"
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]


def test_an_empty_folder(score: Run, tmp_path: Path) -> None:
    result = score(tmp_path, GOOD, "--json")
    assert result.exit_code == 1
    assert tmp_path.name in result.stderr.replace("\n", "")
    assert loaded(result)["recordings"][1]["error"] is None


def test_without_a_model_transcripts_are_still_scored(
    score: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURTESY_MODELS", str(tmp_path / "no-models"))
    sound = write_sound(tmp_path / "a.wav", tone(1.0))
    result = score(sound, GOOD, "--json")
    assert result.exit_code == 1
    recordings = loaded(result)["recordings"]
    assert recordings[0]["error"]["kind"] == "model"
    assert "courtesy models pull" in recordings[0]["error"]["message"]
    assert recordings[1]["error"] is None


def test_a_path_with_strange_characters(score: Run, tmp_path: Path) -> None:
    path = tmp_path / "[red]窗口 3号[red] '\".txt"
    path.write_text("工作人员：您好。\n群众：查社保。\n工作人员：再见。\n", encoding="utf-8")
    assert "[red]窗口" in score(path).stdout.replace("\n", "")
    assert loaded(score(path, "--json"))["recordings"][0]["path"] == str(path)


def test_a_cache_that_cannot_be_made_is_no_reason_to_fail(tmp_path: Path) -> None:
    """An account without a home, as services have."""
    (tmp_path / "file").touch()
    done = shell("score", GOOD, "--json", XDG_CACHE_HOME=str(tmp_path / "file"))
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize(
    "arguments",
    [("score", GOOD), ("score", GOOD, "--json"), ("lexicon", "list"), ("--help",), ("--version",)],
)
def test_a_full_disk_behind_standard_output(arguments: tuple[object, ...]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = shell(*arguments, "--lang", "en", stdout=full)
    assert done.stderr.startswith("The output was not written to its end: the disk is full.")
    assert done.stderr.count("\n") == 1
    assert done.returncode == 1


# --- languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [("score", GOOD), ("score", "none.txt"), ("score", GOOD, "--json", "--csv"), ("--help",)],
)
def test_the_language_may_be_told(arguments: tuple) -> None:
    zh = shell("--lang", "zh", *arguments)
    en = shell("--lang", "en", *arguments)
    assert zh.returncode == en.returncode
    assert (zh.stdout, zh.stderr) != (en.stdout, en.stderr)
    assert CHINESE.search(zh.stdout + zh.stderr)
    assert not CHINESE.search(en.stderr)


def test_the_language_may_be_told_after_the_command() -> None:
    assert (
        shell("score", "none.txt", "--lang", "zh").stderr
        == shell("--lang=zh", "score", "none.txt").stderr
    )


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "en_US.UTF-8", "COURTESY_LANG": "zh"}, True),
    ],
    ids=str,
)
def test_the_language_follows_the_locale(environment: dict[str, str], chinese: bool) -> None:
    done = shell("score", GOOD, "--json", "--csv", **environment)
    assert bool(CHINESE.search(done.stderr)) is chinese


def test_an_unknown_language_is_wrong_usage() -> None:
    done = shell("--lang", "fr", "score", GOOD)
    assert done.returncode == 2
    assert "zh" in done.stderr


def test_a_terminal_of_another_code_page_does_not_end_the_run() -> None:
    clean = {k: v for k, v in os.environ.items() if k not in {"PYTHONUTF8", "PYTHONIOENCODING"}}
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "courtesy", "score", str(POOR)],
        capture_output=True,
        cwd=ROOT,
        env=clean | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


def test_a_reader_that_stops_reading_is_no_disaster() -> None:
    """`courtesy score … | head -1`"""
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"set -o pipefail; '{sys.executable}' -m courtesy score {GOOD} {POOR} --json | head -1",
        ],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert "Traceback" not in done.stderr


def test_the_version() -> None:
    from courtesy import __version__

    assert __version__ in shell("--version").stdout


# --- with the model -------------------------------------------------------------------------------


@pytest.mark.model
def test_sound_from_the_command_line(score: Run, model_folder: Path, tmp_path: Path) -> None:
    quiet = write_sound(tmp_path / "quiet.wav", silence(5.0))
    (tmp_path / "letter.wav").write_text("this is a letter")
    cut = tmp_path / "cut.flac"
    write_sound(cut, tone(20.0), "flac")
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    sample = SAMPLES / "counter" / "huji-mixed.opus"
    result = score(tmp_path, sample, "--clerk", "left", "--json")
    assert result.exit_code == 1
    found = {Path(r["path"]).name: r for r in loaded(result)["recordings"]}
    assert found["letter.wav"]["error"]["kind"] == "not-a-recording"
    assert found["cut.flac"]["error"]["kind"] == "damaged-recording"
    assert found[quiet.name]["error"] is None
    assert found[quiet.name]["interactions"] == []
    assert found[quiet.name]["notes"]
    assert {u["role"] for u in found[sample.name]["utterances"]} == {"clerk", "customer"}
    assert found[sample.name]["interactions"][0]["scorable"]
    # Nothing but sentences on standard error: no bars, no warnings of libraries.
    assert all(line.strip() for line in result.stderr.strip().splitlines())
    assert "Warning" not in result.stderr


@pytest.mark.parametrize(
    ("library", "words", "extra"),
    [
        ("sqlalchemy", ["batch", "failures"], "batch"),
        ("sqlalchemy", ["rescore"], "batch"),
        ("scipy", ["report", "result.json"], "report"),
    ],
)
def test_a_library_that_is_not_installed_is_named_with_its_extra(
    library: str, words: list[str], extra: str, tmp_path: Path
) -> None:
    score = [sys.executable, "-m", "courtesy", "score", str(GOOD), "--json"]
    scored = subprocess.run(score, capture_output=True, check=True)
    (tmp_path / "result.json").write_bytes(scored.stdout)
    without = f"import sys; sys.modules[{library!r}] = None; from courtesy.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", without, *words, "--lang", "en"],
        capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, check=False,
    )  # fmt: skip
    assert ran.returncode == 2, ran.stderr
    assert f"courtesy[{extra}]" in ran.stderr
    assert "Traceback" not in ran.stderr
