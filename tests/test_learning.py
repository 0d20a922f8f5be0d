"""What decisions teach, without a database: precision, proposals, changed lists, gold files."""

import io
import itertools
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import command

from courtesy.errors import LexiconError, Overtaken
from courtesy.evaluation.gold import read_gold
from courtesy.evaluation.intervals import Share
from courtesy.folders import lexicon_dir
from courtesy.learning.accepting import accepted, draft, withdrawn
from courtesy.learning.changing import put_in, take_out
from courtesy.learning.effects import Past, Trial, compared, in_gold
from courtesy.learning.exclusions import exclusions
from courtesy.learning.gold import gold, zipped
from courtesy.learning.lists import digest_of, read, write
from courtesy.learning.precision import FEWEST, Precision, worst_first
from courtesy.learning.proposals import Proposal, proposals, same, worth_again
from courtesy.learning.telling import change, method, why
from courtesy.learning.thresholds import KEEPS, threshold
from courtesy.learning.variants import variants
from courtesy.lessons import Lesson, Reviewed, Ruling, Said, Session
from courtesy.lexicon import Lexicon
from courtesy.lists.shelf import Shelf
from courtesy.records import Heard, Span, Utterance

PHRASE = "forbidden-what-hurry"


def lesson(
    flag: int,
    outcome: str,
    why: str = "",
    said: str = "你急什么！",
    words: str = "急什么",
    sure: float = 0.95,
    typed: str | None = None,
    recording: int | None = None,
) -> Lesson:
    at = said.index(words)
    return Lesson(
        flag=flag,
        recording=flag if recording is None else recording,
        outcome=outcome,  # type: ignore[arg-type]
        why=why,  # type: ignore[arg-type]
        said=said,
        span=Span(at, at + len(words)),
        how="fuzzy",
        confidence=sure,
        likeness=1.0,
        typed=typed,
    )


def told(good: list[float], bad: list[float]) -> list[Lesson]:
    """Give decisions: some confirmed, some where other words were said, each so sure."""
    found = [lesson(i, "confirmed", sure=sure) for i, sure in enumerate(good)]
    more = [lesson(i, "rejected", "words", sure=sure) for i, sure in enumerate(bad, len(good))]
    return found + more


# --- how good a phrase is -------------------------------------------------------------------------


def test_the_fewest_decisions_are_where_no_interval_is_wider_than_half_of_everything() -> None:
    def widest(count: int) -> float:
        found = [Share(part, count).interval for part in range(count + 1)]
        return max(high - low for low, high in found if low is not None)

    assert widest(FEWEST) < 0.5 <= widest(FEWEST - 1)


def test_the_worst_phrases_come_first_and_those_hardly_known_last() -> None:
    found = worst_first(
        [
            Precision("nearly always right", 90, 10),
            Precision("once wrong", 0, 1),
            Precision("surely bad", 10, 40),
            Precision("bad, and less certain", 3, 12),
        ]
    )
    assert [one.phrase for one in found] == [
        "surely bad",
        "bad, and less certain",
        "nearly always right",
        "once wrong",
    ]
    assert [one.few for one in found] == [False, False, False, True]


# --- thresholds -----------------------------------------------------------------------------------


def test_a_threshold_is_proposed_where_what_was_rejected_lies_lower() -> None:
    found = threshold(told([0.93, 0.94, 0.95, 0.97] * 5, [0.86, 0.87, 0.88, 0.89] * 3), 0.85)
    assert found is not None
    assert 0.89 < found.value <= 0.93
    assert (found.seen.dropped, found.seen.lost) == (12, 0)
    assert (found.unseen.dropped, found.unseen.lost) == (12, 0)


def test_of_thresholds_that_drop_the_same_the_lowest_is_taken() -> None:
    found = threshold(told([0.94] * 20, [0.86] * 12), 0.85)
    assert found is not None
    assert found.value == 0.9  # in the middle of the only gap


def test_a_threshold_keeps_most_of_what_was_confirmed() -> None:
    # To drop the last rejected ones would cost a third of the confirmed.
    found = threshold(told([0.88] * 10 + [0.94] * 20, [0.86] * 15 + [0.9] * 3), 0.85)
    assert found is not None
    assert found.value <= 0.88
    assert found.seen.lost <= (1 - KEEPS) * found.seen.confirmed


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ([0.9, 0.92, 0.94, 0.96] * 5, [0.9, 0.92, 0.94, 0.96] * 5),
        ([0.95] * 4, [0.86] * 4),
        ([0.95] * 30, []),
        ([], [0.86] * 30),
    ],
    ids=["all alike", "too few", "nothing rejected", "nothing confirmed"],
)
def test_no_threshold_is_proposed_without_a_reason(good: list[float], bad: list[float]) -> None:
    assert threshold(told(good, bad), 0.85) is None


def test_what_one_recording_alone_shows_is_not_proposed() -> None:
    lessons = [*told([0.95] * 10, []), *(
        lesson(100 + i, "rejected", "words", sure=0.86, recording=100) for i in range(10)
    )]  # fmt: skip
    # Left out in turn, that recording finds no threshold chosen by others that drops anything.
    assert threshold(lessons, 0.85) is None


def test_other_reasons_say_nothing_about_thresholds() -> None:
    lessons = told([0.95] * 20, [])
    lessons += [lesson(50 + i, "rejected", "quoted", sure=0.86) for i in range(12)]
    assert threshold(lessons, 0.85) is None


def test_chance_alone_rarely_makes_a_threshold() -> None:
    draw = random.Random(7)
    proposed = 0
    for _ in range(200):
        found = told(*([draw.uniform(0.85, 1.0) for _ in range(20)] for _ in range(2)))
        proposed += threshold(found, 0.85) is not None
    assert proposed <= 4


@given(
    st.lists(st.floats(0.85, 1.0), max_size=40),
    st.lists(st.floats(0.85, 1.0), max_size=40),
)
def test_a_proposed_threshold_always_drops_more_than_it_loses(
    good: list[float], bad: list[float]
) -> None:
    found = threshold(told(good, bad), 0.85)
    if found:
        assert found.seen.dropped > found.seen.lost
        assert 0.85 < found.value < 0.95
        assert found.seen.lost <= (1 - KEEPS) * len(good)


# --- wordings -------------------------------------------------------------------------------------


def quoted(*sentences: str, why: str = "quoted") -> list[Lesson]:
    return [lesson(100 + i, "rejected", why, said=one) for i, one in enumerate(sentences)]


def test_a_wording_that_is_rejected_several_times_is_harmless() -> None:
    lessons = quoted("他问我急什么呀。", "他问我急什么，我没说。", "她问我急什么来着。")
    (found,) = exclusions([lesson(1, "confirmed"), *lessons], [], [])
    assert found.text == "他问我急什么"
    assert found.recordings == 3
    assert found.against == 1


def test_what_a_confirmed_one_or_an_example_holds_is_not_harmless() -> None:
    lessons = quoted("问你急什么呀。", "问你急什么哦。", "问你急什么的。")
    assert exclusions(lessons, [], [])
    assert not exclusions([*lessons, lesson(1, "confirmed", said="我问你急什么！")], [], [])
    assert not exclusions(lessons, ["我问你急什么！"], [])


def test_a_wording_of_one_recording_is_nobodys_rule() -> None:
    lessons = [
        lesson(i, "rejected", "context", said="张三问急什么。", recording=1) for i in range(9)
    ]
    assert not exclusions(lessons, [], [])


def test_what_the_list_excuses_already_is_not_proposed_again() -> None:
    lessons = quoted(*["他问我急什么呀。"] * 3)
    assert not exclusions(lessons, [], ["问我急什么"])


@pytest.mark.parametrize("why", ["words", "person", "sound", ""])
def test_only_quotations_and_harmless_places_make_exclusions(why: str) -> None:
    assert not exclusions(quoted(*["他问我急什么呀。"] * 5, why=why), [], [])


def typed(text: str, *, count: int = 3, said: str = "你急蛇么，等着！") -> list[Lesson]:
    return [lesson(i, "confirmed", said=said, words="急蛇么", typed=text) for i in range(count)]


def test_what_reviewers_typed_becomes_a_wording() -> None:
    (found,) = variants(typed("你急个啥么，等着！"), {"急什么"}, [])
    assert found.text == "急个啥么"
    assert found.recordings == 3


@pytest.mark.parametrize(
    ("text", "known", "misses"),
    [
        ("你急什么，等着！", {"急什么"}, []),
        ("你急个啥么，等着！", {"急什么"}, ["别急个啥么的，慢慢来。"]),
        ("你急8号么，等着！", {"急什么"}, []),
    ],
    ids=["known", "must not match", "with a number"],
)
def test_what_is_known_or_may_be_harmless_is_no_new_wording(
    text: str, known: set[str], misses: list[str]
) -> None:
    assert not variants(typed(text), known, misses)


def test_two_reviewers_are_not_several() -> None:
    assert not variants(typed("你急个啥么，等着！", count=2), set(), [])


def test_a_phrase_with_few_decisions_has_no_proposals(lexicon: Lexicon) -> None:
    harmless = quoted(*["他问我急什么呀。"] * 3)
    few = [*harmless, *(lesson(i, "confirmed") for i in range(FEWEST - 4))]
    assert not proposals(lexicon[PHRASE], few, 0.85)
    enough = [*few, lesson(90, "confirmed")]
    assert [one.kind for one in proposals(lexicon[PHRASE], enough, 0.85)] == ["exclusion"]


def test_what_was_declined_returns_with_twice_as_much_behind_it() -> None:
    assert worth_again(5, [])
    assert not worth_again(9, [5])
    assert worth_again(10, [5])
    assert not worth_again(10, [5, 8])
    one = Proposal("threshold", PHRASE, "0.92", 20, {})
    assert same(one, "threshold", PHRASE, "0.9")
    assert not same(one, "exclusion", PHRASE, "0.92")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_proposals_are_told_with_their_counts(lang: str, lexicon: Lexicon) -> None:
    lessons = told([0.93, 0.94, 0.95] * 5, [0.86, 0.87, 0.88] * 4)
    lessons += quoted(*["他问我急什么呀。"] * 3)
    kinds = {}
    for one in proposals(lexicon[PHRASE], lessons, 0.85):
        kinds[one.kind] = (
            change(one.kind, one.value, one.grounds).say(lang),  # type: ignore[arg-type]
            why(one.kind, one.grounds).say(lang),  # type: ignore[arg-type]
        )
    assert "85 %" in kinds["threshold"][0]
    assert "12" in kinds["threshold"][1]
    assert "他问我急什么呀" in kinds["exclusion"][0]
    assert "15" in kinds["exclusion"][1]  # confirmed ones that were looked through
    assert str(FEWEST) in method().say(lang)  # type: ignore[arg-type]


# --- changed lists --------------------------------------------------------------------------------

LIST = """# Ours.
schema = 1
list = "forbidden"
title = {zh = "忌语", en = "Forbidden"}
kind = "forbidden"

[[phrase]]
id = "ours-one"
text = "随便你办不办"  # heard at the counter
sources = ["ours"]
hit = ["随便你办不办。"]

# The next part.

[[phrase]]
id = "ours-two"
text = "你去问别人吧你"
sources = ["ours"]
except = [
  "请你去问别人吧你",  # a request
]
miss = ["请你去问别人吧你。"]
"""


@pytest.mark.parametrize("phrase", ["ours-one", "ours-two"])
@pytest.mark.parametrize(
    ("kind", "value"), [("threshold", "0.92"), ("exclusion", "他说随便"), ("variant", "办不办随你")]
)
def test_a_change_touches_its_entry_alone_and_comes_out_again(
    phrase: str, kind: str, value: str
) -> None:
    text = put_in(LIST, phrase, kind, value)  # type: ignore[arg-type]
    assert [line for line in text.splitlines() if "#" in line] == [
        line for line in LIST.splitlines() if "#" in line
    ]
    first, second = text.split("# The next part.")
    assert value in (first if phrase == "ours-one" else second)
    assert value not in (second if phrase == "ours-one" else first)
    assert take_out(text, phrase, kind, value, "") == LIST  # type: ignore[arg-type]


def test_an_earlier_threshold_comes_back() -> None:
    first = put_in(LIST, "ours-one", "threshold", "0.9")
    second = put_in(first, "ours-one", "threshold", "0.93")
    assert take_out(second, "ours-one", "threshold", "0.93", "0.9") == first


def test_what_somebody_changed_since_is_not_taken_out() -> None:
    text = put_in(LIST, "ours-one", "threshold", "0.92").replace("0.92", "0.9")
    with pytest.raises(LexiconError, match="ours-one"):
        take_out(text, "ours-one", "threshold", "0.92", "")
    with pytest.raises(LexiconError, match="ours-one"):
        take_out(LIST, "ours-one", "variant", "不在那里的", "")
    with pytest.raises(LexiconError, match="ours-three"):
        put_in(LIST, "ours-three", "variant", "不在那里的")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf((tmp_path / "own",))


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial(Shelf(), [])


def test_the_installed_lists_are_never_written(shelf: Shelf, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in lexicon_dir().glob("*.toml")}
    effect = {"lexicons": digest_of(shelf), "refused": None}
    edit = accepted(shelf, "exclusion", PHRASE, "他问我急什么呀", effect)
    assert edit.file == tmp_path / "own" / "forbidden.toml"
    write(edit.file, edit.text)
    assert {file: file.read_bytes() for file in lexicon_dir().glob("*.toml")} == before
    assert digest_of(shelf) != effect["lexicons"]
    back = withdrawn(shelf, "exclusion", PHRASE, "他问我急什么呀", "")
    assert back.text == read(lexicon_dir() / "forbidden.toml")


def test_nothing_is_accepted_unseen_without_a_folder_or_against_the_linter(shelf: Shelf) -> None:
    digest = digest_of(shelf)
    with pytest.raises(Overtaken):
        accepted(shelf, "variant", PHRASE, "急个啥么", {"lexicons": "other", "refused": None})
    with pytest.raises(Overtaken):
        accepted(shelf, "variant", PHRASE, "急个啥么", None)
    with pytest.raises(LexiconError, match="--lexicons"):
        accepted(Shelf(), "variant", PHRASE, "急个啥么", {"lexicons": digest, "refused": None})
    refused = ["写得不对。", "Badly written."]
    with pytest.raises(LexiconError, match="Badly written"):
        accepted(shelf, "variant", PHRASE, "急个啥么", {"lexicons": digest, "refused": refused})


HELPLESS = "forbidden-nobody-can-help"
NUMBERS = itertools.count(1)


def past(number: int, said: str, flag: int = 0, state: str = "waiting") -> Past:
    heard = Heard("", (Utterance(0, said, "clerk"),))
    flags = {("forbidden", HELPLESS, 0): (flag, state)} if flag else {}
    return Past(next(NUMBERS), number, heard, (), flags)  # type: ignore[arg-type]


def test_an_effect_tells_what_goes_and_what_people_had_made_of_it(trial: Trial) -> None:
    talks = [
        past(1, "我跟你讲投诉也没用！", 7, "rejected"),
        past(2, "我跟你讲投诉也没用！", 8, "confirmed"),
        past(3, "我跟你讲投诉也没用！"),
        past(4, "投诉也没用！", 9, "confirmed"),
    ]
    edit = draft(Shelf(), "exclusion", HELPLESS, "我跟你讲投诉也没用")
    found = trial.effect(edit.file, edit.text, talks)
    assert found["recordings"] == 4
    assert found["refused"] is None
    assert found["gone"] == {"rejected": 1, "confirmed": 1, "open": 1}
    assert found["scores"] == 3
    # A confirmed one that goes is what one has to see first.
    assert found["examples"][0]["flag"] == 8
    assert found["examples"][0]["said"] == "我跟你讲投诉也没用！"


def test_an_effect_tells_what_comes(trial: Trial) -> None:
    talks = [past(1, "你上天也白搭！"), past(2, "您好，请坐。")]
    edit = draft(Shelf(), "variant", HELPLESS, "你上天也白搭")
    found = trial.effect(edit.file, edit.text, talks)
    assert (found["come"], found["gone"]) == ({"open": 1}, {})
    assert found["scores"] == 1


def test_the_linters_sentence_is_told_where_an_example_fails(trial: Trial) -> None:
    edit = draft(Shelf(), "exclusion", PHRASE, "你急什么")
    found = trial.effect(edit.file, edit.text, [])
    zh, en = found["refused"]
    assert "hit" in zh
    assert "under `hit` is not found" in en


def test_a_threshold_in_a_list_is_what_the_phrase_needs(trial: Trial) -> None:
    # A wording of ours is less like the phrase than its own words.
    talks = [past(1, "投诉也没用！"), past(2, "找谁都没用！")]
    edit = draft(Shelf(), "threshold", HELPLESS, "0.95")
    found = trial.effect(edit.file, edit.text, talks)
    assert [(one["way"], one["said"]) for one in found["examples"]] == [("gone", "投诉也没用！")]


def test_a_list_with_a_threshold_of_no_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        LIST.replace('sources = ["ours"]\nhit', 'sources = ["ours"]\nthreshold = 92\nhit'),
        encoding="utf-8",
    )
    found = command("lexicon", "check", "--lexicons", tmp_path)
    assert found.exit_code == 1
    assert "threshold" in found.output


def test_nothing_comes_or_goes_where_nothing_changes() -> None:
    assert compared([]) == {"recordings": 0, "scores": 0, "gone": {}, "come": {}, "examples": []}


# --- gold files -----------------------------------------------------------------------------------


def said(number: int, role: str, text: str, **more: object) -> Said:
    return Said(number, role, text, 2.0 * number, 2.0 * number + 1.5, **more)  # type: ignore[arg-type]


def session(*rulings: Ruling, **more: object) -> Session:
    talk = (
        said(0, "clerk", "陈小明为您服务，您好。"),
        said(1, "customer", "我想问一下。"),
        said(2, "clerk", "急什么，没看我正忙着吗？"),
    )
    whose = {"hall": "一号厅", "window": "3号", "clerk": "陈小明"}
    parts = (Reviewed("counter", more.get("said", talk), rulings),)  # type: ignore[arg-type]
    return Session(12, "/media/陈小明 0900.wav", None, whose, parts)


CONFIRMED = Ruling("forbidden", "急什么", 2, "confirmed")


def written(tmp_path: Path, one: Session, *, names: bool = False) -> Path:
    made = gold([one], names=names)
    ((name, text),) = made.texts.items()
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / name


def test_what_people_decided_is_what_the_gold_file_says(tmp_path: Path) -> None:
    other = Ruling("forbidden", "没看我正忙着吗", 2, "rejected", "context")
    missing = Ruling("farewell", "", 0, "rejected")
    found = read_gold(written(tmp_path, session(CONFIRMED, other, missing)))
    assert found.encounters[0].rules == {"forbidden": "fail", "farewell": "pass"}
    assert [turn.forbidden for turn in found.turns] == [(), (), ("急什么",)]
    assert found.timed


@pytest.mark.parametrize("state", ["waiting", "second", "disputed", "appealed", "unsure"])
def test_an_interaction_that_is_not_settled_is_left_out(state: str) -> None:
    open_one = Ruling("forbidden", "没看我正忙着吗", 2, state)  # type: ignore[arg-type]
    made = gold([session(CONFIRMED, open_one)])
    assert (made.texts, made.interactions, made.left_out) == ({}, 0, 1)


def test_where_other_words_were_said_somebody_has_to_have_typed_them(tmp_path: Path) -> None:
    wrong = Ruling("forbidden", "急什么", 2, "rejected", "words")
    assert not gold([session(wrong)]).texts
    talk = (said(0, "clerk", "您好。"), said(2, "clerk", "接着说。", typed=True))
    found = read_gold(written(tmp_path, session(wrong, said=talk)))
    assert found.turns[1].text == "接着说。"
    assert found.turns[1].forbidden == ()
    assert found.encounters[0].rules == {"forbidden": "pass"}


def test_nothing_is_known_of_what_could_not_be_heard() -> None:
    assert not gold([session(Ruling("forbidden", "急什么", 2, "rejected", "sound"))]).texts


def test_what_somebody_else_said_is_not_the_clerks(tmp_path: Path) -> None:
    found = read_gold(
        written(tmp_path, session(Ruling("forbidden", "急什么", 2, "rejected", "person")))
    )
    assert found.turns[2].role == "unknown"


def test_clerks_are_named_only_where_it_is_asked_for(tmp_path: Path) -> None:
    bare = written(tmp_path, session(CONFIRMED))
    assert bare.name == "recording-12.toml"
    assert "陈小明" not in bare.read_text(encoding="utf-8")
    assert "3号" not in bare.read_text(encoding="utf-8")
    full = written(tmp_path, session(CONFIRMED), names=True)
    assert full.name == "陈小明 0900.toml"  # as the recording, so that --sound finds it
    assert read_gold(full).scene == "一号厅 3号 陈小明"


def test_the_same_decisions_make_the_same_file() -> None:
    first, second = (zipped([session(CONFIRMED)]) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert archive.namelist() == ["recording-12.toml"]


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_words_can_be_written(text: str, phrase: str) -> None:
    talk = (said(0, "clerk", text),)
    one = session(Ruling("forbidden", phrase or "x", 0, "confirmed"), said=talk)
    # What the store cannot hold never gets here.
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text + phrase):
        return
    import tomllib

    (made,) = gold([one]).texts.values()
    (turn,) = tomllib.loads(made)["interaction"][0]["turn"]
    assert turn["text"].replace("某某", "陈小明") in {text, text.replace("某某", "陈小明")}
    assert turn["forbidden"] == [phrase or "x"]


def test_gold_dialogues_come_out_as_before(trial: Trial, tmp_path: Path) -> None:
    one = read_gold(written(tmp_path, session(CONFIRMED)))
    found = in_gold(trial._pipeline, [one])
    assert found["right"] == 1
    assert found["missed"] == 0
