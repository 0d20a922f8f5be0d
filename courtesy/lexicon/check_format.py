"""What the format asks of a lexicon file and of each entry, one sentence a breach.

A file holds `schema`, `list` (the list's name), `title` (in both languages), `kind` ("polite" or
"forbidden"), perhaps `words` that the tokenizer should keep whole, and entries:

    [[phrase]]
    id = "forbidden-what-hurry"        # unique over all files
    text = "急什么"                     # as the source has it
    sources = ["S0 三(三)"]             # documents and clauses; "ours" for an own addition
    forms = ["[你]急什么", "急什么呀"]    # the words that are sanctioned; without it, `text`
    variants = ["急个什么"]             # wordings of ours
    severity = "minor"                 # minor, serious or fatal; forbidden lists only
    threshold = 0.92                   # counts from this confidence on, if the settings ask less
    span = "clause"                    # counts only when it fills its clause; else "anywhere"
    excuse = "help"                    # help that follows makes it innocent (不知道，我帮您问);
                                       # the default with span = "clause", else "none"
    except = ["着急什么"]               # innocent texts that undo a match
    hit = ["你急什么！"]                # sentences that must match
    miss = ["别着急，什么都能办。"]       # sentences that must not
    quote = ["急什么，等一下"]           # the source's own words where `text` differs
    note = {zh = "…", en = "…"}
    allow = ["short"]                  # warnings of the linter that are accepted knowingly:
                                       # "short", "contained", "homophone"

A file of kind "wordings" holds `schema`, `title` and `classes`: lists of words of which one may
stand for another (讲 说 告诉).
"""

import itertools
from collections.abc import Iterator
from typing import Any

from courtesy.lexicon.phrases import MOST_FORMS, make_form, spell_out
from courtesy.messages import Text
from courtesy.text.normalize import normalize

SCHEMA = 1
WORDINGS = "wordings"
FILE_KEYS = {"schema", "list", "title", "kind", "phrase", "words"}
ALLOWABLE = ("short", "contained", "homophone")
_TEXTS = ("sources", "forms", "variants", "except", "hit", "miss", "quote", "allow")
_CHOICES = {
    "severity": ("minor", "serious", "fatal"),
    "span": ("anywhere", "clause"),
    "excuse": ("help", "none"),
}
PHRASE_KEYS = {"id", "text", "note", "threshold", *_TEXTS, *_CHOICES}


def file_flaws(table: dict[str, Any]) -> Iterator[Text]:
    """Yield what is wrong with a file apart from its entries."""
    yield from _unknown(table, FILE_KEYS)
    if table.get("schema") != SCHEMA:
        yield _wrong_schema(table)
    if not isinstance(table.get("list"), str) or not table["list"]:
        yield Text("缺少 list（词表名）", "`list` (the list's name) is missing")
    if table.get("kind") not in ("polite", "forbidden"):
        yield Text(
            "kind 应为 polite、forbidden 或 wordings",
            "`kind` must be polite, forbidden or wordings",
        )
    if not _two_languages(table.get("title")):
        yield Text('缺少 title = {zh = "…", en = "…"}', '`title = {zh = "…", en = "…"}` is missing')
    if not _all_strings(table.get("words", [])):
        yield Text("words 应为字符串列表", "`words` must be a list of strings")


def wordings_flaws(table: dict[str, Any]) -> Iterator[Text]:
    """Yield what is wrong with a file of words that stand for each other."""
    yield from _unknown(table, {"schema", "kind", "title", "classes"})
    if table.get("schema") != SCHEMA:
        yield _wrong_schema(table)
    classes = table.get("classes")
    if not isinstance(classes, list) or not all(
        _all_strings(words) and len(set(words)) > 1 for words in classes
    ):
        yield Text(
            '缺少 classes，或有一类不足两个词；写成 classes = [["讲", "说"], …]',
            '`classes` is missing or one has fewer than two words; write [["讲", "说"], …]',
        )
        return
    known: dict[str, str] = {}
    for word in itertools.chain.from_iterable(classes):
        read = normalize(word).text
        if not read:
            yield Text(f"“{word}”里没有文字", f"“{word}” holds no text")
        elif read in known:
            twice = word if word == known[read] else f"{known[read]}、{word}"
            yield Text(f"“{twice}”写了两次，只能留一处", f"“{twice}” is there twice; keep one")
        known.setdefault(read, word)


def entry_flaws(entry: dict[str, Any], kind: object) -> Iterator[Text]:
    """Yield what is wrong with one entry.

    Args:
        entry: as TOML has it.
        kind: the file's; whatever stands there.
    """
    yield from _unknown(entry, PHRASE_KEYS)
    for key in ("id", "text"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield Text(f"缺少 {key}", f"`{key}` is missing")
    for key in _TEXTS:
        if not _all_strings(entry.get(key, [])):
            yield Text(f"{key} 应为字符串列表", f"`{key}` must be a list of strings")
    if not entry.get("sources"):
        yield Text(
            '缺少 sources；自拟的写 ["ours"]',
            '`sources` is missing; write ["ours"] for an own addition',
        )
    yield from _choice_flaws(entry, kind)
    if not _share(entry.get("threshold", 1)):
        yield Text(
            "threshold 应为大于 0、不超过 1 的数", "`threshold` must be a number above 0, up to 1"
        )
    if "note" in entry and not _two_languages(entry["note"]):
        yield Text('note 应为 {zh = "…", en = "…"}', '`note` must be {zh = "…", en = "…"}')
    yield from _notation_flaws(entry)


def _choice_flaws(entry: dict[str, Any], kind: object) -> Iterator[Text]:
    for key, choices in _CHOICES.items():
        if key in entry and entry[key] not in choices:
            yield Text(
                f"{key} 应为 {' 或 '.join(choices)}", f"`{key}` must be one of {', '.join(choices)}"
            )
    if any(item not in ALLOWABLE for item in _strings(entry, "allow")):
        known = ", ".join(ALLOWABLE)
        yield Text(f"allow 里只能有：{known}", f"`allow` may hold only: {known}")
    if "severity" in entry and kind == "polite":
        yield Text(
            "severity 只用于 kind = forbidden", "`severity` belongs to kind = forbidden only"
        )


def _notation_flaws(entry: dict[str, Any]) -> Iterator[Text]:
    text = entry.get("text")
    spelt_from = [("forms", n) for n in _strings(entry, "forms")]
    if not entry.get("forms") and isinstance(text, str) and text.strip():
        spelt_from = [("text", text)]
    spelt_from += [("variants", n) for n in _strings(entry, "variants")]
    for key, notation in spelt_from:
        try:
            texts = spell_out(notation)
        except ValueError:
            yield Text(
                f"{key} 里的“{notation}”括号不成对，或展开后超过 {MOST_FORMS} 种说法",
                f"in `{key}`, “{notation}” has brackets that do not pair "
                f"or stands for more than {MOST_FORMS} forms",
            )
            continue
        if any(make_form(text, sanctioned=True).literal == 0 for text in texts):
            yield Text(
                f"{key} 里的“{notation}”有一个说法没有文字",
                f"in `{key}`, “{notation}” has a form that holds no text",
            )


def _wrong_schema(table: dict[str, Any]) -> Text:
    return Text(
        f"schema 应为 {SCHEMA}，却是 {table.get('schema')!r}",
        f"schema must be {SCHEMA}, not {table.get('schema')!r}",
    )


def _unknown(table: dict[str, Any], known: set[str]) -> Iterator[Text]:
    unknown = ", ".join(sorted(set(table) - known))
    if unknown:
        names = ", ".join(sorted(known))
        yield Text(
            f"不认识的键：{unknown}；可用：{names}", f"unknown key: {unknown}; known: {names}"
        )


def _share(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 < float(str(value)) <= 1


def _two_languages(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(k), str) for k in ("zh", "en"))


def _strings(entry: dict[str, Any], key: str) -> list[str]:
    """Return the list of strings under a key; none where it is something else."""
    value = entry.get(key, [])
    return list(value) if _all_strings(value) else []


def _all_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
