"""The whole road from sound to score: with a recogniser of our own, and with the real one."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from fakes import (
    SAMPLES,
    FakeRecogniser,
    GoldRecogniser,
    chords,
    decoded,
    gold_files,
    noise,
    read_gold,
    silence,
    tone,
    write_sound,
)

from courtesy.config import DialogueOptions, Settings
from courtesy.errors import CourtesyError, DamagedRecording, ModelError, NotARecording
from courtesy.messages import LANGUAGES, Text
from courtesy.pipeline import Pipeline, load_pipeline
from courtesy.records import Heard, Recording, Run
from courtesy.report.json_report import as_dict
from courtesy.speech.listen import Listening, listen
from courtesy.speech.recognise import Recogniser
from courtesy.text.script import simplify

SCHEMA = json.loads((Path(__file__).parent / "data" / "contract.schema.json").read_text("utf-8"))

Make = Callable[..., Pipeline]


def only(pipeline: Pipeline, path: Path) -> Recording:
    (recording,) = pipeline.run(path)
    return recording


def rules(recording: Recording) -> dict[str, str]:
    (card,) = recording.scorecards
    return {f.rule: f.verdict for f in reversed(card.findings)}


def blamed(recording: Recording) -> list[str]:
    return [
        m.phrase
        for card in recording.scorecards
        for m in card.interaction.matches
        if m.polarity == "forbidden" and m.counted
    ]


# --- with a recogniser of our own -----------------------------------------------------------------


def hidden(text: str) -> str:
    """Write a sample's turn as it is shown: the one name that is said in the samples is hidden."""
    return text.replace("我姓周", "我姓某").replace("周先生", "某先生")


@pytest.mark.parametrize("file", gold_files(), ids=lambda p: p.stem)
def test_a_sample_heard_without_a_mistake_is_judged_as_its_gold_says(
    make_pipeline: Make, file: Path
) -> None:
    gold = read_gold(file)
    pipeline = make_pipeline(GoldRecogniser(gold))
    recording = only(pipeline, file.with_suffix(".opus"))
    assert recording.error is None
    assert (recording.heard.channels, len(recording.scorecards)) == (2, 1)
    assert [u.heard for u in recording.heard.utterances] == [
        hidden(t["text"]) for t in gold["turn"]
    ]
    assert [u.role for u in recording.heard.utterances] == [t["role"] for t in gold["turn"]]
    for utterance, turn in zip(recording.heard.utterances, gold["turn"], strict=True):
        assert turn["start"] - 0.7 < utterance.start < utterance.end < turn["end"] + 0.7
    got = rules(recording)
    assert {rule: got[rule] for rule in gold["rules"] if rule in got} == {
        rule: verdict for rule, verdict in gold["rules"].items() if rule in got
    }


@pytest.mark.parametrize("name", ["shuiwu-poor", "shebao-good"])
def test_one_microphone_without_voices_gives_no_roles_and_no_score(
    make_pipeline: Make, name: str
) -> None:
    gold = read_gold(SAMPLES / "counter" / f"{name}.toml")
    settings = Settings(dialogue=DialogueOptions(voices="off"))
    recording = only(
        make_pipeline(GoldRecogniser(gold), settings), SAMPLES / "variants" / f"{name}.mono.opus"
    )
    assert recording.heard.channels == 1
    assert {u.role for u in recording.heard.utterances} == {"unknown"}
    assert blamed(recording) == []
    for card in recording.scorecards:
        assert not card.scorable
        assert card.note is not None
    assert recording.heard.notes


def test_the_clerk_s_channel_may_be_told(make_pipeline: Make) -> None:
    file = SAMPLES / "counter" / "shuiwu-poor.toml"
    settings = Settings(dialogue=DialogueOptions(clerk="left"))  # the wrong one
    recording = only(
        make_pipeline(GoldRecogniser(read_gold(file)), settings), file.with_suffix(".opus")
    )
    assert blamed(recording) == []


def test_what_is_heard_stays_as_it_was_heard(make_pipeline: Make, tmp_path: Path) -> None:
    speech = decoded(SAMPLES / "counter" / "shebao-good.opus")
    path = write_sound(tmp_path / "a.wav", speech)
    recording = only(make_pipeline(FakeRecogniser(lambda _: "請問您要辦什麼業務？")), path)
    assert {u.heard for u in recording.heard.utterances} == {"請問您要辦什麼業務？"}
    assert set(recording.readings) == {simplify("請問您要辦什麼業務？")}


def test_what_nobody_said_is_kept_visible(make_pipeline: Make) -> None:
    path = SAMPLES / "counter" / "shebao-good.opus"
    recording = only(make_pipeline(FakeRecogniser(lambda _: "字幕由Amara.org社群提供")), path)
    assert recording.heard.utterances == ()
    assert recording.heard.removed
    assert recording.scorecards == ()
    assert recording.error is None
    assert recording.heard.notes


def test_a_recogniser_that_hears_nothing(make_pipeline: Make) -> None:
    recording = only(make_pipeline(FakeRecogniser([])), SAMPLES / "counter" / "shebao-good.opus")
    assert (recording.error, recording.heard.utterances, recording.scorecards) == (None, (), ())


def test_utterances_are_numbered_in_order_of_time(make_pipeline: Make) -> None:
    recording = only(
        make_pipeline(FakeRecogniser(lambda _: "您好")), SAMPLES / "counter" / "yibao-poor.opus"
    )
    assert [u.id for u in recording.heard.utterances] == list(
        range(len(recording.heard.utterances))
    )
    starts = [u.start for u in recording.heard.utterances]
    assert starts == sorted(starts)


def test_a_faulty_file_is_an_error_entry_and_not_an_empty_result(
    make_pipeline: Make, tmp_path: Path
) -> None:
    pipeline = make_pipeline(FakeRecogniser([]))
    (tmp_path / "a.wav").write_bytes(b"no sound at all, but long enough to be looked at")
    (tmp_path / "b.wav").touch()
    (tmp_path / "c.txt").touch()
    for name in ("a.wav", "b.wav", "c.txt", "none.wav", "none.txt"):
        recording = only(pipeline, tmp_path / name)
        assert recording.error is not None
        assert recording.scorecards == ()
        assert all(name in recording.error.message.say(lang) for lang in LANGUAGES)


def test_a_model_that_is_missing_is_said_for_every_recording_and_looked_for_once(
    lexicon, rubric
) -> None:
    tries = []

    def load() -> Recogniser:
        tries.append(1)
        raise ModelError(Text("没有模型。", "There is no model."))

    pipeline = Pipeline(Settings(), lexicon, rubric, load)
    sound = SAMPLES / "counter" / "shebao-good.opus"
    found = [only(pipeline, sound), only(pipeline, sound)]
    assert [r.error.kind for r in found if r.error] == ["model", "model"]
    assert len(tries) == 1
    transcript = only(pipeline, SAMPLES / "transcripts" / "shebao-good.txt")
    assert transcript.error is None
    with pytest.raises(CourtesyError):
        pipeline.prepare()


def test_progress_rises_to_the_end(make_pipeline: Make) -> None:
    told: list[tuple[float, float | None]] = []
    path = SAMPLES / "session" / "morning.opus"
    list(
        make_pipeline(FakeRecogniser([])).run(path, lambda done, total: told.append((done, total)))
    )
    done = [d for d, _ in told]
    assert done == sorted(done)
    assert len(done) > 5
    assert done[-1] == pytest.approx(told[-1][1], abs=1)


def test_two_scores_of_the_same_transcript_are_the_same(make_pipeline: Make) -> None:
    path = SAMPLES / "transcripts" / "yibao-poor.hant.txt"
    assert only(make_pipeline(), path) == only(make_pipeline(), path)


def test_the_script_of_a_transcript_does_not_change_its_score(
    make_pipeline: Make, tmp_path: Path
) -> None:
    hant = SAMPLES / "transcripts" / "yibao-poor.hant.txt"
    hans = tmp_path / "hans.txt"
    hans.write_text(simplify(hant.read_text(encoding="utf-8")), encoding="utf-8")
    one, other = (only(make_pipeline(), path) for path in (hant, hans))
    assert one.scorecards[0].score == other.scorecards[0].score
    assert blamed(one) == blamed(other)
    assert rules(one) == rules(other)


def test_a_lexicon_of_one_s_own_is_added(tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text(
        'schema = 1\nlist = "forbidden"\nkind = "forbidden"\n'
        'title = {zh = "本厅", en = "our hall"}\n[[phrase]]\nid = "hall-1"\n'
        'text = "系统坏了找我没用"\nsources = ["ours"]\nseverity = "fatal"\n',
        encoding="utf-8",
    )
    talk = tmp_path / "talk.txt"
    talk.write_text(
        "工作人员：系统坏了，找我没用。\n群众：不归我管。\n工作人员：不归我管。\n", "utf-8"
    )
    plain, own = (only(load_pipeline(Settings(), f), talk) for f in ([], [tmp_path]))
    assert set(blamed(own)) - set(blamed(plain)) == {"系统坏了找我没用"}


@pytest.mark.parametrize("name", [p.name for p in sorted((SAMPLES / "transcripts").iterdir())])
def test_transcripts_keep_the_contract(make_pipeline: Make, name: str) -> None:
    pipeline = make_pipeline()
    run = Run(pipeline.made_by(), tuple(pipeline.run(SAMPLES / "transcripts" / name)))
    for lang in LANGUAGES:
        jsonschema.validate(as_dict(run, lang), SCHEMA)
    assert run.made_by.model is None


# --- with the model -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def inventions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Thirty seconds each of what is no speech."""
    folder = tmp_path_factory.mktemp("no-speech")
    hum = tone(30.0, 50.0, 0.1) + noise(30.0, 0.01)
    sounds = {
        "silence": silence(30.0),
        "hiss": noise(30.0, 0.003),
        "noise": noise(30.0, 0.05),
        "hum": hum,
        "music": chords(30.0),
        "beeps": np.where((np.arange(30 * 16000) // 8000) % 4 == 0, tone(30.0, 1000.0), 0),
    }
    return {name: write_sound(folder / f"{name}.wav", sound) for name, sound in sounds.items()}


@pytest.mark.model
@pytest.mark.parametrize("name", ["silence", "hiss", "noise", "hum", "music", "beeps"])
def test_nothing_is_credited_and_nobody_blamed_where_nobody_speaks(
    scored: Callable[[Path], Recording], inventions: dict[str, Path], name: str
) -> None:
    recording = scored(inventions[name])
    assert recording.error is None
    for card in recording.scorecards:
        assert not any(m.counted for m in card.interaction.matches)
        assert not any(f.verdict == "fail" for f in card.findings)
        assert card.score is None
    if name in {"silence", "hiss"}:
        assert recording.heard.utterances == ()
        assert recording.heard.notes


@pytest.mark.model
def test_most_forbidden_phrases_of_a_sample_are_found_and_no_false_ones(
    scored: Callable[[Path], Recording],
) -> None:
    gold = read_gold(SAMPLES / "counter" / "yibao-poor.toml")
    wanted = {phrase for turn in gold["turn"] for phrase in turn["forbidden"]}
    recording = scored(SAMPLES / "counter" / "yibao-poor.opus")
    found = {
        m.phrase
        for m in recording.scorecards[0].interaction.matches
        if m.list == "forbidden" and m.counted
    }
    assert found <= wanted
    assert len(found) >= 0.8 * len(wanted)
    verdicts = rules(recording)
    for rule in ("greeting", "farewell", "forbidden", "abuse"):
        assert verdicts[rule] == "fail"


@pytest.mark.model
@pytest.mark.parametrize("name", ["shebao-good", "churujing-good"])
def test_a_good_clerk_is_not_accused(scored: Callable[[Path], Recording], name: str) -> None:
    recording = scored(SAMPLES / "counter" / f"{name}.opus")
    assert blamed(recording) == []
    assert rules(recording)["greeting"] == "pass"
    assert rules(recording)["farewell"] == "pass"


@pytest.mark.model
def test_a_recording_keeps_the_contract(
    scored: Callable[[Path], Recording], make_pipeline: Make, recogniser: Recogniser
) -> None:
    pipeline = make_pipeline(recogniser)
    pipeline.prepare()
    run = Run(pipeline.made_by(), (scored(SAMPLES / "counter" / "yibao-poor.opus"),))
    for lang in LANGUAGES:
        jsonschema.validate(as_dict(run, lang), SCHEMA)
    assert run.made_by.model == recogniser.name
    assert "base" in recogniser.name


@pytest.mark.model
def test_the_same_sound_twice_gives_the_same_result(
    hear: Callable[[Path], Heard], recogniser: Recogniser, tmp_path: Path
) -> None:
    path = SAMPLES / "counter" / "cheguan-mixed.opus"
    assert listen(path, recogniser, Settings().speech) == hear(path)


@pytest.mark.model
def test_recordings_heard_together_are_heard_as_each_alone(
    hear: Callable[[Path], Heard], recogniser: Recogniser, tmp_path: Path
) -> None:
    names = ("cheguan-mixed", "shebao-good", "yibao-poor")
    good = [SAMPLES / "counter" / f"{name}.opus" for name in names]
    cut, text = tmp_path / "cut.wav", tmp_path / "text.wav"
    text.write_text("这不是录音", encoding="utf-8")
    cut.write_bytes(b"")
    paths = [good[0], text, good[1], cut, good[2]]
    found = dict(Listening(recogniser, Settings().speech).hear(iter(paths)))
    assert set(found) == set(paths)
    for path in good:
        assert found[path] == hear(path), path
    assert isinstance(found[text], NotARecording)
    assert isinstance(found[cut], DamagedRecording)
