"""Lexicons: notation, loader, linter, commands, and every example of our own lists."""

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from courtesy.cli import common
from courtesy.cli.lexicon import app
from courtesy.errors import LexiconError
from courtesy.folders import lexicon_dir
from courtesy.lexicon import SLOT, load_lexicon
from courtesy.lexicon.check import check
from courtesy.lexicon.load import read_lexicon
from courtesy.lexicon.phrases import MOST_FORMS, make_form, spell_out
from courtesy.messages import LANGUAGES
from courtesy.records import Utterance

ROOT = Path(__file__).resolve().parent.parent
OURS = load_lexicon([lexicon_dir()])

HEAD = """schema = 1
list = "own"
title = {zh = "自己的", en = "Own"}
kind = "forbidden"
"""
OTHER = HEAD.replace('"own"', '"other"')
POLITE = HEAD.replace('"own"', '"kind"').replace("forbidden", "polite")


def entry(name="a", text="真是烦死人", **keys):
    """Write an entry; every key but `id` and `text` as TOML."""
    keys = {"sources": '["ours"]', **keys}
    lines = "".join(f"{key.rstrip('_')} = {value}\n" for key, value in keys.items() if value)
    return f'\n[[phrase]]\nid = "{name}"\ntext = "{text}"\n{lines}'


@pytest.fixture
def folder(tmp_path):
    """Write files into a folder of lexicons."""

    def write(**files):
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{name}.toml").write_bytes(data)
        return tmp_path

    return write


# ---- the notation ----


@pytest.mark.parametrize(
    ("notation", "texts"),
    [
        ("请稍等", ["请稍等"]),
        ("请[您]稍等", ["请您稍等", "请稍等"]),
        ("{请|您}稍等", ["请稍等", "您稍等"]),
        ("{请|您|}稍等", ["请稍等", "您稍等", "稍等"]),
        ("{请|您}稍[微]等", ["请稍微等", "请稍等", "您稍微等", "您稍等"]),
        ("快[一]点[儿]", ["快一点儿", "快一点", "快点儿", "快点"]),
        ("[请[您]]坐", ["请您坐", "坐", "请坐"]),
        ("{请[您]|麻烦您}坐", ["请您坐", "麻烦您坐", "请坐"]),
        ("[好][好]", ["好好", "好", ""]),
    ],
)
def test_a_notation_stands_for_texts(notation, texts):
    assert list(spell_out(notation)) == texts


@pytest.mark.parametrize(
    "notation", ["请[您稍等", "请您]稍等", "{请|您稍等", "请|您", "{请[您}]坐"]
)
def test_brackets_that_do_not_pair_are_refused(notation):
    with pytest.raises(ValueError, match="pair"):
        spell_out(notation)


def test_a_notation_that_stands_for_too_much_is_refused():
    assert len(spell_out("[一]" * 8)) <= MOST_FORMS
    with pytest.raises(ValueError, match=str(MOST_FORMS)):
        spell_out("".join(f"[{c}]" for c in "一二三四五六七八九"))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("請您，到×××去辦理！", f"请您到{SLOT}去办理"),
        ("×月Ⅹ日", f"{SLOT}月{SLOT}日"),
        ("妳看著辦", "你看着办"),
        ("……", ""),
    ],
)
def test_a_form_is_normalized_and_keeps_its_slots(text, form):
    made = make_form(text, sanctioned=True)
    assert made.text == form
    assert len(made.syllables) == len(form)
    assert made.literal == len(form.replace(SLOT, ""))


# ---- the loader ----

# name: (content, line, entry, words of the message in Chinese, in English)
BAD = {
    "not-toml": (HEAD + "\nwords = [", 6, "", "不是正确的 TOML", "not valid TOML"),
    "not-utf8": (HEAD.encode("gb18030"), 3, "", "不是 UTF-8", "not UTF-8"),
    "schema": (HEAD.replace("schema = 1", "schema = 2"), 1, "", "schema 应为 1", "must be 1"),
    "no-list": (HEAD.replace('"own"', '""'), 1, "", "缺少 list", "`list`"),
    "kind": (HEAD.replace("forbidden", "rude"), 1, "", "kind 应为", "`kind` must be"),
    "kind-type": (HEAD.replace('"forbidden"', "[1]"), 1, "", "kind 应为", "`kind` must be"),
    "title": (HEAD.replace(', en = "Own"', ""), 1, "", "缺少 title", "`title"),
    "words": (HEAD + "words = [1]\n", 1, "", "words 应为", "`words` must be"),
    "file-key": (HEAD + "color = 1\n", 1, "", "不认识的键：color", "unknown key: color"),
    "inline": (HEAD + "phrase = [{}]\n", 1, "", "[[phrase]] 开头", "with [[phrase]]"),
    "not-a-table": (HEAD + "phrase = 3\n", 1, "", "[[phrase]] 开头", "with [[phrase]]"),
    "no-id": (HEAD + '\n[[phrase]]\ntext = "好"\n', 6, "", "缺少 id", "`id` is missing"),
    "no-text": (HEAD + entry(text=" "), 6, "a", "缺少 text", "`text` is missing"),
    "no-sources": (HEAD + entry(sources=""), 6, "a", "缺少 sources", "`sources` is missing"),
    "second": (HEAD + entry() + entry("b", sources=""), 11, "b", "缺少 sources", "`sources`"),
    "forms": (HEAD + entry(forms='"烦死"'), 6, "a", "forms 应为字符串列表", "`forms` must be"),
    "hit": (HEAD + entry(hit="[1]"), 6, "a", "hit 应为字符串列表", "`hit` must be"),
    "key": (HEAD + entry(colour="1"), 6, "a", "不认识的键：colour", "unknown key: colour"),
    "severity": (HEAD + entry(severity='"bad"'), 6, "a", "minor 或 serious", "minor, serious"),
    "span": (HEAD + entry(span="1"), 6, "a", "span 应为", "`span` must be"),
    "polite": (POLITE + entry(severity='"minor"'), 6, "a", "severity 只用于", "`severity` belongs"),
    "note": (HEAD + entry(note='"x"'), 6, "a", "note 应为", "`note` must be"),
    "allow": (
        HEAD + entry(allow='["all"]'),
        6,
        "a",
        "short, contained, homophone",
        "may hold only",
    ),
    "bracket": (
        HEAD + entry(forms='["烦[死人"]'),
        6,
        "a",
        "“烦[死人”括号不成对",
        "“烦[死人” has brackets",
    ),
    "too-many": (
        HEAD + entry(variants=f'["{"{a|b}" * 9}"]'),
        6,
        "a",
        "超过 400 种",
        "more than 400",
    ),
    "empty": (HEAD + entry(forms='["[烦]"]'), 6, "a", "没有文字", "no text"),
    "slot-only": (HEAD + entry(text="××"), 6, "a", "没有文字", "no text"),
    "twice": (
        HEAD + entry() + entry(text="别的话说"),
        11,
        "a",
        "id 已用于 bad.toml 第 6 行",
        "taken by bad.toml line 6",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_file_line_and_entry(name, folder):
    content, line, name_of_entry, zh, en = BAD[name]
    place = folder(bad=content)
    with pytest.raises(LexiconError) as caught:
        load_lexicon([place])
    named = f" {name_of_entry!r}" if name_of_entry else ""
    for lang, words in (("zh", zh), ("en", en)):
        said = caught.value.say(lang)
        assert f"{place / 'bad.toml'}:{line}{named}" in said
        assert words in said


def test_reading_goes_on_past_every_flaw(folder):
    broken = HEAD + entry(sources="", span='"x"') + entry("b") + entry("c", forms='["["]')
    place = folder(a="=", b=broken)
    reading = read_lexicon([place])
    found = [(flaw.file.stem, flaw.line, flaw.entry) for flaw in reading.flaws]
    assert found == [("a", 1, ""), ("b", 6, "a"), ("b", 6, "a"), ("b", 16, "c")]
    assert [phrase.id for phrase in reading.lexicon.phrases] == ["b"]


def test_a_missing_or_empty_folder_is_named(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(LexiconError) as caught:
            load_lexicon([lexicon_dir(), folder])
        assert all(str(folder) in caught.value.say(lang) for lang in LANGUAGES)


def test_a_later_file_of_the_same_name_replaces_the_earlier(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "own.toml").write_text(HEAD + entry(name), encoding="utf-8")
    lexicon = load_lexicon([tmp_path / "one", tmp_path / "two"])
    assert [phrase.id for phrase in lexicon.phrases] == ["two"]


def test_an_entry_is_read_whole(folder):
    keys = {
        "forms": '["{真|好}烦"]',
        "variants": '["烦透"]',
        "severity": '"minor"',
        "span": '"clause"',
        "except": '["煩惱"]',
        "hit": '["烦！"]',
        "miss": '["不烦。"]',
        "allow": '["short"]',
        "note": '{zh = "注", en = "note"}',
    }
    # The mark that Notepad writes before UTF-8 does not matter.
    place = folder(own=b"\xef\xbb\xbf" + (HEAD + 'words = ["一网通办"]\n' + entry(**keys)).encode())
    lexicon = load_lexicon([place])
    phrase = lexicon["a"]
    assert [(form.text, form.sanctioned) for form in phrase.forms] == [
        ("真烦", True), ("好烦", True), ("烦透", False),
    ]  # fmt: skip
    assert (phrase.severity, phrase.reach, phrase.polarity) == ("minor", "clause", "forbidden")
    assert phrase.excepts == ("烦恼",)
    assert (phrase.hits, phrase.misses, phrase.allow) == (("烦！",), ("不烦。",), ("short",))
    assert phrase.note is not None
    assert phrase.note.en == "note"
    assert (phrase.line, lexicon.words) == (7, ("一网通办",))
    assert lexicon.titles["own"].zh == "自己的"
    with pytest.raises(KeyError):
        lexicon["nothing"]


# ---- our own lists ----


@pytest.mark.parametrize("phrase", OURS.phrases, ids=lambda p: p.id)
def test_every_example_comes_out_as_its_entry_says(phrase, matcher):
    assert phrase.hits, "an entry without an example of what it is for"
    for sentence in phrase.hits:
        found = matcher.match([Utterance(0, sentence, "clerk")])
        assert phrase.list in {m.list for m in found if m.counted}, sentence
    for sentence in phrase.misses:
        found = matcher.match([Utterance(0, sentence, "clerk")])
        assert phrase.id not in {m.phrase_id for m in found if m.counted}, sentence


def test_our_own_lists_are_clean():
    assert check([lexicon_dir()]) == ()


def test_the_samples_accuse_of_phrases_the_lexicons_hold():
    texts = {phrase.text for phrase in OURS.phrases if phrase.polarity == "forbidden"}
    said = set()
    for file in sorted((ROOT / "samples").rglob("*.toml")):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for part in [table, *table.get("interaction", [])]:
            for turn in part.get("turn", []):
                said.update(turn.get("forbidden", []))
    assert len(said) > 10
    assert said <= texts


# ---- the linter ----


def finds(sentence):
    """Find the phrase whose id the sentence begins with."""
    return {sentence[0]}


# name: (files, level, file, line, entry, words of the complaint in Chinese, in English)
FOUND = {
    "short-1": (
        {"own": HEAD + entry(text="滚")},
        "error",
        "own",
        6,
        "a",
        "只有一个字",
        "is one character",
    ),
    "short-1-polite": (
        {"own": POLITE + entry(text="请")},
        "error",
        "own",
        6,
        "a",
        "只有一个字",
        "is one character",
    ),
    "short-2": (
        {"own": HEAD + entry(text="废人")},
        "warning",
        "own",
        6,
        "a",
        "只有两个字",
        "two characters",
    ),
    "double": (
        {"own": HEAD + entry() + entry("b", forms='["真是煩死人"]')},
        "error",
        "own",
        11,
        "b",
        "已在 a（own.toml 第 6 行）",
        "in a (own.toml line 6)",
    ),
    "double-variants": (
        {"own": HEAD + entry(text="你忙著去吧") + entry("b", "別的話", variants='["妳忙着去吧"]')},
        "error",
        "own",
        11,
        "b",
        "“你忙着去吧”已在",
        "“你忙着去吧” stands",
    ),
    "double-slot": (
        {"own": HEAD + entry(text="去问××吧") + entry("b", "去问×××吧")},
        "error",
        "own",
        11,
        "b",
        "“去问×吧”已在",
        "“去问×吧” stands",
    ),
    "double-lists": (
        {"one": HEAD + entry(), "two": OTHER + entry("b")},
        "warning",
        "two",
        6,
        "b",
        "词表 own",
        "the list own",
    ),
    "conflict": (
        {"one": HEAD + entry(), "two": POLITE + entry("b")},
        "error",
        "two",
        6,
        "b",
        "相同",
        "“真是烦死人” is “真是烦死人”",
    ),
    "conflict-sound": (
        {"one": HEAD + entry(), "two": POLITE + entry("b", "真事繁死人")},
        "error",
        "two",
        6,
        "b",
        "读音相同",
        "sounds like",
    ),
    "contained": (
        {"own": POLITE + entry(text="小心")},
        "warning",
        "own",
        6,
        "a",
        "常用词“小心翼翼”",
        "inside the ordinary “小心翼翼”",
    ),
    "across": (
        {"own": HEAD + entry(text="少废话")},
        "warning",
        "own",
        6,
        "a",
        "“最少废话”",
        "“最少废话”",
    ),
    "homophone": (
        {"own": HEAD + entry(text="烦人", allow='["short"]')},
        "warning",
        "own",
        6,
        "a",
        "“犯人”同音",
        "“犯人”, and a recogniser",
    ),
    "hit": (
        {"own": HEAD + entry(hit='["a", "x好"]')},
        "error",
        "own",
        6,
        "a",
        "“x好”没有命中",
        "“x好” under `hit`",
    ),
    "miss": (
        {"own": HEAD + entry(miss='["a好", "x好"]')},
        "error",
        "own",
        6,
        "a",
        "“a好”命中了",
        "“a好” under `miss`",
    ),
    "format": (
        {"own": HEAD + entry(sources="")},
        "error",
        "own",
        6,
        "a",
        "缺少 sources",
        "`sources` is missing",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_the_linter_finds(name, folder):
    files, level, file, line, name_of_entry, zh, en = FOUND[name]
    place = folder(**files, zz=OTHER + entry("x", "随便一句话"))
    found = [c for c in check([place], finds) if zh in c.text.zh]
    assert len(found) == 1
    assert (found[0].level, found[0].entry) == (level, name_of_entry)
    assert (found[0].file, found[0].line) == (place / f"{file}.toml", line)
    assert en in found[0].text.en


@pytest.mark.parametrize(
    "keys",
    [
        {"text": "废人", "allow": '["short"]'},
        {"text": "少废话", "allow": '["contained"]'},
        {"text": "少废话", "span": '"clause"'},
        {"text": "少废话", "except": '["最少", "年少", "老少"]'},
        {"text": "烦人", "allow": '["short", "homophone"]'},
        {"text": "烦人", "allow": '["short"]', "except": '["犯人"]'},
        {"text": "急什么"},  # 着急什么 is cut before 什么, so the phrase is never found there
        {"text": "[你]急什么呀", "forms": '["急什么呀", "[你]急什么呀"]'},  # twice in one entry
    ],
    ids=str,
)
def test_the_linter_lets_pass(keys, folder):
    assert check([folder(own=HEAD + entry(**keys))]) == ()


def test_the_linter_names_every_fault_of_every_file(folder):
    place = folder(
        a="=",
        b=HEAD.replace("schema = 1", "schema = 9") + entry("b", sources="", span='"x"'),
        c=HEAD + entry("c", text="滚") + entry("d", forms='["["]') + entry("d2", "真是烦"),
        d=POLITE + entry("e", "真是烦") + entry("d2", "别的话"),
    )
    found = [(c.file.stem, c.line, c.entry, c.level) for c in check([place])]
    assert found == [
        ("a", 1, "", "error"),
        ("b", 1, "", "error"),
        ("b", 6, "b", "error"),
        ("b", 6, "b", "error"),
        ("c", 6, "c", "error"),
        ("c", 11, "d", "error"),
        ("d", 6, "e", "error"),
        ("d", 11, "d2", "error"),
    ]


def test_the_own_entry_is_complained_of_not_the_built_in_one(tmp_path, folder):
    place = folder(aaa=POLITE + entry("own-1", "不归我管"))
    found = check([lexicon_dir(), place])
    assert {(c.file, c.entry) for c in found} == {(place / "aaa.toml", "own-1")}


# ---- the commands ----


@pytest.fixture
def run(monkeypatch):
    """Run a command in a language."""

    def run(lang, *words):
        monkeypatch.setattr(common, "LANG", lang)
        return CliRunner().invoke(app, words, env={"COLUMNS": "160"})

    return run


def test_check_prints_places_that_editors_understand(run, folder, monkeypatch):
    place = folder(own=HEAD + entry("x", sources=""), other=HEAD + entry("y", "废人"))
    monkeypatch.setenv("COURTESY_LEXICONS", str(place))
    for lang, sentence, counts in (
        ("zh", "缺少 sources", "1 个错误，1 个提醒"),
        ("en", "`sources` is missing", "1 error, 1 warning"),
    ):
        done = run(lang, "check")
        assert done.exit_code == 1
        assert f"{place / 'other.toml'}:6: warning: y: " in done.stdout
        assert f"{place / 'own.toml'}:6: error: x: {sentence}" in done.stdout
        assert counts in done.stdout.splitlines()[-1]


def test_check_tries_the_examples(run, folder, monkeypatch):
    good = entry(hit='["真是烦死人！"]', miss='["材料在二楼复印。"]')
    bad = entry("b", "你到底走不走", hit='["今天天气好"]', miss='["你到底走不走啊"]')
    monkeypatch.setenv("COURTESY_LEXICONS", str(folder(own=HEAD + good + bad)))
    done = run("en", "check")
    assert done.exit_code == 1
    hit, miss, _ = done.stdout.splitlines()
    assert "error: b: “今天天气好” under `hit`" in hit
    assert "error: b: “你到底走不走啊” under `miss`" in miss


def test_warnings_alone_are_no_failure(run, folder, monkeypatch):
    monkeypatch.setenv("COURTESY_LEXICONS", str(folder(own=HEAD + entry(text="废人"))))
    assert run("zh", "check").exit_code == 0


def test_a_missing_folder_ends_the_commands(run, tmp_path):
    for words in (("check",), ("list",), ("explain", "您好")):
        done = run("en", *words, "--lexicons", str(tmp_path / "nowhere"))
        assert done.exit_code == 1
        assert "nowhere" in done.stderr.replace("\n", "")


def test_list_names_phrases_severities_and_sources(run):
    done = run("zh", "list", "--list", "forbidden")
    assert done.exit_code == 0
    for words in ("急什么等一下", "严重", "S0 三(三)"):
        assert words in done.stdout
    count = sum(phrase.list == "forbidden" for phrase in OURS.phrases)
    assert f"forbidden（服务忌语）：{count} 条" in done.stdout
    assert "您好" not in done.stdout


def test_list_as_json_holds_everything(run):
    done = run("zh", "list", "--json")
    table = json.loads(done.stdout)
    assert table["lexicons"] == OURS.digest
    assert [p["id"] for p in table["phrases"]] == [p.id for p in OURS.phrases]
    one = next(p for p in table["phrases"] if p["id"] == "forbidden-go-ask-someone-else")
    assert "不知道你去问×" in one["forms"]


def test_an_unknown_list_names_the_known(run):
    done = run("en", "list", "--list", "nope")
    assert done.exit_code == 2
    assert "greeting" in done.stderr


# name: (sentence, role, lines of the explanation in Chinese, in English)
EXPLAINED = {
    "counted": (
        "急什麼，等一下！",
        "clerk",
        """统一成       急什么等一下
分句         急什么 | 等一下
词           急 | 什么 | 等 | 一下
读音         ji shen me deng yi xia

“急什么等一下”  forbidden-what-hurry-wait
听到         【急什麼，等一下】！
是什么       服务忌语 · 严重 · 原话 · 把握 100%
计入         字字相同
出处         S0 三(三)""",
        """normalized   急什么等一下
clauses      急什么 | 等一下
words        急 | 什么 | 等 | 一下
syllables    ji shen me deng yi xia

“急什么等一下”  forbidden-what-hurry-wait
heard        【急什麼，等一下】！
what         Forbidden phrases · serious · exact words · confidence 100%
counted      word for word
source       S0 三(三)""",
    ),
    "customer": (
        "急什么，等一下！",
        "customer",
        "不计入       是群众说的",
        "not counted  the customer said it",
    ),
    "unknown": (
        "急什么，等一下！",
        "unknown",
        "不计入       不能确定是谁说的",
        "not counted  it is not known who said it",
    ),
    "context": (
        "前面那个人骂我王八蛋。",
        "clerk",
        "不计入       是转述别人的话",
        "not counted  it reports what somebody else said",
    ),
    "nothing": ("材料在二楼复印。", "clerk", "没有命中", "Nothing matches"),
    "empty": ("……", "clerk", "没有命中", "Nothing matches"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", EXPLAINED)
def test_explain_says_what_a_sentence_is_taken_for(name, lang, run):
    sentence, role, zh, en = EXPLAINED[name]
    done = run(lang, "explain", sentence, "--role", role)
    assert done.exit_code == 0
    assert (zh if lang == "zh" else en) in done.stdout


def test_explain_shows_what_was_nearly_said(run, tmp_path, monkeypatch):
    (tmp_path / "strict.toml").write_text("[matching]\nblame = 1.0\n", encoding="utf-8")
    monkeypatch.setenv("COURTESY_CONFIG", str(tmp_path / "strict.toml"))
    (near,) = json.loads(run("zh", "explain", "催什么催！", "--json").stdout)["matches"]
    assert (near["standing"], near["counted"], near["how"]) == ("near", False, "wording")
    assert "不到 100%" in near["why"]


def test_explain_as_json(run):
    table = json.loads(run("en", "explain", "您好，請坐", "--json").stdout)
    assert table["normalized"] == "您好请坐"
    assert table["clauses"] == ["您好", "请坐"]
    assert "".join(table["words"]) == "您好请坐"
    assert table["syllables"] == ["nin", "hao", "qing", "zuo"]
    assert [(m["phrase_id"], m["span"]) for m in table["matches"] if m["counted"]] == [
        ("greeting-nin-hao", [0, 2]), ("service-please-sit", [3, 5]),
    ]  # fmt: skip


def test_explain_shows_markup_and_control_characters_as_they_are(run):
    done = run("en", "explain", "[red]您好\x1b[2J")
    assert "[red]【您好】" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("command", ["list", "check", "explain"])
def test_the_help_of_every_command_has_an_example(command, run):
    done = run("en", command, "--help")
    assert f"courtesy lexicon {command}" in done.stdout
