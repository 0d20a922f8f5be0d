"""A linter for lexicons: what the loader refuses, all of it, and what would accuse the innocent.

It goes on after a flaw, so that one run names everything. Beside the format it looks for phrases
that stand twice, for forms so short or so ordinary that harmless speech holds them, and for
examples that do not come out as the entry says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from courtesy.lexicon.check_words import Ordinary
from courtesy.lexicon.load import read_lexicon
from courtesy.lexicon.phrases import SLOT, Form, Lexicon, Phrase, make_form
from courtesy.messages import Text

Level = Literal["error", "warning"]
# Says which phrases count in a sentence, by their ids.
Finds = Callable[[str], set[str]]

# A forbidden form this short stands in too much harmless speech.
_SHORT = 2
# Forms up to this length are looked up among the ordinary words; longer ones are no accident.
_LOOKED_UP = 3
# A courtesy wrongly heard costs nobody anything, so it is looked up by its sound only up to here.
_LOOKED_UP_POLITE = 2
# Words that a complaint names.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong, or may be.

    Attributes:
        file: where it stands.
        line: the line of the entry's `[[phrase]]`, from 1.
        entry: the entry's id; empty where the file as a whole is meant.
        level: "error" for what makes the entry unusable or contradictory.
        text: what it is and what to do about it.
    """

    file: Path
    line: int
    entry: str
    level: Level
    text: Text


def check(
    folders: Sequence[Path], finds: Finds | None = None, examples: Path | None = None
) -> tuple[Complaint, ...]:
    """Return all that is wrong with the lexicons of the folders, in order of files and lines.

    Args:
        folders: the built-in folder first, the users' own after it.
        finds: tells which phrases count in a sentence that a clerk says; None leaves the examples
            under `hit` and `miss` untried.
        examples: the only file whose examples are tried; None tries those of all files.

    Raises:
        LexiconError: a folder is missing or holds no TOML file.
    """
    reading = read_lexicon(folders)
    found = [
        Complaint(
            flaw.file,
            flaw.line,
            flaw.entry,
            "error",
            Text(f"{flaw.text.zh}。", f"{flaw.text.en}."),
        )
        for flaw in reading.flaws
    ]
    rank = {folder: i for i, folder in enumerate(folders)}
    phrases = sorted(reading.lexicon.phrases, key=lambda p: (rank[p.file.parent], p.file, p.line))
    ordinary = Ordinary(reading.lexicon.words, [f.text for p in phrases for f in p.forms])
    found += _doubles(phrases)
    for phrase in phrases:
        for form in phrase.forms:
            found += _short(phrase, form)
            if SLOT not in form.text:
                found += _contained(phrase, form, ordinary)
                found += _homophone(phrase, form, ordinary)
    if finds:
        found += _examples(reading.lexicon, finds, examples)
    return tuple(sorted(found, key=lambda c: (rank[c.file.parent], c.file, c.line, c.level)))


def _doubles(phrases: Sequence[Phrase]) -> Iterator[Complaint]:
    """Yield what two entries share; the later one of the two is complained of.

    Texts are compared as they are matched: 請 is 请, 著 is 着, 妳 is 你.
    """
    by_text: dict[str, Phrase] = {}
    by_sound: dict[tuple[str, ...], list[tuple[Phrase, str]]] = defaultdict(list)
    for phrase in phrases:
        said: set[str] = set()
        for form in (make_form(phrase.text, sanctioned=True), *phrase.forms):
            if form.text in said:
                continue
            said.add(form.text)
            other = by_text.setdefault(form.text, phrase)
            if other is not phrase and other.polarity == phrase.polarity:
                yield _double(phrase, form, other)
        for form in phrase.forms:
            rival = next(
                ((p, t) for p, t in by_sound[form.syllables] if p.polarity != phrase.polarity), None
            )
            if rival:
                yield _conflict(phrase, form, *rival)
            by_sound[form.syllables].append((phrase, form.text))


def _double(phrase: Phrase, form: Form, other: Phrase) -> Complaint:
    text, where = _shown(form.text), _where(other)
    if other.list == phrase.list:
        return _complaint(
            phrase,
            "error",
            Text(
                f"“{text}”已在 {where.zh} 里；请删去一处。",
                f"“{text}” stands in {where.en} already; delete one of the two.",
            ),
        )
    return _complaint(
        phrase,
        "warning",
        Text(
            f"“{text}”也在词表 {other.list} 的 {where.zh} 里，会算作两种；请只留一处。",
            f"“{text}” also stands in the list {other.list}, in {where.en}, "
            "and counts as both; keep one.",
        ),
    )


def _conflict(phrase: Phrase, form: Form, other: Phrase, rival: str) -> Complaint:
    where = _where(other)
    same = form.text == rival
    zh, en = ("相同", "is") if same else ("读音相同", "sounds like")
    return _complaint(
        phrase,
        "error",
        Text(
            f"“{_shown(form.text)}”与 {where.zh} 的“{_shown(rival)}”{zh}，"
            "而一条是礼貌用语，一条是忌语；请改掉一处。",
            f"“{_shown(form.text)}” {en} “{_shown(rival)}” in {where.en}, and "
            "one of the two is a courtesy, the other forbidden; change one.",
        ),
    )


def _short(phrase: Phrase, form: Form) -> Iterator[Complaint]:
    text = _shown(form.text)
    if form.literal == 1:
        yield _complaint(
            phrase,
            "error",
            Text(
                f"“{text}”只有一个字，到处都会命中；请写长一些。",
                f"“{text}” is one character long and would be found everywhere; make it longer.",
            ),
        )
    elif form.literal <= _SHORT and phrase.polarity == "forbidden" and "short" not in phrase.allow:
        yield _complaint(
            phrase,
            "warning",
            Text(
                f'忌语“{text}”只有两个字，容易误伤；请写长一些，或写 allow = ["short"]。',
                f"the forbidden “{text}” is two characters long and easily found in harmless "
                'speech; make it longer or write allow = ["short"].',
            ),
        )


def _contained(phrase: Phrase, form: Form, ordinary: Ordinary) -> Iterator[Complaint]:
    if not _SHORT <= form.literal <= _LOOKED_UP:
        return
    if phrase.reach == "clause" or "contained" in phrase.allow:
        return
    words = ordinary.containing(form.text, phrase.excepts)
    if words:
        yield _complaint(
            phrase,
            "warning",
            Text(
                f"“{_shown(form.text)}”就在常用词{_named(words).zh}里；"
                '请把这些词写进 except，或写 span = "clause"，或写 allow = ["contained"]。',
                f"“{_shown(form.text)}” stands inside the ordinary {_named(words).en}; put them "
                'under except, or write span = "clause" or allow = ["contained"].',
            ),
        )
    pairs = ordinary.across(form.text, phrase.excepts)
    if pairs:
        yield _complaint(
            phrase,
            "warning",
            Text(
                f"常用词连起来会读成“{_shown(form.text)}”：{_named(pairs).zh}；"
                '请写进 except，或写 span = "clause"，或写 allow = ["contained"]。',
                f"ordinary words side by side read as “{_shown(form.text)}”: {_named(pairs).en}; "
                'put them under except, or write span = "clause" or allow = ["contained"].',
            ),
        )


def _homophone(phrase: Phrase, form: Form, ordinary: Ordinary) -> Iterator[Complaint]:
    most = _LOOKED_UP if phrase.polarity == "forbidden" else _LOOKED_UP_POLITE
    if form.literal > most or "homophone" in phrase.allow:
        return
    words = ordinary.sounding_like(form, phrase.excepts)
    if words:
        yield _complaint(
            phrase,
            "warning",
            Text(
                f"“{_shown(form.text)}”与常用词{_named(words).zh}同音，识别时分不清；"
                '请把这些词写进 except，或写 allow = ["homophone"]。',
                f"“{_shown(form.text)}” sounds like the ordinary {_named(words).en}, and a "
                "recogniser cannot tell them apart; put them under except, or write "
                'allow = ["homophone"].',
            ),
        )


def _examples(lexicon: Lexicon, finds: Finds, only: Path | None) -> Iterator[Complaint]:
    lists = {phrase.id: phrase.list for phrase in lexicon.phrases}
    for phrase in lexicon.phrases:
        if only not in {None, phrase.file}:
            continue
        for sentence in phrase.hits:
            if phrase.list not in {lists.get(found) for found in finds(sentence)}:
                yield _complaint(
                    phrase,
                    "error",
                    Text(
                        f"hit 里的“{sentence}”没有命中；请把它的说法写进 variants，或去掉这句。",
                        f"“{sentence}” under `hit` is not found; put its wording under variants, "
                        "or delete the sentence.",
                    ),
                )
        for sentence in phrase.misses:
            if phrase.id in finds(sentence):
                yield _complaint(
                    phrase,
                    "error",
                    Text(
                        f"miss 里的“{sentence}”命中了；请把无辜的说法写进 except，或去掉这句。",
                        f"“{sentence}” under `miss` is found; put the innocent wording under "
                        "except, or delete the sentence.",
                    ),
                )


def _complaint(phrase: Phrase, level: Level, text: Text) -> Complaint:
    return Complaint(phrase.file, phrase.line, phrase.id, level, text)


def _where(phrase: Phrase) -> Text:
    return Text(
        f"{phrase.id}（{phrase.file.name} 第 {phrase.line} 行）",
        f"{phrase.id} ({phrase.file.name} line {phrase.line})",
    )


def _shown(form: str) -> str:
    return form.replace(SLOT, "×")


def _named(words: Sequence[str]) -> Text:
    """Name the first few words."""
    first, more = words[:_NAMED], len(words) > _NAMED
    return Text(
        "".join(f"“{word}”" for word in first) + ("等" if more else ""),
        ", ".join(f"“{word}”" for word in first) + (" and others" if more else ""),
    )
