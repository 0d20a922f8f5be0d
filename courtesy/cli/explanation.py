"""How a sentence is judged, step by step, for people and for programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from courtesy.cli.common import T, console, say

if TYPE_CHECKING:  # the real imports wait for a command to run: `courtesy --help` must be quick
    from courtesy.lexicon import Lexicon
    from courtesy.records import Match

__all__ = [
    "found",
    "print_line",
    "print_match",
    "print_outcome",
    "print_steps",
    "reading_of",
    "several",
]


def reading_of(sentence: str, lexicon: "Lexicon") -> dict[str, Any]:
    """Return what a sentence is turned into before phrases are looked for."""
    from courtesy.text.normalize import normalize
    from courtesy.text.syllables import syllables
    from courtesy.text.tokens import tokenizer

    norm = normalize(sentence)
    return {
        "heard": sentence,
        "normalized": norm.text,
        "clauses": [norm.text[c.start : c.end] for c in norm.clauses],
        "words": [norm.text[w.start : w.end] for w in tokenizer(lexicon.words).cut(norm.text)],
        "syllables": list(syllables(norm.text)),
    }


def print_steps(sentence: str, lexicon: "Lexicon") -> None:
    """Print the same, one step a line."""
    steps = reading_of(sentence, lexicon)
    for label, value in (
        (T("听到", "heard"), sentence),
        (T("统一成", "normalized"), steps["normalized"]),
        (T("分句", "clauses"), " | ".join(steps["clauses"])),
        (T("词", "words"), " | ".join(steps["words"])),
        (T("读音", "syllables"), " ".join(steps["syllables"])),
    ):
        print_parts((_label(label), "dim"), (value, ""))


def print_match(match: "Match", sentence: str, lexicon: "Lexicon") -> None:
    """Print one match: the phrase, the words heard, and whether and why it counts."""
    from courtesy.report import names
    from courtesy.report.plain import percent

    style = ("red" if match.polarity == "forbidden" else "green") if match.counted else "yellow"
    severity = names.SEVERITIES.get(match.severity)
    facts = [
        say(lexicon.titles[match.list]),
        *([say(severity)] if severity else []),
        say(names.HOW[match.how]),
        *([T("相像 ", "likeness ") + percent(match.likeness)] if _differs(match) else []),
        T("把握 ", "confidence ") + percent(match.confidence),
    ]
    counted = T("计入", "counted") if match.counted else T("不计入", "not counted")
    start, end = match.span.start, match.span.end
    print_line("")
    print_parts((f"“{match.phrase}”", f"bold {style}"), (f"  {match.phrase_id}", "dim"))
    print_parts(
        (_label(T("听到", "heard")), "dim"),
        (sentence[:start], ""),
        (f"【{sentence[start:end]}】", style),
        (sentence[end:], ""),
    )
    print_parts((_label(T("是什么", "what")), "dim"), (" · ".join(facts), ""))
    if match.slots:
        print_parts((_label(T("空位", "slots")), "dim"), (" | ".join(match.slots), ""))
    print_parts((_label(counted), style), (say(match.why), ""))
    print_parts((_label(T("出处", "source")), "dim"), ("; ".join(match.sources), ""))


def print_outcome(matches: Sequence["Match"]) -> None:
    """Print how many matches there are; plainly when there is none."""
    counted = sum(match.counted for match in matches)
    print_line("")
    if matches:
        print_line(
            T(
                f"命中 {len(matches)} 处，计入 {counted} 处。",
                f"{several(len(matches), 'match', 'matches')}, {counted} counted.",
            )
        )
    else:
        print_line(
            T(
                "没有命中：词库里没有这样的礼貌用语或忌语，也没有相近的。",
                "Nothing matches: no courtesy and no forbidden phrase of the lexicons, "
                "nor anything near one.",
            )
        )


def found(match: "Match") -> dict[str, Any]:
    """Return a match for programs, its fields named as in the contract `courtesy/1`."""
    return {
        "phrase_id": match.phrase_id,
        "phrase": match.phrase,
        "list": match.list,
        "kind": match.polarity,
        "severity": match.severity,
        "source": "; ".join(match.sources),
        "heard": match.heard,
        "span": [match.span.start, match.span.end],
        "how": match.how,
        "slots": list(match.slots),
        "likeness": match.likeness,
        "confidence": match.confidence,
        "counted": match.counted,
        "standing": match.standing,
        "why": say(match.why),
    }


def _differs(match: "Match") -> bool:
    """Tell whether the program is more or less sure than the words alone would make it."""
    return abs(match.likeness - match.confidence) >= 0.01


def _label(label: str) -> str:
    """Pad a label to one width on a screen, where an ideograph takes two columns."""
    from rich.cells import cell_len

    return label + " " * max(1, 13 - cell_len(label))


def several(number: int, one: str, many: str = "") -> str:
    """Return a number with its English noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def print_line(text: str) -> None:
    """Print one line, as it is."""
    print_parts((text, ""))


def print_parts(*parts: tuple[str, str]) -> None:
    """Print a line of styled parts; nothing in them is taken for markup or moves the cursor."""
    from rich.text import Text as Line

    from courtesy.report.plain import visible

    console().print(
        Line.assemble(*((visible(text), style) for text, style in parts)), soft_wrap=True
    )
