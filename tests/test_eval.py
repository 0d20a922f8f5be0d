"""`courtesy eval` as a person or a script uses it."""

import copy
import functools
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import SAMPLES, GoldRecogniser, read_gold, silence, write_sound
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from courtesy.cli import app, common
from courtesy.cli import evaluate as command
from courtesy.evaluation.against import against
from courtesy.evaluation.conditions import CLEAN, parse_condition
from courtesy.evaluation.files import find_dialogues
from courtesy.evaluation.run import Evaluator, Options
from courtesy.evaluation.summary import POLITE, summarise
from courtesy.pipeline import Pipeline

Run = Callable[..., Result]
COUNTER = SAMPLES / "counter"
CHINESE = re.compile("[\u4e00-\u9fff]")

RUDE = """
id = "rude"
scene = "窗口"
mode = "counter"
rules = {greeting = "fail", forbidden = "fail"}

[[turn]]
role = "customer"
text = "请问表在哪里？"

[[turn]]
role = "clerk"
text = "自己找。"
forbidden = ["自己找"]

[[turn]]
role = "customer"
text = "谢谢。"

[[turn]]
role = "clerk"
text = "不客气，请慢走。"
courtesies = ["不客气", "请慢走"]
"""


@pytest.fixture
def evaluate() -> Run:
    """Run `courtesy eval` in this process."""

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(app, ["eval", *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def in_language(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Choose the language, which a process of its own would take from its command line."""

    def choose(lang: str) -> None:
        for module in (common, command):
            monkeypatch.setattr(module, "LANG", lang)

    return choose


@pytest.fixture
def rude(tmp_path: Path) -> Path:
    path = tmp_path / "rude.toml"
    path.write_text(RUDE, encoding="utf-8")
    return path


@functools.cache
def of_the_samples() -> str:
    result = CliRunner().invoke(app, ["eval", str(SAMPLES), "--at", "text", "--json"])
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture
def samples_document() -> dict[str, Any]:
    return json.loads(of_the_samples())


def only(document: dict[str, Any]) -> dict[str, Any]:
    (condition,) = document["conditions"]
    return condition


# --- what comes out -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 120])
def test_tables_for_people(
    evaluate: Run,
    in_language: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    width: int,
) -> None:
    in_language(lang)
    monkeypatch.setenv("COLUMNS", str(width))
    result = evaluate(COUNTER, "--at", "text", "--compare", "exact,full")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert ("服务忌语" in result.stdout) == (lang == "zh")
    assert ("Forbidden phrases" in result.stdout) == (lang == "en")
    lines = result.stdout.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert not [line for line in lines if line != line.rstrip()]
    assert "\x1b" not in result.stdout
    if lang == "en":
        assert not [line for line in lines if CHINESE.search(line)]


def test_figures_of_the_samples_add_up(samples_document: dict[str, Any]) -> None:
    """Whatever the figures are, they are made of the counts that stand beside them."""
    assert samples_document["schema"] == "courtesy-eval/1"
    assert samples_document["complete"]
    condition = only(samples_document)
    assert condition["dialogues"] == len(samples_document["gold"]) == 11
    said = sum(len(turn["forbidden"]) for turn in condition["turns"])
    forbidden = condition["lists"]["forbidden"]
    assert forbidden["said"] == said > 0
    for scored in (*condition["lists"].values(), *condition["groups"].values()):
        assert scored["right"] + scored["missed"] == scored["said"]
        assert scored["precision"]["whole"] == scored["right"] + scored["false"]
        assert scored["recall"]["whole"] == scored["said"]
    outcomes = [turn["outcome"] for turn in condition["turns"]]
    by_turn = condition["forbidden_by_turn"]
    assert by_turn["right"] == outcomes.count("found")
    assert by_turn["missed"] == outcomes.count("missed")
    split = [by_turn[part] for part in ("verbatim", "other_words")]
    assert sum(one["part"] for one in split) == by_turn["right"]
    assert sum(one["whole"] for one in split) == by_turn["said"]
    innocents = condition["innocents"]
    assert innocents["clerk_turns"]["part"] == outcomes.count("accused")
    assert innocents["an_hour"]["count"] == len(innocents["accusations"])
    for rule in condition["rules"].values():
        given = sum(sum(row.values()) for row in rule["confusion"].values())
        assert given == rule["right"]["whole"]
    for group in condition["calibration"].values():
        assert sum(b["matches"] for b in group["bins"]) == group["matches"]
    phrases = [one for turn in condition["turns"] for one in turn["phrases"]]
    right = sum(one["outcome"] == "right" for one in phrases)
    assert right == condition["groups"]["all"]["right"]


def test_every_figure_lies_in_its_interval(samples_document: dict[str, Any]) -> None:
    def look(node: Any) -> int:
        if isinstance(node, list):
            return sum(map(look, node))
        if not isinstance(node, dict):
            return 0
        if node.get("low") is None or "value" not in node:
            return sum(map(look, node.values()))
        assert node["low"] - 1e-9 <= node["value"] <= node["high"] + 1e-9
        return 1

    assert look(samples_document["conditions"]) > 30


def test_courtesies_of_the_file_are_measured_on_text_too(evaluate: Run, rude: Path) -> None:
    condition = only(json.loads(evaluate(rude, "--at", "text", "--json").stdout))
    assert condition["groups"]["polite"]["said"] == 2
    assert condition["groups"]["polite"]["right"] == 2
    assert condition["lists"]["forbidden"]["right"] == 1


def test_text_is_what_is_evaluated_where_there_is_no_sound(evaluate: Run, rude: Path) -> None:
    document = json.loads(evaluate(rude, "--json").stdout)
    assert [c["name"] for c in document["conditions"]] == ["text"]
    assert document["gold"][0]["timed"] is False
    assert document["gold"][0]["courtesies"] == "gold"
    assert "4 characters a second" in evaluate(rude).stdout.replace("\n", " ")


def test_layers_are_compared_on_the_same_instances(evaluate: Run) -> None:
    result = evaluate(COUNTER, "--at", "text", "--compare", "full,exact,exact", "--json")
    layers = only(json.loads(result.stdout))["layers"]
    assert list(layers) == ["exact", "full"]
    assert layers["exact"]["forbidden"]["said"] == layers["full"]["forbidden"]["said"] > 0


def test_a_few_dialogues_for_a_quick_look(evaluate: Run) -> None:
    document = json.loads(evaluate(COUNTER, "--at", "text", "--limit", 2, "--json").stdout)
    assert [one["name"] for one in document["gold"]] == ["budongchan-good", "cheguan-mixed"]


def test_dialogues_of_the_same_id_keep_apart(evaluate: Run, rude: Path) -> None:
    (rude.parent / "again").mkdir()
    shutil.copy(rude, rude.parent / "again")
    document = json.loads(evaluate(rude.parent, "--at", "text", "--json").stdout)
    names = [one["name"] for one in document["gold"]]
    assert len(set(names)) == 2
    assert {turn["dialogue"] for turn in only(document)["turns"]} == set(names)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_folder_with_all_of_it(
    evaluate: Run, in_language: Callable[[str], None], tmp_path: Path, lang: str
) -> None:
    in_language(lang)
    out = tmp_path / "deep" / "out"
    result = evaluate(COUNTER, "--at", "text", "--compare", "exact,full", "--out", out)
    assert result.exit_code == 0
    assert {p.name for p in out.iterdir()} == {"eval.txt", "eval.json", "eval.html"}
    page = (out / "eval.html").read_text(encoding="utf-8")
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in page
    # Pictures stand in the page, their words as text: F1, layers and confidence.
    assert page.count("<svg") == 3
    assert ("服务忌语" if lang == "zh" else "Forbidden phrases") in page[page.index("<svg") :]
    assert not re.search(r"""(?:src|href|url\()=?["']?(?:https?:)?//""", page)
    assert "<script" not in page
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    # What it was made with is named: every gold file with its checksum.
    document = json.loads((out / "eval.json").read_text("utf-8"))
    assert document["checksum"] in page
    for one in document["gold"]:
        assert one["name"] in page
        assert one["sha256"][:12] in page
    assert document["made_by"]["lexicons"] in page
    table = (out / "eval.txt").read_text(encoding="utf-8")
    assert ("逐条规则" if lang == "zh" else "Verdicts, by rule") in table


def test_what_the_gold_says_cannot_break_the_page(
    evaluate: Run, tmp_path: Path, rude: Path
) -> None:
    text = RUDE.replace('id = "rude"', 'id = "<script>alert(1)</script>$x_1$"')
    rude.write_text(text.replace("自己找。", "自己<b>找。"), encoding="utf-8")
    page = tmp_path / "页.html"
    assert evaluate(rude, "--at", "text", "--html", page).exit_code == 0
    written = page.read_text(encoding="utf-8")
    assert "<script" not in written
    assert "自己<b>" not in written


# --- against an earlier run -----------------------------------------------------------------------


def test_a_run_against_itself_changes_nothing(evaluate: Run, tmp_path: Path, rude: Path) -> None:
    assert evaluate(rude, "--at", "text", "--out", tmp_path / "then").exit_code == 0
    earlier = tmp_path / "then" / "eval.json"
    document = json.loads(evaluate(rude, "--at", "text", "--against", earlier, "--json").stdout)
    compared = document["against"]
    assert compared["earlier"] == str(earlier)
    assert compared["notes"] == compared["changes"] == []
    assert compared["deltas"]
    assert {delta["change"] for delta in compared["deltas"]} <= {0.0, None}
    table = evaluate(rude, "--at", "text", "--against", earlier).stdout
    assert "Nothing changed sides." in table


def test_a_regression_is_named(
    evaluate: Run, tmp_path: Path, rude: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same gold file, and a program that finds the breach no more."""
    monkeypatch.setenv("COLUMNS", "120")
    then = tmp_path / "then.json"
    then.write_text(evaluate(rude, "--at", "text", "--json").stdout, encoding="utf-8")
    deaf = tmp_path / "deaf"
    deaf.mkdir()
    lexicon = Path(__file__).parents[1] / "lexicons" / "forbidden.toml"
    entries = lexicon.read_text(encoding="utf-8").split("[[phrase]]")
    kept = [e for e in entries if "自己找" not in e]
    assert len(kept) < len(entries)
    (deaf / "forbidden.toml").write_text("[[phrase]]".join(kept), encoding="utf-8")
    arguments = (rude, "--at", "text", "--against", then, "--lexicons", deaf)
    result = evaluate(*arguments)
    assert result.exit_code == 0
    assert re.search(
        r"Right before, wrong now.*\n.*\n.*rude #2.*found → missed.*“自己找”", result.stdout
    )
    compared = json.loads(evaluate(*arguments, "--json").stdout)["against"]
    changes = [(c["what"], c["before"], c["now"], c["better"]) for c in compared["changes"]]
    assert ("自己找", "right", "missed", False) in changes
    assert ("forbidden", "fail", "pass", False) in changes
    recall = next(d for d in compared["deltas"] if d["figure"] == ["forbidden_by_turn", "recall"])
    assert (recall["before"], recall["now"], recall["change"]) == (1.0, 0.0, -1.0)


def test_what_got_better_and_what_is_newly_accused(samples_document: dict[str, Any]) -> None:
    earlier = copy.deepcopy(samples_document)
    turns = only(earlier)["turns"]
    found = next(p for t in turns for p in t["phrases"] if p["outcome"] == "right")
    found["outcome"] = "missed"
    turns[0]["phrases"].append({"list": "forbidden", "phrase": "别烦啦", "outcome": "false"})
    better = against(earlier, samples_document, "then")
    assert {(c.before, c.now, c.better) for c in better.changes} == {
        ("missed", "right", True),
        ("false", "", True),
    }
    worse = against(samples_document, earlier, "now")
    assert {(c.before, c.now, c.better) for c in worse.changes} == {
        ("right", "missed", False),
        ("", "false", False),
    }


def test_other_dialogues_and_other_gold_are_said_to_be(samples_document: dict[str, Any]) -> None:
    earlier = copy.deepcopy(samples_document)
    earlier["gold"][0]["sha256"] = "0" * 64
    gone = earlier["gold"].pop()["name"]
    earlier["method"]["roles"] = "gold"
    changed = earlier["gold"][0]["name"]
    for turn in only(earlier)["turns"]:
        for phrase in turn["phrases"]:
            if turn["dialogue"] == changed:
                phrase["outcome"] = "missed"
    compared = against(earlier, samples_document, "then")
    notes = " ".join(note.en for note in compared.notes)
    assert gone in notes
    assert changed in notes
    assert "gold then, heard now" in notes
    assert not [c for c in compared.changes if c.dialogue in {gone, changed}]
    earlier["conditions"][0]["name"] = "10db"
    nothing = against(earlier, samples_document, "then")
    assert nothing.deltas == nothing.changes == ()
    assert "no condition in common" in " ".join(note.en for note in nothing.notes)


# --- bad input ------------------------------------------------------------------------------------


def refused(result: Result, code: int, *named: str) -> None:
    """Check that there is one sentence that names the thing, and nothing else."""
    assert result.exit_code == code
    assert result.stdout == ""
    (sentence,) = result.stderr.strip().splitlines()
    for part in named:
        assert part in sentence


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("{gold}", "--at", "underwater"), 2, "underwater"),
        (("{gold}", "--at", "text", "--compare", "exact,best"), 2, "best"),
        (("{gold}", "--roles", "guessed"), 2, "guessed"),
        (("{gold}", "--limit", "0"), 2, "--limit 0"),
        (("{gold}", "--at", "clean"), 1, "rude.toml"),
        (("{gold}", "--at", "clean", "--sound", "{folder}/none"), 1, "none"),
        (("{folder}/empty",), 1, "empty"),
        (("{folder}/none.toml",), 1, "none.toml"),
        (("{folder}/letter.toml",), 1, "letter.toml"),
        (("{folder}/broken.toml",), 1, "broken.toml"),
        (("{folder}",), 1, "broken.toml"),
        (("{folder}/sound.wav",), 1, "sound.wav"),
        (("{folder}/timeless.toml", "--at", "clean"), 1, "timeless.toml"),
        (("{folder}/timed.toml", "--at", "5db+babble"), 2, "5db+babble"),
        (("{gold}", "--at", "text", "--against", "{folder}/none.json"), 2, "none.json"),
        (("{gold}", "--at", "text", "--against", "{folder}/score.json"), 2, "courtesy/1"),
        (("{gold}", "--at", "text", "--against", "{folder}/half.json"), 2, "half.json"),
        (("{gold}", "--at", "text", "--against", "{folder}/letter.toml"), 2, "letter.toml"),
        (("{gold}", "--at", "text", "--html", "{folder}/no/page.html"), 1, "page.html"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_a_sentence_and_nothing_is_written(
    evaluate: Run,
    in_language: Callable[[str], None],
    rude: Path,
    lang: str,
    arguments: tuple[str, ...],
    code: int,
    named: str,
) -> None:
    folder = rude.parent / "gold"
    (folder / "empty").mkdir(parents=True)
    (folder / "empty" / "settings.toml").write_text("[speech]\nmodel = 'base'\n")
    (folder / "letter.toml").write_text("Dear Sir or Madam")
    (folder / "broken.toml").write_text(RUDE.replace('mode = "counter"', ""), encoding="utf-8")
    (folder / "timeless.toml").write_text(RUDE, encoding="utf-8")
    timed = re.sub(r"(text = .*)", r"\1\nstart = 1.0\nend = 2.0", RUDE)
    (folder / "timed.toml").write_text(timed, encoding="utf-8")
    for name in ("sound", "timeless", "timed"):
        write_sound(folder / f"{name}.wav", silence(1.0))
    (folder / "score.json").write_text('{"schema": "courtesy/1", "recordings": []}')
    (folder / "half.json").write_text('{"schema": "courtesy-eval/1", "conditions": [{}]}')
    before = sorted(rude.parent.rglob("*"))
    in_language(lang)
    given = [a.format(gold=rude, folder=folder) for a in arguments]
    result = evaluate(*given, "--out", rude.parent / "out") if code == 2 else evaluate(*given)
    refused(result, code, named)
    assert bool(CHINESE.search(result.stderr)) is (lang == "zh")
    assert sorted(rude.parent.rglob("*")) == before


def test_a_missing_library_is_named_with_its_remedy(
    evaluate: Run, rude: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = evaluate(rude, "--at", "text", "--html", rude.with_suffix(".html"))
    refused(result, 2, "matplotlib", "pip install 'courtesy[eval]'")
    assert not rude.with_suffix(".html").exists()


# --- with a recogniser of our own -----------------------------------------------------------------


@pytest.fixture
def heard_perfectly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Let the program hear what the gold file of one dialogue says."""
    gold = read_gold(COUNTER / "shuiwu-poor.toml")
    monkeypatch.setattr("courtesy.pipeline.whisper", lambda settings: GoldRecogniser(gold))


@pytest.mark.usefixtures("heard_perfectly")
@pytest.mark.parametrize("roles", ["heard", "gold"])
def test_what_is_heard_without_a_mistake_is_measured_without_one(evaluate: Run, roles: str) -> None:
    result = evaluate(
        COUNTER / "shuiwu-poor.toml", "--at", "clean", "--at", "25db+pink", "--roles", roles,
        "--compare", "exact,full", "--json",
    )  # fmt: skip
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["method"]["roles"] == roles
    assert document["gold"][0]["sound"]["path"].endswith("shuiwu-poor.opus")
    for condition in document["conditions"]:
        assert condition["errors"]["characters"]["all"]["wrong"] == 0
        assert condition["errors"]["characters"]["clerk"]["length"] > 20
        assert condition["groups"]["all"]["f1"]["value"] == 1.0
        assert condition["forbidden_by_turn"]["recall"]["value"] == 1.0
        assert condition["innocents"]["an_hour"]["count"] == 0
        assert condition["interactions"]["gold"] == condition["interactions"]["found"] == 1
        # Told who speaks, the program has no channel to find.
        assert condition["clerk_channel"]["whole"] == (1 if roles == "heard" else 0)
        assert condition["roles"]["right"]["value"] == 1.0
        assert condition["roles"]["right"]["seconds"] > 20
        assert condition["roles"]["wrong"]["seconds"] == 0
        assert condition["layers"]["full"]["forbidden"]["f1"]["value"] == 1.0


@pytest.mark.usefixtures("heard_perfectly")
def test_a_recording_that_cannot_be_heard_is_named_and_the_others_go_on(
    evaluate: Run, tmp_path: Path
) -> None:
    for name in ("shuiwu-poor", "huji-mixed"):
        shutil.copy(COUNTER / f"{name}.toml", tmp_path)
    shutil.copy(COUNTER / "shuiwu-poor.opus", tmp_path)
    (tmp_path / "huji-mixed.opus").write_text("this is a letter")
    out = tmp_path / "out"
    result = evaluate(tmp_path, "--at", "clean", "--at", "20db", "--out", out)
    assert result.exit_code == 1
    assert "huji-mixed" in result.stderr
    assert "shuiwu-poor" not in result.stderr
    document = json.loads((out / "eval.json").read_text("utf-8"))
    for condition in document["conditions"]:
        assert [f["dialogue"] for f in condition["failed"]] == ["huji-mixed"]
        assert condition["dialogues"] == 2
        assert condition["lists"]["forbidden"]["right"] > 0


@pytest.mark.usefixtures("heard_perfectly")
def test_a_recording_that_ends_before_its_gold_file_is_held_against_nothing(
    evaluate: Run, tmp_path: Path
) -> None:
    shutil.copy(COUNTER / "shuiwu-poor.toml", tmp_path)
    write_sound(tmp_path / "shuiwu-poor.wav", silence(5.0))
    result = evaluate(tmp_path, "--at", "clean", "--json")
    assert result.exit_code == 1
    assert "shuiwu-poor.wav" in result.stderr
    assert "5 s" in result.stderr
    (condition,) = json.loads(result.stdout)["conditions"]
    assert [f["dialogue"] for f in condition["failed"]] == ["shuiwu-poor"]


@pytest.mark.usefixtures("heard_perfectly")
def test_sound_may_lie_elsewhere_and_goes_without_asking(evaluate: Run, tmp_path: Path) -> None:
    shutil.copy(COUNTER / "shuiwu-poor.toml", tmp_path)
    (tmp_path / "rude.toml").write_text(RUDE, encoding="utf-8")
    result = evaluate(tmp_path, "--sound", COUNTER, "--json")
    assert result.exit_code == 0
    conditions = json.loads(result.stdout)["conditions"]
    assert [(c["name"], c["dialogues"]) for c in conditions] == [("text", 2), ("clean", 1)]


def test_ctrl_c_keeps_what_was_evaluated(
    evaluate: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Evaluator.outcome
    seen: list[str] = []

    def until_the_third(self: Evaluator, dialogue: Any, *rest: Any) -> Any:
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(dialogue.name)
        return own(self, dialogue, *rest)

    monkeypatch.setattr(Evaluator, "outcome", until_the_third)
    result = evaluate(COUNTER, "--at", "text", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "2 of 10" in result.stderr
    document = json.loads((tmp_path / "out" / "eval.json").read_text("utf-8"))
    assert (document["complete"], document["done"], document["planned"]) == (False, 2, 10)
    assert only(document)["dialogues"] == 2
    assert "2 of 10" in result.stdout
    assert not [p for p in (tmp_path / "out").iterdir() if p.name.startswith(".")]


def test_babble_is_made_of_the_other_recordings(make_pipeline: Callable[..., Pipeline]) -> None:
    dialogues = find_dialogues([COUNTER / "huji-mixed.toml", COUNTER / "shuiwu-poor.toml"])
    recogniser = GoldRecogniser(read_gold(COUNTER / "huji-mixed.toml"))
    pipeline = make_pipeline(recogniser)
    evaluator = Evaluator(pipeline, dialogues, Options())
    outcome = evaluator.outcome(dialogues[0], parse_condition("30db+babble"))
    assert outcome.recording.error is None
    assert outcome.recording.heard.path == str(COUNTER / "huji-mixed.opus")
    again = evaluator.outcome(dialogues[0], parse_condition("30db+babble"))
    assert again.recording == outcome.recording


# --- with the model -------------------------------------------------------------------------------


@pytest.mark.model
def test_a_sample_with_the_real_model(evaluate: Run, model_folder: Path) -> None:
    result = evaluate(COUNTER / "gongjijin-mixed.toml", "--at", "clean", "--at", "10db", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["made_by"]["model"].startswith("base")
    clean, noisy = document["conditions"]
    for condition in (clean, noisy):
        assert condition["failed"] == []
        assert 0 < condition["hours"] < 0.02
        assert condition["lists"]
    assert clean["errors"]["characters"]["all"]["value"] < 0.3
    assert clean["clerk_channel"]["part"] == 1
    assert clean["groups"]["polite"]["recall"]["value"] > 0.4


def test_summaries_need_no_command(make_pipeline: Callable[..., Pipeline]) -> None:
    """The library by itself: evaluate, then put together."""
    dialogues = find_dialogues([COUNTER / "shuiwu-poor.toml"])
    pipeline = make_pipeline(GoldRecogniser(read_gold(COUNTER / "shuiwu-poor.toml")))
    evaluator = Evaluator(pipeline, dialogues, Options(roles="gold", layers=("full",)))
    outcomes = [evaluator.outcome(one, CLEAN) for one in dialogues]
    polarities = {phrase.list: phrase.polarity for phrase in pipeline.lexicon.phrases}
    result = summarise(CLEAN, outcomes, polarities, pipeline.rules)
    assert result.lists["forbidden"].f1 == 1.0
    assert result.layers["full"][POLITE].tally == result.groups[POLITE].tally
