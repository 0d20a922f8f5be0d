"""Transcripts in every layout and encoding, read as the person who wrote them meant."""

import codecs
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtesy.errors import NotATranscript, NotReadable
from courtesy.records import Heard
from courtesy.transcripts import is_transcript, read_transcript, read_transcripts

DATA = Path(__file__).parent / "data" / "transcripts"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def said(heard: Heard) -> list[tuple[str, str]]:
    return [(u.role, u.heard) for u in heard.utterances]


def timed(heard: Heard) -> list[tuple[str, float | None, float | None]]:
    return [(u.heard, u.start, u.end) for u in heard.utterances]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("a.txt", True),
        ("a.SRT", True),
        ("a.vtt", True),
        ("a.jsonl", True),
        ("a.b.json", True),
        ("a.wav", False),
        ("txt", False),
        ("a.txt.mp3", False),
    ],
)
def test_the_ending_of_the_name_tells_a_transcript(name: str, known: bool) -> None:
    assert is_transcript(Path(name)) is known


# --- plain text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "role", "words"),
    [
        ("工作人员：您好", "clerk", "您好"),
        ("工作人员:您好", "clerk", "您好"),
        ("工作人員：您好", "clerk", "您好"),
        ("窗口：您好", "clerk", "您好"),
        ("柜员：您好", "clerk", "您好"),
        ("櫃員 : 您好", "clerk", "您好"),
        ("客服：您好", "clerk", "您好"),
        ("职员：您好", "clerk", "您好"),
        ("職員：您好", "clerk", "您好"),
        ("办事员：您好", "clerk", "您好"),
        ("辦事員：您好", "clerk", "您好"),
        ("坐席：您好", "clerk", "您好"),
        ("Clerk: hello", "clerk", "hello"),
        ("AGENT 2: hello", "clerk", "hello"),
        ("staff：您好", "clerk", "您好"),
        ("群众：我来办证", "customer", "我来办证"),
        ("群眾：我來辦證", "customer", "我來辦證"),
        ("市民：我来办证", "customer", "我来办证"),
        ("办事人：我来办证", "customer", "我来办证"),
        ("辦事人：我來辦證", "customer", "我來辦證"),
        ("客户：我来办证", "customer", "我来办证"),
        ("客戶：我來辦證", "customer", "我來辦證"),
        ("顾客：我来办证", "customer", "我来办证"),
        ("顧客：我來辦證", "customer", "我來辦證"),
        ("居民：我来办证", "customer", "我来办证"),
        ("民众：我来办证", "customer", "我来办证"),
        ("民眾：我來辦證", "customer", "我來辦證"),
        ("来电人：我来办证", "customer", "我来办证"),
        ("來電人：我來辦證", "customer", "我來辦證"),
        ("Customer: hi", "customer", "hi"),
        ("citizen: hi", "customer", "hi"),
        ("CLIENT: hi", "customer", "hi"),
        ("  工作人员　：　您好  ", "clerk", "您好"),
        ("工作人员1：您好", "clerk", "您好"),
        ("工作人员２：您好", "clerk", "您好"),
        ("窗口 3 号：您好", "clerk", "您好"),
        ("群众A：您好", "customer", "您好"),
        ("群众 乙：您好", "customer", "您好"),
        ("工作人员（女）：您好", "clerk", "您好"),
        ("【工作人员】您好", "clerk", "您好"),
        ("[群众]：您好", "customer", "您好"),
        ("说话人1：您好", "unknown", "您好"),
        ("發言人 2：您好", "unknown", "您好"),
        ("SPEAKER_00: 您好", "unknown", "您好"),
        ("\u200b工作人员\u200b：您好", "clerk", "您好"),
        ("工作人员：请记：三号", "clerk", "请记：三号"),
    ],
)
def test_a_known_speaker_is_taken_off(write: Write, line: str, role: str, words: str) -> None:
    assert said(read_transcript(write("a.txt", line))) == [(role, words)]


@pytest.mark.parametrize(
    "line",
    [
        "时间：九点到十一点",
        "張三：您好",
        "张三：您好",
        "我告诉工作人员：快一点",
        "工作人员说：明天再来",
        "客户号：123456",
        "窗口在那边：三楼",
        "您好",
        "9:30开门",
        "12:30",
        "\u017ftaff: hello",
        "（笑）：好",
        "http://example.cn",
        "工作人员",
        "[00:75] 您好",
    ],
)
def test_words_that_only_look_like_a_speaker_or_a_time_are_kept(write: Write, line: str) -> None:
    assert timed(read_transcript(write("a.txt", line))) == [(line, None, None)]
    assert read_transcript(write("a.txt", line)).utterances[0].role == "unknown"


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("[00:12] 工作人员：您好", 12, None),
        ("00:12 工作人员：您好", 12, None),
        ("00:12工作人员：您好", 12, None),
        ("(0:00:12.5) 工作人员：您好", 12.5, None),
        ("（00：12）工作人员：您好", 12, None),
        ("【01:02:03】工作人员:您好", 3723, None),
        ("75:00 工作人员：您好", 4500, None),
        ("工作人员 00:12：您好", 12, None),
        ("工作人员（00:12）：您好", 12, None),
        ("[00:12] 您好", 12, None),
        ("00:12 您好", 12, None),
        ("[00:00.000 --> 00:04.250]  您好", 0, 4.25),
        ("00:03-00:05 工作人员：您好", 3, 5),
    ],
)
def test_a_time_before_the_words_is_their_start(
    write: Write, line: str, start: float, end: float | None
) -> None:
    heard = read_transcript(write("a.txt", line))
    assert timed(heard) == [("您好", start, end)]
    assert heard.duration == end


def test_a_bare_time_is_part_of_the_sentence_where_other_turns_have_none(write: Write) -> None:
    heard = read_transcript(write("a.txt", "群众：几点开门？\n9:30 开门，您稍等\n"))
    assert said(heard) == [("customer", "几点开门？"), ("unknown", "9:30 开门，您稍等")]
    assert [u.start for u in heard.utterances] == [None, None]


def test_hours_that_only_look_like_a_time_running_backwards_are_words(write: Write) -> None:
    heard = read_transcript(write("a.txt", "群众：几点上班？\n8:30-5:30 上班\n"))
    assert timed(heard) == [("几点上班？", None, None), ("8:30-5:30 上班", None, None)]


def test_blank_lines_comments_and_both_line_ends_are_passed_over(write: Write) -> None:
    text = "# 三号窗口，八月一日\r\n\r\n工作人员：您好\r\n   \r\n\u200b\r\n# 完\r群众：你好\n"
    assert said(read_transcript(write("a.txt", text))) == [
        ("clerk", "您好"),
        ("customer", "你好"),
    ]


def test_a_speaker_on_its_own_line_speaks_the_lines_below(write: Write) -> None:
    text = "工作人员 00:05\n您好\n请坐\n\n群众 00:09\n\n我要办证\n\n谁说的？\n"
    heard = read_transcript(write("a.txt", text))
    assert said(heard) == [
        ("clerk", "您好"),
        ("clerk", "请坐"),
        ("customer", "我要办证"),
        ("unknown", "谁说的？"),
    ]
    assert [u.start for u in heard.utterances] == [5, 5, 9, None]


def test_a_line_below_a_speaker_keeps_its_own_time(write: Write) -> None:
    heard = read_transcript(write("a.txt", "工作人员：\n[00:07]\n您好\n[00:09] 请坐\n"))
    assert [(u.role, u.heard, u.start) for u in heard.utterances] == [
        ("clerk", "您好", 7),
        ("clerk", "请坐", 9),
    ]


def test_a_speaker_who_says_nothing_does_not_speak_for_the_next(write: Write) -> None:
    heard = read_transcript(write("a.txt", "工作人员：\n群众：喂？\n再问一次\n"))
    assert said(heard) == [("customer", "喂？"), ("unknown", "再问一次")]


def test_every_character_of_a_turn_is_kept(write: Write) -> None:
    words = "好的👨\u200d👩\u200d👧𠮷\u200b您慢走\u2028再见\ufe0f"
    assert said(read_transcript(write("a.txt", f"工作人员：{words}\n"))) == [("clerk", words)]


def test_turns_come_in_order_of_time_and_a_turn_without_time_keeps_its_neighbour(
    write: Write,
) -> None:
    text = "[00:20] 工作人员：后\n工作人员：后之后\n[00:10] 群众：先\n[00:10] 群众：同时\n"
    heard = read_transcript(write("a.txt", text))
    assert [u.heard for u in heard.utterances] == ["先", "同时", "后", "后之后"]
    assert [u.id for u in heard.utterances] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "text", ["", "\n \n", "# 只有注释\n", "\ufeff", "工作人员：\n", "\u200b\n"]
)
def test_a_file_without_words_is_refused(write: Write, text: str) -> None:
    with pytest.raises(NotATranscript) as raised:
        read_transcripts(write("空.txt", text))
    assert "空.txt" in raised.value.say("zh")
    assert "没有任何话语" in raised.value.say("zh")
    assert "no words" in raised.value.say("en")


def test_a_time_range_that_runs_backwards_is_refused_with_its_line(write: Write) -> None:
    path = write("a.txt", "工作人员：您好\n[00:09 - 00:05] 群众：你好\n")
    with pytest.raises(NotATranscript, match="line 2: "):
        read_transcripts(path)


@pytest.mark.parametrize(
    "piece", ["好", " ", "工作人员", "00:12 ", "[", "：", "<v.", "<v ", "{\\", "12:", "\u200b"]
)
@pytest.mark.parametrize("ending", ["txt", "srt", "vtt"])
def test_very_long_lines_take_no_longer_than_their_length(
    write: Write, piece: str, ending: str
) -> None:
    line = piece * (100_000 // len(piece))
    head = "" if ending == "txt" else "1\n00:00:01.000 --> 00:00:02.000\n"
    path = write(f"a.{ending}", f"{head}工作人员：{line}x\n{line}x\nx{line}x\n")
    before = time.perf_counter()
    read_transcripts(path)
    assert time.perf_counter() - before < 3


def test_five_megabytes_are_read_in_seconds(write: Write) -> None:
    text = "工作人员：您好，请问您要办理什么业务？\n" * 90_000
    before = time.perf_counter()
    assert len(read_transcript(write("a.txt", text)).utterances) == 90_000
    assert len(read_transcript(write("g.txt", text.encode("gb18030"))).utterances) == 90_000
    assert time.perf_counter() - before < 20


# --- subtitles ------------------------------------------------------------------------------------


def test_srt_joins_rows_and_gives_each_speaker_a_share_of_the_time() -> None:
    heard = read_transcript(DATA / "whisper.srt")
    assert said(heard) == [
        ("clerk", "您好，请坐。"),
        ("customer", "我要办证。"),
        ("clerk", "请稍等。"),
        ("unknown", "谢谢"),
    ]
    assert [(u.start, u.end) for u in heard.utterances] == [
        (1.0, 3.5),
        (4.0, 6.222),
        (6.222, 8.0),
        (70.25, 72.0),
    ]
    assert heard.duration == 72.0
    assert heard.channels is None
    assert heard.notes == ()


def test_vtt_takes_voices_for_speakers_and_drops_what_is_not_said() -> None:
    heard = read_transcript(DATA / "player.vtt")
    assert said(heard) == [
        ("clerk", "您好，请坐。"),
        ("customer", "我要办证&签注。"),
        ("clerk", "请稍等。"),
    ]
    assert timed(heard)[0][1:] == (1.0, 3.5)
    assert timed(heard)[1][1] == 3604.0
    assert timed(heard)[2][2] == 3608.0


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.srt", "00:00:01,0 --> 00:00:02,0\n您好\n", [("您好", 1, 2)]),
        ("a.srt", "1\r\n00:00:01.5 --> 00:00:02.5 X1:1\r\n您好\r\n", [("您好", 1.5, 2.5)]),
        ("a.srt", "\ufeff1\n00:01,000 --> 00:02,000\n您好\n", [("您好", 1, 2)]),
        (
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,000\n您好\n2\n00:00:03,000 --> 00:00:04,000\n再见\n",
            [("您好", 1, 2), ("再见", 3, 4)],
        ),
        (
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,000\n您的号码是\n15\n\n"
            "2\n\n00:00:03,000 --> 00:00:04,000\n再见\n",
            [("您的号码是15", 1, 2), ("再见", 3, 4)],
        ),
        (
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,000\n您好\n\n请坐\n\n"
            "2\n00:00:03,000 --> 00:00:04,000\n再见\n",
            [("您好请坐", 1, 2), ("再见", 3, 4)],
        ),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nPlease\nwait\n", [("Please wait", 1, 2)]),
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n3<5 且 7>2\n", [("3<5 且 7>2", 1, 2)]),
        (
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}点这里-->好\n",
            [("点这里-->好", 1, 2)],
        ),
        (
            "a.srt",
            "2\n00:00:03,000 --> 00:00:04,000\n后\n\n1\n00:00:01,000 --> 00:00:02,000\n先\n",
            [("先", 1, 2), ("后", 3, 4)],
        ),
        ("a.srt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v 群众>您好\n", [("您好", 1, 2)]),
        ("a.vtt", "WEBVTT\n00:01.000 --> 00:02.000\n您好\n", [("您好", 1, 2)]),
        ("a.vtt", "00:01.000 --> 00:02.000\n您好\n", [("您好", 1, 2)]),
        ("a.vtt", "00:01.000 --> 00:02.000\n00:03.000 --> 00:04.000\n您好\n", [("您好", 3, 4)]),
        ("a.vtt", "NOTE 一 --> 2\n二\n00:01.000 --> 00:02.000\n您好\n", [("您好", 1, 2)]),
        (
            "a.srt",
            "1\n00:00:01,0004 --> 00:00:01,0006\n群众：您好\n群众：再见\n",
            [("您好", 1.0004, 1.0004), ("再见", 1.0004, 1.0006)],
        ),
        ("a.vtt", "WEBVTT\nX: 1\nb\n00:01.000 --> 00:02.000\n您好\n", [("您好", 1, 2)]),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<00:01.5>您<b>好</b>\n", [("您好", 1, 2)]),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v 张三>您好\n", [("您好", 1, 2)]),
        (
            "a.vtt",
            "WEBVTT\n\n开头\n00:01.000 --> 00:02.000\n您好\n\nb\n00:03.000 --> 00:04.000\n再见\n",
            [("您好", 1, 2), ("再见", 3, 4)],
        ),
    ],
)
def test_subtitles_as_programs_really_write_them(
    write: Write, name: str, text: str, expected: list[tuple[str, float, float]]
) -> None:
    assert timed(read_transcript(write(name, text))) == expected


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("您好\n", 1, "您好"),
        ("1\n00:00:05,000 --> 00:00:02,000\n您好\n", 2, "5.0"),
        ("1\n-00:00:05,000 --> 00:00:02,000\n您好\n", 2, "-00:00:05"),
        ("1\n00:00:01,000 --> NaN\n您好\n", 2, "NaN"),
        ("1\n00:00:01,000 --> 00:00:99,000\n您好\n", 2, "00:00:99"),
        ("1\n00:00:01,000 --> 00:00:02,000\n您好\n\n2\n00:03 -->\n再见\n", 6, "00:03 -->"),
    ],
)
@pytest.mark.parametrize("ending", ["srt", "vtt"])
def test_subtitles_with_impossible_times_are_refused_with_the_line(
    write: Write, text: str, line: int, found: str, ending: str
) -> None:
    with pytest.raises(NotATranscript) as raised:
        read_transcripts(write(f"a.{ending}", text))
    for lang, place in (("zh", f"第 {line} 行"), ("en", f"line {line}:")):
        assert place in raised.value.say(lang)  # type: ignore[arg-type]
        assert found in raised.value.say(lang)  # type: ignore[arg-type]


# --- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "role"),
    [
        ({"role": "clerk"}, "clerk"),
        ({"role": "customer"}, "customer"),
        ({"role": "unknown"}, "unknown"),
        ({"role": None}, "unknown"),
        ({"role": ""}, "unknown"),
        ({}, "unknown"),
        ({"role": "工作人員"}, "clerk"),
        ({"role": " 群众2 "}, "customer"),
        ({"role": "SPEAKER_01"}, "unknown"),
    ],
)
def test_jsonl_roles(write: Write, entry: dict[str, object], role: str) -> None:
    line = json.dumps({**entry, "text": " 工作人员：您好 "}, ensure_ascii=False)
    text = f'\n{line}\r\n{{"text": " "}}\n'
    assert said(read_transcript(write("a.jsonl", text))) == [(role, "工作人员：您好")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("您好", "not JSON"),
        ('["您好"]', "您好"),
        ("{}", "text is"),
        ('{"text": 5}', "text is"),
        ('{"text": "您好", "role": "经理"}', "经理"),
        ('{"text": "您好", "role": ["clerk"]}', "clerk"),
        ('{"text": "您好", "start": -1}', "-1"),
        ('{"text": "您好", "start": NaN}', "NaN"),
        ('{"text": "您好", "start": Infinity}', "Infinity"),
        ('{"text": "您好", "start": 1e999}', "Infinity"),
        ('{"text": "您好", "start": 1' + "0" * 400 + "}", "100"),
        ('{"text": "您好", "start": 1' + "0" * 9000 + "}", "JSON"),
        ('{"text": "您好", "start": true}', "true"),
        ('{"text": "您好", "start": "1"}', "start is"),
        ('{"text": "您好", "start": 2, "end": 1}', "end"),
        ('{"text": "您好", "end": 1}', "end"),
        ('{"text": "\\ud83d"}', "surrogate"),
        ("[" * 200_000, "JSON"),
    ],
)
def test_a_jsonl_line_that_cannot_be_a_turn_is_refused(write: Write, line: str, found: str) -> None:
    path = write("a.jsonl", '{"text": "第一句"}\n' + line + "\n")
    with pytest.raises(NotATranscript) as raised:
        read_transcripts(path, "柜台/a.jsonl")
    assert raised.value.say("en").startswith("柜台/a.jsonl: line 2: ")
    assert found in raised.value.say("en")
    assert len(raised.value.say("zh")) < 300


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["clerk", "customer", "unknown"]),
            st.text(min_size=1).filter(lambda t: any(c.isalnum() for c in t)),
            st.floats(0, 1e6),
            st.floats(0, 1e3),
        ),
        min_size=1,
    ),
    st.booleans(),
)
def test_jsonl_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    turns: list[tuple[str, str, float, float]],
    ascii_only: bool,
) -> None:
    turns = sorted(turns, key=lambda turn: turn[2])
    entries = [{"role": r, "text": t, "start": s, "end": s + d} for r, t, s, d in turns]
    path = tmp_path_factory.mktemp("round") / "a.jsonl"
    lines = (json.dumps(entry, ensure_ascii=ascii_only) for entry in entries)
    path.write_bytes("\n".join(lines).encode("utf-8"))
    heard = read_transcript(path)
    assert [(u.role, u.heard, u.start, u.end) for u in heard.utterances] == [
        (r, t.strip(), s, s + d) for r, t, s, d in turns
    ]
    assert heard.duration == max(s + d for _, _, s, d in turns)


def test_our_own_json_gives_back_each_recording_that_was_heard() -> None:
    first, silent = read_transcripts(DATA / "scored.json")
    assert first.path == "一号窗口.wav"
    assert said(first) == [("clerk", "您好。"), ("customer", "我要辦證。")]
    assert timed(first)[1][1:] == (2.0, 3.25)
    assert [u.quality for u in first.utterances] == [0.9, 0.75]
    assert first.duration == 20.0
    assert "坏了.wav" in first.notes[0].zh
    assert "坏了.wav" in first.notes[0].en
    assert (silent.path, silent.utterances, silent.duration) == ("没人.wav", (), 30.0)


def test_one_recording_cannot_be_asked_of_a_file_with_two() -> None:
    with pytest.raises(NotATranscript, match="it holds 2 recordings"):
        read_transcript(DATA / "scored.json")


def ours(**recording: object) -> str:
    return json.dumps({"schema": "courtesy/1", "recordings": [recording]}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("", "the whole file", "not JSON"),
        ('{"schema":\n"courtesy/1",\n}', "line", "not JSON"),
        ("[]", "the whole file", "[]"),
        ('{"schema": "courtesy/2", "recordings": []}', "the whole file", "courtesy/2"),
        ('{"segments": []}', "the whole file", "segments"),
        ('{"schema": "courtesy/1", "recordings": []}', "recordings", "[]"),
        ('{"schema": "courtesy/1", "recordings": [1]}', "recordings[0]", "1"),
        (ours(path="a"), "recordings[0].utterances", "null"),
        (ours(utterances=["您好"]), "recordings[0].utterances[0]", "您好"),
        (ours(utterances=[{"text": "您好"}]), "recordings[0].utterances[0]", "heard is"),
        (ours(utterances=[{"heard": "好", "quality": 2}]), "recordings[0].utterances[0]", "2"),
        (ours(utterances=[{"heard": "好", "start": float("nan")}]), "utterances[0]", "NaN"),
        (ours(utterances=[], duration=-1), "recordings[0]", "duration is"),
        (ours(error={"kind": "x", "message": "y"}), "the whole file", "failed"),
    ],
)
def test_other_json_is_refused_with_what_was_expected(
    write: Write, text: str, place: str, found: str
) -> None:
    with pytest.raises(NotATranscript) as raised:
        read_transcripts(write("a.json", text))
    assert place in raised.value.say("en")
    assert found in raised.value.say("en")
    assert "Expected: " in raised.value.say("en")
    assert "应为：" in raised.value.say("zh")


# --- encodings ------------------------------------------------------------------------------------

HANS = "工作人员：您好，请问您要办理什么业务？\r\n群众：我想办居住证签注。\r\n"
HANT = "櫃員：您好，請問您要辦理什麼業務？\r\n民眾：我想辦戶籍謄本。\r\n"


@pytest.mark.parametrize(
    ("file", "first", "encoding"),
    [
        ("hans-gb18030.txt", "您好，请问您要办理什么业务？", "GB18030"),
        ("hant-gb18030.txt", "您好，請問您要辦理什麼業務？", "GB18030"),
        ("hant-big5.txt", "您好，請問您要辦理什麼業務？", "Big5"),
    ],
)
def test_files_from_notepad_are_read_and_the_encoding_is_told(
    file: str, first: str, encoding: str
) -> None:
    heard = read_transcript(DATA / file)
    assert [u.role for u in heard.utterances] == ["clerk", "customer", "clerk"]
    assert heard.utterances[0].heard == first
    assert [encoding in note.zh and encoding in note.en for note in heard.notes] == [True]


@pytest.mark.parametrize(
    "words",
    [
        "您好",
        "谢谢",
        "请稍等",
        "再见！",
        "没看见我正忙着吗？",
        "这个不归我管，去问别人",
        "工作人员：残疾人补贴要社区盖章",
        "社保断缴两个月会影响报销吗？",
        "好的👌，您慢走",
    ],
)
def test_short_simplified_texts_in_gb18030(write: Write, words: str) -> None:
    heard = read_transcript(write("a.txt", words.encode("gb18030")))
    assert heard.utterances[0].heard == words.removeprefix("工作人员：")


@pytest.mark.parametrize(
    "words",
    [
        "您好",
        "謝謝",
        "請稍候",
        "再見！",
        "沒看見我正忙著嗎？",
        "這個不歸我管，去問別人",
        "客服：殘疾人補貼要社區蓋章",
        "勞保斷繳兩個月會影響給付嗎？",
    ],
)
@pytest.mark.parametrize("codec", ["big5", "cp950", "big5hkscs", "gb18030"])
def test_short_traditional_texts_in_big5_and_gb18030(write: Write, words: str, codec: str) -> None:
    heard = read_transcript(write("a.txt", words.encode(codec)))
    assert heard.utterances[0].heard == words.removeprefix("客服：")


def test_a_narrow_choice_is_made_only_with_a_second_opinion(write: Write) -> None:
    path = write("a.txt", "補貼申請需要社".encode("big5"))
    assert read_transcript(path).utterances[0].heard == "補貼申請需要社"
    with pytest.raises(NotATranscript, match="the encoding cannot be told"):
        read_transcript(write("b.txt", "请您到隔壁".encode("gb18030")))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (HANS.encode(), False),
        (codecs.BOM_UTF8 + HANS.encode(), False),
        (codecs.BOM_UTF16_LE + HANS.encode("utf-16-le"), True),
        (codecs.BOM_UTF16_BE + HANS.encode("utf-16-be"), True),
    ],
)
def test_unicode_files_with_and_without_mark(write: Write, data: bytes, told: bool) -> None:
    heard = read_transcript(write("a.txt", data))
    assert said(heard) == [
        ("clerk", "您好，请问您要办理什么业务？"),
        ("customer", "我想办居住证签注。"),
    ]
    assert [("UTF-16" in note.en) for note in heard.notes] == [True] * told


@pytest.mark.parametrize(
    "words", ["лл", "Здравствуйте, чем могу помочь?", "Bonjour à tous, très bien", "Käse"]
)
def test_utf8_without_chinese_stays_utf8_unless_it_reads_as_chinese(
    write: Write, words: str
) -> None:
    heard = read_transcript(write("a.txt", words.encode()))
    assert heard.utterances[0].heard == ("谢谢" if words == "лл" else words)


def test_json_lines_in_gb18030(write: Write) -> None:
    line = json.dumps({"role": "clerk", "text": "您好，请坐"}, ensure_ascii=False)
    heard = read_transcript(write("a.jsonl", line.encode("gb18030")))
    assert said(heard) == [("clerk", "您好，请坐")]
    assert len(heard.notes) == 1


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 3),
        (HANS.encode("utf-16-le"), 1),
        (codecs.BOM_UTF32_LE + HANS.encode("utf-32-le"), 1),
        (codecs.BOM_UTF16_LE + HANS.encode("utf-16-le")[:-1], 2),
        (codecs.BOM_UTF8 + HANS.encode("gb18030"), 1),
        ("好\n好\n".encode() + b"\xff\xff\n", 3),
        ("您好\n您好\n".encode() + "您好".encode()[:-1] + b"\n", 3),
        ("café".encode("latin-1"), 1),
        ("안녕하세요, 무엇을 도와 드릴까요?".encode("euc-kr"), 1),
        ("いらっしゃいませ、少々お待ちください".encode("shift-jis"), 1),
        (bytes(range(1, 256)) * 4, 2),
    ],
)
def test_what_is_not_clearly_text_is_refused_with_the_remedy(
    write: Write, data: bytes, line: int
) -> None:
    with pytest.raises(NotATranscript) as raised:
        read_transcripts(write("a.txt", data))
    assert f"第 {line} 行" in raised.value.say("zh")
    assert "另存为 UTF-8" in raised.value.say("zh")
    assert f"line {line}:" in raised.value.say("en")
    assert "save the file as UTF-8" in raised.value.say("en")


# --- anything at all ------------------------------------------------------------------------------

PIECES = [
    *(
        "工作人员",
        "群众",
        "：",
        ":",
        "您好",
        "谢谢",
        "\n",
        "\r\n",
        "\n\n",
        " ",
        "1",
        "2",
        "12",
        "#",
    ),
    *("00:00:01,000", "00:02.500", " --> ", "-->", "[00:12]", "WEBVTT\n\n", "NOTE ", "<v 群众>"),
    *("</v>", "<i>", "{", "}", "[", "]", '"', ",", '"text"', '"schema"', "\u200b", "👌", "&#0;"),
]


@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(st.sampled_from(PIECES), max_size=30).map(lambda parts: "".join(parts).encode()),
    ),
    st.sampled_from([".txt", ".srt", ".vtt", ".jsonl", ".json"]),
)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"a{ending}"
    path.write_bytes(data)
    refusal: NotATranscript | None = None
    heard: tuple[Heard, ...] = ()
    try:
        heard = read_transcripts(path)
    except NotATranscript as error:
        refusal = error
    assert len(heard) == (refusal is None)
    assert refusal is None or all(
        str(path) in words for words in (refusal.text.zh, refusal.text.en)
    )
    for one in heard:
        assert [u.id for u in one.utterances] == list(range(len(one.utterances)))
        assert all(u.heard.strip() for u in one.utterances)
        assert all(u.end is None or 0 <= (u.start or 0) <= u.end for u in one.utterances)


@given(st.lists(st.text("您好请坐谢工作人员群众，。 ab19👌", min_size=1), min_size=1))
def test_lines_without_colon_or_bracket_are_kept_whole(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("kept") / "a.txt"
    path.write_text("\n".join([*lines, "完"]), encoding="utf-8")
    expected = [line.strip() for line in [*lines, "完"] if line.strip()]
    assert [u.heard for u in read_transcript(path).utterances] == expected


# --- files ----------------------------------------------------------------------------------------


def test_a_missing_file_and_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotReadable) as raised:
        read_transcripts(tmp_path / "没有.txt", "没有.txt")
    assert raised.value.say("zh") == "无法读取 没有.txt：没有这个文件。请检查路径和权限。"
    folder = tmp_path / "folder.txt"
    folder.mkdir()
    with pytest.raises(NotReadable) as raised:
        read_transcripts(folder)
    assert str(folder) in raised.value.say("en")


def test_an_unknown_ending_is_refused_with_the_known_ones(write: Write) -> None:
    with pytest.raises(NotATranscript, match=r"\.docx.*\.txt, \.srt, \.vtt, \.jsonl, \.json"):
        read_transcripts(write("a.docx", "您好"))


def test_the_name_shown_is_the_one_the_user_gave(write: Write) -> None:
    path = write("a.txt", "您好")
    assert read_transcript(path, "录音/一.txt").path == "录音/一.txt"
    assert read_transcript(path).path == str(path)
