"""Find every phrase of the lexicons in the source document it names.

Run by hand, since the documents are not part of the repository:

    python tests/sources/find_phrases.py --sources DIR [--lexicons DIR]

``DIR`` holds the four documents, known by the beginning of their names: ``000_`` is S0, ``001_``
S1, ``002_`` S2, ``003_`` S3. A phrase is looked for by its ``text``, or by each of its ``quote``
where our wording had to differ, in every document it names. An entry of our own that names a
clause ("ours" first) quotes nothing; there the category words, as in ``S2 侮辱、威胁``, are looked
for instead. Numbered clauses are not resolved: only the document is searched.

Exit status: 0 all found, 1 something was not found, 2 the documents or lexicons cannot be read.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PREFIXES = {"S0": "000_", "S1": "001_", "S2": "002_", "S3": "003_"}
NOT_PHRASES = {"rubric.toml"}

# What OpenCC's t2s leaves, and how each document's own words read in ours (after t2s).
EVERYWHERE = (("著", "着"), ("甚么", "什么"), ("妳", "你"), ("裡", "里"))
OWN_WORDS = {
    "S0": (("视窗", "窗口"), ("程式", "程序"), ("联络", "联系"), ("答覆", "答复")),
    "S1": (("效劳", "服务"), ("那么", "则")),
}
# A clause number as rules.md writes it: 三(一)5, 二.6 第四, 附件二 9, 第六条, 遂宁 三.2, 四.7.
CLAUSE_NUMBER = re.compile(r"^(遂宁 |附件|第|制度)?[一二三四五六七八九十\d]+[.(（ 条]?")


class CannotReadError(Exception):
    """A document or a lexicon is missing or broken."""


@dataclass(frozen=True)
class Wanted:
    """One string that must stand in one document."""

    phrase_id: str
    document: str
    wording: str


@cache
def simplifier() -> Any:
    """OpenCC's t2s, or None where the package is not installed."""
    try:
        from opencc import OpenCC
    except ImportError:
        return None
    return OpenCC("t2s")


def fold(text: str, document: str) -> str:
    """Bring source text and our text to one form: script, width, words; no punctuation, no ×."""
    text = unicodedata.normalize("NFKC", text)
    converter = simplifier()
    if converter is not None:
        text = converter.convert(text)
    for old, new in (*EVERYWHERE, *OWN_WORDS.get(document, ())):
        text = text.replace(old, new)
    return "".join(c for c in text if unicodedata.category(c)[0] in "LN")


def read_documents(folder: Path) -> dict[str, str]:
    """Read and fold the four documents.

    S1 breaks a phrase over two pages (不-1- 知道), so page marks go before the folding.
    """
    documents = {}
    for name, prefix in PREFIXES.items():
        found = sorted(folder.glob(f"{prefix}*.txt"))
        if len(found) != 1:
            message = f"{folder}: expected one file {prefix}*.txt, found {len(found)}"
            raise CannotReadError(message)
        text = found[0].read_text(encoding="utf-8")
        documents[name] = fold(re.sub(r"-\d+-\s*", "", text), name)
    return documents


def read_phrases(folder: Path) -> list[dict[str, Any]]:
    """Read the entries of every lexicon in ``folder``."""
    phrases: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name in NOT_PHRASES:
            continue
        try:
            phrases += tomllib.loads(path.read_text(encoding="utf-8")).get("phrase", [])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            message = f"{path}: {error}"
            raise CannotReadError(message) from error
    if not phrases:
        message = f"{folder}: no phrases"
        raise CannotReadError(message)
    return phrases


def categories(phrase: dict[str, Any]) -> list[Wanted]:
    """The category words that an entry of our own names, as in ``S2 侮辱、威胁``."""
    wanted = []
    for source in phrase["sources"]:
        document, _, clause = source.partition(" ")
        if document in PREFIXES and not CLAUSE_NUMBER.match(clause):
            wanted += [Wanted(phrase["id"], document, word) for word in clause.split("、")]
    return wanted


def missing_quotes(phrase: dict[str, Any], documents: dict[str, str]) -> list[Wanted]:
    """What a phrase quotes and no document holds; each document must hold at least one."""
    wordings = phrase.get("quote", [phrase["text"]])
    named = sorted({source.split(" ")[0] for source in phrase["sources"]} & PREFIXES.keys())
    missing = []
    for document in named:
        held = [fold(w, document) in documents[document] for w in wordings]
        if not any(held):
            missing.append(Wanted(phrase["id"], document, wordings[0]))
    for wording in wordings:
        if not any(fold(wording, document) in documents[document] for document in named):
            missing.append(Wanted(phrase["id"], "/".join(named), wording))
    return list(dict.fromkeys(missing))


def main(arguments: list[str] | None = None) -> int:
    """Check all lexicons and print what is not found."""
    parser = argparse.ArgumentParser(description="Find each lexicon phrase in its source.")
    parser.add_argument("--sources", type=Path, required=True, help="folder of the documents")
    parser.add_argument("--lexicons", type=Path, default=ROOT / "lexicons")
    options = parser.parse_args(arguments)
    try:
        documents = read_documents(options.sources)
        phrases = read_phrases(options.lexicons)
    except (CannotReadError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if simplifier() is None:
        print("warning: opencc is not installed, Traditional text is not folded", file=sys.stderr)
    found, ours, missing = 0, 0, []
    for phrase in phrases:
        if phrase["sources"][0] == "ours":
            ours += 1
            named = categories(phrase)
            missing += [
                w for w in named if fold(w.wording, w.document) not in documents[w.document]
            ]
            continue
        lost = missing_quotes(phrase, documents)
        missing += lost
        found += not lost
    for wanted in missing:
        print(f"not found: {wanted.phrase_id}: {wanted.wording} ({wanted.document})")
    print(f"{found} phrases found, {ours} of our own")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
