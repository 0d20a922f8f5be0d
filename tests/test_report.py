"""Reports show everything, in both languages, and nothing that a recording holds can break them."""

import csv
import dataclasses
import errno
import html.parser
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from report_example import MADE_BY, REASON_FORBIDDEN, almost, broken, example_run, scored
from rich.cells import cell_len
from rich.console import Console

from courtesy.errors import OutputError
from courtesy.messages import LANGUAGES, Text
from courtesy.records import Fault, Heard, MadeBy, Match, Recording, Run, Span, Utterance
from courtesy.report import names, plain, view, words, wrapping, writing
from courtesy.report.csv_report import to_csv
from courtesy.report.html import to_html
from courtesy.report.json_report import as_dict, to_json, to_jsonl
from courtesy.report.terminal import print_recording, print_run
from courtesy.report.timeline import flag_rows, timeline
from courtesy.report.writing import write_bytes, write_text

SCHEMA = json.loads(
    (Path(__file__).parent / "data" / "contract.schema.json").read_text(encoding="utf-8")
)
CHINESE = re.compile(r"[\u3400-\u9fff]")


def to_hant(text):
    return text.replace("请", "請").replace("归", "歸").replace("见", "見")


def printed(run, width=80, lang="zh", encoding="utf-8", colour=False, **options):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    # force_terminal=False is what a pipe gives, whatever the machine that tests run on is.
    console = Console(file=file, width=width, force_terminal=colour, _environ={})
    print_run(run, console, lang, **options)
    file.flush()
    return raw.getvalue().decode(encoding)


def squeezed(text):
    return re.sub(r"\s", "", text)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


class Reader(html.parser.HTMLParser):
    """Collects a page's tags, and the words that are not marked as Chinese."""

    EMPTY = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self):
        super().__init__()
        self.tags = []
        self.open = []
        self.words = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        chinese = attrs.get("lang") == "zh" or any(c for _, c in self.open)
        self.words.append(attrs.get("aria-label", ""))
        if tag not in self.EMPTY:
            self.open.append((tag, chinese))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        tag, chinese = self.open[-1] if self.open else ("", False)
        if tag != "style" and not chinese:
            self.words.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [], "every element is closed"
    return reader


# JSON


@pytest.mark.parametrize("lang", LANGUAGES)
def test_json_keeps_the_contract(lang):
    jsonschema.validate(as_dict(example_run(), lang), SCHEMA)
    assert json.loads(to_json(example_run(), lang)) == as_dict(example_run(), lang)


def test_json_lines_are_each_valid_alone():
    lines = to_jsonl(example_run(), "zh").splitlines()
    assert len(lines) == 3
    for line in lines:
        document = json.loads(line)
        jsonschema.validate(document, SCHEMA)
        assert len(document["recordings"]) == 1
        assert document["made_by"]["rubric"] == MADE_BY.rubric
    assert to_jsonl(Run(MADE_BY, ()), "zh") == ""


def test_json_line_ends_inside_a_text_do_not_end_the_line():
    heard = Heard("a.txt", (Utterance(0, "您\u2028好\u0085再\n见"),))
    text = to_jsonl(Run(MADE_BY, (Recording(heard, ("您好再见",)),)), "zh")
    assert len(text.splitlines()) == 1
    assert json.loads(text)["recordings"][0]["utterances"][0]["heard"] == "您\u2028好\u0085再\n见"


def test_json_has_the_fields_in_full():
    document = as_dict(example_run(), "en")
    recording = document["recordings"][0]
    interaction = recording["interactions"][1]
    finding = interaction["findings"][1]
    assert finding["reason"] == finding["reason_en"] == REASON_FORBIDDEN.en
    assert finding["reason_zh"] == REASON_FORBIDDEN.zh
    assert finding["matches"] == [0, 1]
    assert finding["utterances"] == [6]
    match = interaction["matches"][0]
    heard = next(u for u in recording["utterances"] if u["id"] == match["utterance"])["heard"]
    assert heard[slice(*match["span"])] == match["heard"] == "不归我管"
    assert match["source"] == "S0 三(三); S1 第六条"
    assert match["severity"] == "serious"
    assert interaction["ended"] is False
    assert interaction["utterances"] == [5, 6, 7]
    assert interaction["grade"] == "unsatisfactory"
    assert recording["interactions"][0]["matches"][1]["confidence"] == 0.864
    assert recording["utterances"][4]["text"] == "不客气，请慢走，再见。"
    assert recording["utterances"][4]["channel"] == 0
    assert recording["removed"][0]["reason"].startswith("Nobody speaks")
    assert recording["notes"] == [
        "The end of the recording is missing; what could be read is scored."
    ]
    assert (
        document["recordings"][1]["interactions"][0]["note"] == "Too little is said to be scored."
    )
    assert document["recordings"][1]["interactions"][0]["grade"] is None
    assert document["recordings"][2]["error"]["kind"] == "damaged-recording"


@pytest.mark.parametrize("field", ["slots", "likeness"])
def test_json_has_what_filled_the_slots_and_how_near_the_words_come(field):
    document = as_dict(almost(), "en")
    jsonschema.validate(document, SCHEMA)
    match = document["recordings"][0]["interactions"][0]["matches"][1]
    assert match["slots"] == ["三號"], "as it was heard"
    assert (match["likeness"], match["confidence"]) == (0.743, 0.512)
    del match[field]
    with pytest.raises(jsonschema.ValidationError, match=field):
        jsonschema.validate(document, SCHEMA)


def test_json_survives_surrogates_odd_settings_and_numbers_that_are_none():
    made_by = MadeBy(
        "0",
        None,
        "l",
        "r",
        {"s": {"p": Path("a/b"), "t": (1, "\ud800"), "n": None, "x": frozenset({"b", "a"})}},
    )
    heard = Heard(
        "\udcff.wav", (Utterance(0, "\ud83d", quality=float("nan")),), duration=float("inf")
    )
    text = to_json(Run(made_by, (Recording(heard, ("\ud83d",)),)), "zh")
    text.encode("utf-8")
    document = json.loads(text, parse_constant=pytest.fail)
    jsonschema.validate(document, SCHEMA)
    assert document["made_by"]["options"]["s"] == {
        "p": "a/b",
        "t": [1, "\ufffd"],
        "n": None,
        "x": ["a", "b"],
    }
    assert document["recordings"][0]["utterances"][0]["quality"] is None


def test_json_refuses_points_that_are_no_number():
    card = scored().scorecards[0]
    finding = dataclasses.replace(card.findings[0], points=float("nan"))
    bad = dataclasses.replace(
        scored(), scorecards=(dataclasses.replace(card, findings=(finding,)),)
    )
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(Run(MADE_BY, (bad,)), "zh")


# CSV


@pytest.mark.parametrize("lang", LANGUAGES)
def test_csv_has_a_row_an_interaction(lang):
    head, *table = csv.reader(io.StringIO(to_csv(example_run(), lang), newline=""))
    assert len(table) == 4
    assert all(len(row) == len(head) for row in table)
    row = dict(zip(head, table[1], strict=True))
    w = words.words(lang)
    assert row[w["score"]] == "57.5"
    assert row[w["interaction"]] == "2"
    assert row[w["forbidden_count"]] == "2"
    assert row[w["forbidden_said"]].count("(00:43.4)") == 2
    assert row[names.rule_name("greeting").say(lang)] == {"zh": "未做到", "en": "not done"}[lang]
    assert row[names.rule_name("forbidden").say(lang)] == {"zh": "出现", "en": "found"}[lang]
    failed = dict(zip(head, table[3], strict=True))
    assert failed[w["error"]] == broken().error.message.say(lang)


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", " =", "\t", "\r"])
def test_csv_never_begins_a_cell_with_a_formula(begin):
    fault = Fault("x", Text(begin + "cmd|'/C calc'!A0", ""))
    run = Run(MADE_BY, (Recording(Heard(begin + "1+1.wav", ()), error=fault),))
    _, row = csv.reader(io.StringIO(to_csv(run, "zh"), newline=""))
    assert row[0] == "'" + begin + "1+1.wav"
    assert row[-1].startswith("'" + begin)


def test_csv_counts_breaches_of_one_rule_and_keeps_numbers_numbers():
    recording = scored()
    card = recording.scorecards[1]
    card = dataclasses.replace(card, findings=(*card.findings, card.findings[1]))
    recording = dataclasses.replace(recording, scorecards=(card,))
    text = to_csv(Run(MADE_BY, (recording,)), "zh", convert=to_hant)
    assert "出现 ×2" in text
    assert ",41.0,51.8," in text
    assert "不歸我管" in text


def test_csv_says_nothing_of_near_misses():
    head, row = csv.reader(io.StringIO(to_csv(almost(), "en"), newline=""))
    assert not {"slots", "likeness"} & {name.lower() for name in head}
    assert not any("不知道" in cell for cell in row)


def test_csv_opens_in_excel_as_utf8(tmp_path):
    file = tmp_path / "结果.csv"
    write_text(file, to_csv(example_run(), "zh"), bom=True)
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 5
    assert b"\r\r\n" not in data


# terminal


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_terminal_keeps_every_sentence_whole(width, lang):
    out = printed(example_run(), width, lang)
    assert all(cell_len(line) <= width for line in out.splitlines())
    assert "\x1b" not in out
    for recording in example_run().recordings:
        said = [f.reason for card in recording.scorecards for f in card.findings]
        said += [m.why for card in recording.scorecards for m in card.interaction.matches]
        said += [r.reason for r in recording.heard.removed] + list(recording.heard.notes)
        said += [recording.error.message] if recording.error else []
        for text in said:
            assert squeezed(text.say(lang)) in squeezed(out)


def test_terminal_shows_phrases_in_context_with_source_and_confidence():
    out = squeezed(printed(example_run()))
    assert "我跟你说了多少遍了，这个事情【不归我管】，我也【不知道】，那边墙上" in out
    assert "✗服务忌语(严重)“不知道”·S0三(三)·S1第六条·原话·把握93%·计入：原话照说。" in out
    assert "?服务忌语“自己找”" in out
    assert "不计入：把握低于0.8，只作提示。" in out
    assert "✗未做到首问责任-7.500:43.4" in out


def test_terminal_does_not_interpret_what_was_heard():
    out = printed(example_run())
    assert "[red]【您好】[/red]<script>alert('x')</script> &amp; \ufffd好您\ufffd" in out
    heard = Heard("x.txt", (Utterance(0, "a\x1b[31m\r\x07b"),))
    match = dataclasses.replace(
        scored().scorecards[0].interaction.matches[0], utterance=0, span=Span(0, 1)
    )
    card = scored().scorecards[0]
    card = dataclasses.replace(
        card,
        interaction=dataclasses.replace(
            card.interaction, utterances=heard.utterances, matches=(match,)
        ),
    )
    out = printed(Run(MADE_BY, (Recording(heard, ("",), (card,)),)))
    assert "【a】\ufffd[31m \ufffdb" in out


def test_terminal_has_colour_for_people_and_marks_without_it():
    assert "\x1b[1;31m✗ 未做到" in printed(example_run(), colour=True)
    assert "✗ 未做到" in printed(example_run())


def test_terminal_works_where_the_console_is_not_utf8():
    out = printed(example_run(), encoding="gbk")
    assert "× 未做到" in out
    assert "√ 通过" in out


def test_terminal_summary_only_where_there_is_more_than_one_line():
    card = scored().scorecards[0]
    one = Run(MADE_BY, (dataclasses.replace(scored(), scorecards=(card,)),))
    assert "汇总" not in printed(one)
    out = printed(example_run())
    assert "共 3 个文件，3 次接待，1 个文件没有评成。" in out
    assert "没有评成：录音损坏，解不出声音。" in out
    assert "没有听到接待对话。" in printed(Run(MADE_BY, (Recording(Heard("静.wav", ())),)))


def test_terminal_shows_the_other_script_beside_what_was_heard():
    out = printed(example_run(), convert=to_hant)
    assert "不客氣，請慢走，【再見】。" in out, "heard words stay as heard"
    assert "读作：不客气，請慢走，再見。" in out
    assert "“不歸我管”" in out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80])
def test_terminal_lists_near_misses_where_asked(width, lang):
    out = printed(almost(), width, lang, near=True)
    assert all(cell_len(line) <= width for line in out.splitlines())
    heading = words.WORDS["near"].say(lang)
    _, listed = out.split(heading)
    order = ["“不知道”", "“别烦了”", "“不是给你讲了吗”", "“走好”", "“请到××窗口”"]
    places = [squeezed(listed).index(phrase) for phrase in order]
    assert places == sorted(places), "forbidden phrases first, then the most alike"
    assert "“请慢走”" not in listed, "a courtesy that is hardly like it"
    assert "您这是" not in out, "what a customer says never counts"
    claim = {
        "zh": "近似·相像74%·把握51%·不够准：只有74%像，不到80%",
        "en": "nearlythewords·likeness74%·confidence51%·notsureenough:only74%alike,under80%",
    }
    assert claim[lang] in squeezed(listed)
    assert "00:05.0" in listed
    assert squeezed(words.WORDS["reading"].say(lang)) in squeezed(listed)
    assert heading not in printed(almost(), width, lang)


@pytest.mark.parametrize(
    ("run", "listed", "line"),
    [
        (almost(7), 7, None),
        (almost(9), 7, "2 more, in the JSON."),
        (example_run(), 0, "Nothing almost matched."),
    ],
    ids=["twelve", "fourteen", "none"],
)
def test_reports_list_so_many_near_misses_and_say_how_many_more(run, listed, line):
    for shown in (printed(run, 100, "en", near=True), to_html(run, "en", near=True)):
        assert shown.count("“谢谢”") == listed
        for sentence in ("2 more, in the JSON.", "Nothing almost matched."):
            assert (sentence in shown) is (sentence == line)


def test_near_misses_are_not_what_is_shown_anyway():
    card = scored().scorecards[1]
    assert view.near_misses(card) == ((), 0), "a finding rests on it"
    alone = dataclasses.replace(card, findings=())
    assert [m.phrase for m in view.near_misses(alone)[0]] == ["自己找"]


def test_print_recording_prints_one():
    file = io.StringIO()
    print_recording(scored(), Console(file=file, width=80), "en")
    assert "Interaction 2" in file.getvalue()
    assert "Summary" not in file.getvalue()


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("您好，请问办什么？", 8, ["您好，请", "问办什", "么？"]),
        ("他说“不知道”了", 8, ["他说“不", "知道”了"]),
        ("时间 00:12.3 开始", 10, ["时间", "00:12.3 开", "始"]),
        ("把握97%。", 8, ["把握", "97%。"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a\n\nb", 4, ["a", "", "b"]),
        ("  x  ", 4, ["x"]),
        ("", 4, [""]),
        ("好，。！？；：", 4, ["好，", "。！", "？；", "："]),
    ],
)
def test_wrapping_breaks_where_people_would(text, width, lines):
    spans = wrapping.line_spans(text, width)
    assert [text[start:end] for start, end in spans] == lines


# HTML


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_is_well_formed_and_needs_nothing_else(lang):
    page = to_html(example_run(), lang)
    page.encode("utf-8")
    reader = read(page)
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert dict(reader.tags)["html"]["lang"] == {"zh": "zh-Hans", "en": "en"}[lang]
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attrs in reader.tags:
        assert "style" not in attrs, "the policy forbids it"
        assert attrs.get("href", "#").startswith("#")
        assert attrs.get("href", "#r0")[1:] in ids
        assert attrs.get("aria-labelledby", "summary") in ids
    assert "http" not in page.replace("http-equiv", "")
    tables = sum(tag == "table" for tag, _ in reader.tags)
    assert tables == sum(tag == "caption" for tag, _ in reader.tags) == 4
    policy = next(a["content"] for _, a in reader.tags if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert words.WORDS["hint"].say(lang) in page


def test_html_policy_allows_exactly_its_own_style():
    import base64
    import hashlib

    page = to_html(example_run(), "zh")
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page
    assert "@import" not in style
    assert "url(" not in style


def test_html_escapes_what_was_heard():
    page = to_html(example_run(), "zh")
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;amp;" in page
    for mark in "\u202e\u202c\ud800":
        assert mark not in page
    assert '[red]<mark class="good">您好</mark>[/red]' in page
    nasty = '"><img src=x onerror=alert(1)>'
    text = Text(nasty, nasty)
    heard = Heard(nasty, scored().heard.utterances, notes=(text,), duration=60.0)
    card = scored().scorecards[1]
    findings = tuple(dataclasses.replace(f, rule=nasty, reason=text) for f in card.findings)
    card = dataclasses.replace(card, findings=findings, grade=text, note=text)
    made_by = MadeBy(nasty, nasty, nasty, nasty, {nasty: {nasty: nasty}})
    page = to_html(Run(made_by, (Recording(heard, (), (card,), Fault("x", text)),)), "zh")
    assert "<img" not in page
    read(page)


def test_english_page_holds_no_chinese_but_quotations():
    run = Run(
        MADE_BY,
        (
            dataclasses.replace(
                scored(), heard=dataclasses.replace(scored().heard, path="hall/a.wav")
            ),
        ),
    )
    shown = " ".join(read(to_html(run, "en")).words)
    left = re.sub(r"“[^”]*”", "", shown)
    assert not CHINESE.search(left), CHINESE.findall(left)
    assert "Greeting on arrival" in shown


def test_english_terminal_holds_no_chinese_but_quotations():
    card = dataclasses.replace(
        scored().scorecards[1],
        interaction=dataclasses.replace(scored().scorecards[1].interaction, matches=()),
    )
    heard = dataclasses.replace(scored().heard, path="hall/a.wav")
    run = Run(MADE_BY, (Recording(heard, (), (card,)), Recording(Heard("b", ()))))
    left = re.sub(r"“[^”]*”", "", printed(run, 200, "en"))
    assert not CHINESE.search(left), CHINESE.findall(left)


def test_html_shows_evidence_and_versions():
    page = to_html(example_run(), "zh", convert=to_hant)
    assert '<mark class="bad">不归我管</mark>' in page
    assert '<mark class="doubt">自己找</mark>' in page
    assert "“不歸我管”" in page
    assert '<cite lang="zh">S1 第六条</cite>' in page
    assert "不客氣，請慢走，" in page
    for version in (MADE_BY.courtesy, MADE_BY.model, MADE_BY.lexicons, MADE_BY.rubric):
        assert version in page
    assert "matching.blame = 0.8" in page
    assert "支持明镜" in page
    empty = to_html(Run(dataclasses.replace(MADE_BY, model=None, options={}), ()), "en")
    assert "none (transcripts)" in read(empty).words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_lists_near_misses_where_asked(lang):
    page = to_html(almost(), lang, near=True, convert=to_hant)
    read(page)
    heading = f"<h4>{words.WORDS['near'].say(lang)}</h4>"
    listed = page.split(heading)[1].split("<details>")[0]
    assert listed.count('class="quote"') == 5
    assert listed.index("“不知道”") < listed.index("“别烦了”") < listed.index("“走好”")
    assert '<mark class="doubt">请到三號窗口</mark>' in listed
    assert "“請到××窗口”" in listed, "phrases in the reader's script"
    assert f"{words.WORDS['likeness'].say(lang)} 74%" in listed
    assert f"{words.WORDS['confidence'].say(lang)} 51%" in listed
    assert names.STANDINGS["excluded"].say(lang) in listed
    assert heading not in to_html(almost(), lang)


def test_timeline_stays_inside_and_flags_do_not_cover_each_other():
    picture = timeline(scored(), "zh")
    bars = [bar for lane in picture.lanes for bar in lane.bars]
    assert len(bars) == 8
    assert all(b.x >= 0 and b.x + b.width <= 100.3 for b in bars)
    assert [lane.role for lane in picture.lanes] == ["clerk", "customer", "unknown"]
    places = [(f.x, f.level) for f in picture.look]
    assert len(places) == len(set(places)) == 5
    assert flag_rows(picture.look) == 4
    assert timeline(Recording(Heard("a", (Utterance(0, "好"),)), ("好",)), "zh") is None


# names and small parts


def test_every_text_is_there_in_both_languages():
    tables = [
        words.WORDS,
        names._RULES,
        names._VERDICTS,
        names.ROLES,
        names.MODES,
        names.HOW,
        names.STANDINGS,
        names._LISTS,
        names._POLARITIES,
        names.SEVERITIES,
    ]
    for table in tables:
        for key, text in table.items():
            assert text.zh, key
            assert text.en, key
            assert not CHINESE.search(text.en), key
    assert names.rule_name("own") == Text("own", "own")
    assert names.list_name("own", "forbidden").zh == "不当用语"


@pytest.mark.parametrize(
    "rule",
    [
        "greeting",
        "farewell",
        "answer",
        "please",
        "thanks_reply",
        "leave_notice",
        "wait_apology",
        "refusal_apology",
        "direct",
        "forbidden",
        "abuse",
        "phone_open",
        "phone_close",
        "quarrel",
        "mandarin",
        "honorific",
        "told_at_once",
        "even_handed",
    ],
)
def test_every_rule_has_a_name(rule):
    assert names.rule_name(rule) != Text(rule, rule)


def test_heavy_libraries_load_only_when_a_report_is_made():
    code = (
        "import sys, courtesy.report.html, courtesy.report.terminal, courtesy.report.csv_report;"
        "sys.exit(bool({'rich', 'jinja2'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_pieces_put_together_are_the_utterance():
    card = scored().scorecards[1]
    utterance = card.interaction.utterances[1]
    base = card.interaction.matches[0]
    spans = [Span(3, 9), Span(5, 12), Span(0, 0), Span(30, 999), Span(999, 1000)]
    matches: list[Match] = [dataclasses.replace(base, span=s) for s in spans]
    pieces = view.marked(utterance.heard, matches)
    assert "".join(p.text for p in pieces) == utterance.heard
    assert view.marked("", []) == ()
    long = view.marked(
        "一" * 50 + "不知道" + "二" * 50, [dataclasses.replace(base, span=Span(50, 53))]
    )
    assert [p.text for p in view.shortened(long, 4)] == ["…一一一一", "不知道", "二二二二…"]


def test_files_of_one_name_are_told_apart():
    run = Run(MADE_BY, tuple(Recording(Heard(p, ())) for p in ("a/1.wav", "b/1.wav", "c/2.wav")))
    assert view.file_names(run) == ("a/1.wav", "b/1.wav", "2.wav")


def test_visible_keeps_positions():
    for code in range(0x3000):
        assert len(plain.visible(chr(code))) == 1


# writing


def test_write_replaces_whole_files_and_keeps_their_mode(tmp_path):
    file = tmp_path / "报告.html"
    write_text(file, "一\r\n\ud800")
    assert file.read_bytes() == "一\r\n\ufffd".encode()
    if os.name == "posix":
        file.chmod(0o640)
    write_bytes(file, b"2")
    assert file.read_bytes() == b"2"
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (errno.ENOSPC, "磁盘已满", "disk is full"),
        (errno.EACCES, "没有权限", "no permission"),
        (errno.EROFS, "没有权限", "no permission"),
        (errno.EIO, "没有写成", "was not written"),
    ],
)
def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch, call, number, zh, en):
    file = tmp_path / "old.json"
    file.write_bytes(b"old")

    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(writing.os, call, fail)
    with pytest.raises(OutputError) as caught:
        write_text(file, "new")
    assert zh in caught.value.say("zh")
    assert en in caught.value.say("en")
    assert "old.json" in caught.value.say("zh")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_an_interrupted_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text(tmp_path / "a", "x")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        write_text(tmp_path / "none" / "a.json", "x")
    with pytest.raises(OutputError, match="is a folder"):
        write_text(tmp_path, "x")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="does not exist"):
        write_text(tmp_path / "file" / "a.json", "x")


@pytest.mark.skipif(os.name != "posix", reason="links and devices as POSIX has them")
def test_links_are_followed_and_devices_are_not_replaced(tmp_path):
    real = tmp_path / "real.json"
    real.write_bytes(b"old")
    link = tmp_path / "link.json"
    link.symlink_to(real)
    write_text(link, "new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    write_text(Path(os.devnull), "x")
    assert Path(os.devnull).is_char_device()


def test_a_name_as_long_as_names_can_be_is_written(tmp_path):
    file = tmp_path / ("长" * 80 + ".json")
    write_text(file, "x")
    assert file.read_bytes() == b"x"
