"""Why a phrase that is near enough is no match all the same: part of a word, a harmless saying.

What turns the meaning of a phrase round is not looked at here; see `context`.
"""

import bisect
import functools
import operator
import re
from collections.abc import Sequence

from courtesy.lexicon import Form, Phrase
from courtesy.matching.hits import Hit
from courtesy.matching.sounds import persons_differ
from courtesy.messages import Text
from courtesy.records import NormText, Span
from courtesy.text.tokens import Tokens

# A phrase this short is believed only when it is exact or stands alone.
_SHORT = 2
# Insults are short and sound like harmless words (白痴 and 白吃), so sound alone does not do.
_INSULT = 6
# Clauses whose words are kept.
_REMEMBERED = 20_000
# Words of the dictionary that are longer are names and sayings.
_LONGEST_WORD = 6
# What may stand beside a phrase that has to fill its clause.
_EDGE_BEFORE = frozenset("我你您也这个那真都就先啊嗯哎唉呃他说")
_EDGE_AFTER = frozenset("啊呀呢吧了的嘛哦吗哈")
# What is asked or named after 不知道 and 不清楚 is no refusal.
_ASKS = re.compile(
    "[谁哪几吗您你]|什么|怎么|怎样|多少|[是能可]否|与否|何时|还是|没有|有无|(.)[不没]\\1|多[大久长远]|的"
)
_IGNORANT = re.compile("知道|清楚|晓得")
# Clauses and pauses stand in order and are looked up by halving: in a long line with thousands of
# phrases each would else be compared with each.
_START, _END = operator.attrgetter("start"), operator.attrgetter("end")


class Exclusions:
    """What a word is, and where one ends; one serves any number of texts."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        # Clauses come again and again; cutting them into words is dear.
        self._words = functools.lru_cache(maxsize=_REMEMBERED)(tokens.cut)
        self._joined = functools.lru_cache(maxsize=_REMEMBERED)(self._makes_a_word)

    def reason(self, norm: NormText, hit: Hit) -> Text | None:
        """Return why a hit is no match though near enough; None when it is one."""
        form, span = hit.form, hit.span
        fatal = hit.phrase.severity == "fatal"
        if not hit.verbatim and form.literal <= _SHORT and not _alone(norm, span):
            return Text("太短，又不是原话", "too short to be more than like it")
        if not hit.verbatim and fatal and form.literal <= _INSULT:
            return Text("骂人的话要字字相同才算", "an insult must be word for word")
        if hit.forbids and "您" in hit.heard and "您" not in form.text and "你" in form.text:
            return Text("说的是“您”，这句忌语说的是“你”", "it says 您, where the phrase has 你")
        if _another_person(form, norm, span):
            return Text("说的是另一个人", "it is about another person")
        if hit.phrase.reach == "clause" and not _alone(norm, span):
            return Text("只是句子的一部分，不是单独说的", "part of a sentence, not said by itself")
        if hit.forbids and self._pauses_in_a_word(hit, norm):
            return Text("当中有停顿，断在词里", "there is a pause inside one of its words")
        if self._cuts_a_word(hit, norm):
            return Text("是一个普通词的一部分", "it is part of an ordinary word")
        if _excepted(hit.phrase, norm, span):
            return Text("词库说明这样说不算", "the lexicon says that this is harmless")
        return None

    def _cuts_a_word(self, hit: Hit, norm: NormText) -> bool:
        """Tell whether the match cuts an ordinary word in two, as 急什么 does in 着急什么.

        A courtesy may lie whole inside a longer word (谢谢 in 谢谢您); an accusation may not.
        """
        span = hit.span
        for clause in _clauses(norm, span):
            if not self._may_cut(norm.text, clause, span):
                continue
            words = self._words(norm.text[clause.start : clause.end])
            # Words cover their clause without gaps, so those that the span touches lie together.
            first = bisect.bisect_right(words, span.start - clause.start, key=_END)
            last = bisect.bisect_left(words, span.end - clause.start, key=_START)
            for word in words[first:last]:
                start, end = word.start + clause.start, word.end + clause.start
                if span.start <= start and end <= span.end:
                    continue
                whole = start <= span.start and span.end <= end
                if not whole or hit.forbids:
                    return True
        return False

    def _may_cut(self, text: str, clause: Span, span: Span) -> bool:
        """Tell whether the dictionary has a word over an edge of the span: quicker than cutting."""
        return any(
            self._joined(
                text[max(clause.start, edge - _LONGEST_WORD + 1) : edge],
                text[edge : min(clause.end, edge + _LONGEST_WORD - 1)],
            )
            for edge in (span.start, span.end)
            if clause.start < edge < clause.end
        )

    def _makes_a_word(self, before: str, after: str) -> bool:
        """Tell whether the end of one text and the beginning of another make a word together."""
        return any(
            self._tokens.frequency(before[-left:] + after[:right])
            for left in range(1, len(before) + 1)
            for right in range(1, min(len(after), _LONGEST_WORD - left) + 1)
        )

    def _pauses_in_a_word(self, hit: Hit, norm: NormText) -> bool:
        """Tell whether a clause ends inside a word of the phrase: 还好，意思说 for 还好意思说."""
        pauses = [c.end for c in _clauses(norm, hit.span)[:-1]]
        words = [hit.form.text[w.start : w.end] for w in self._words(hit.form.text) if len(w) > 1]
        # The two sides of a pause together make a word that the phrase holds as one.
        return any(
            norm.text[pause - left : pause - left + len(word)] == word
            for pause in pauses
            for word in words
            for left in range(1, len(word))
        )


def _another_person(form: Form, norm: NormText, span: Span) -> bool:
    """Tell whether another person stands where the phrase's own pronoun was left out."""
    if not span.start or norm.text[span.start] == form.text[0]:
        return False
    return persons_differ(form.text[0], norm.text[span.start - 1])


def _alone(norm: NormText, span: Span) -> bool:
    """Tell whether the span fills its clause, small words at the edges aside.

    A clause ends at a mark or where the speaker paused, and at a breath too, unless what follows
    may be what is not known (不知道，孩子跟谁姓).
    """
    ignorant = _IGNORANT.search(norm.text, span.start, span.end) is not None
    start = _edge_before(norm, span.start)
    before = norm.text[start : span.start]
    if not (len(before) <= 3 and set(before) <= _EDGE_BEFORE):
        return False
    if not ignorant:
        return ends_clause(norm, span)
    mark = _clauses(norm, span)[-1].end
    end = min(mark, _next(norm.pauses, span.end, mark))
    return _particles(norm, span.end, end) and not _ASKS.search(norm.text, end, mark)


def ends_clause(norm: NormText, span: Span) -> bool:
    """Tell whether the span ends its clause, particles aside, with a mark, a pause or a breath."""
    mark = _clauses(norm, span)[-1].end
    end = min(mark, _next(norm.pauses, span.end, mark), _next(norm.breaths, span.end, mark))
    return _particles(norm, span.end, end)


def _particles(norm: NormText, start: int, end: int) -> bool:
    """Tell whether a stretch holds only particles; looks no further than the first other."""
    return all(norm.text[at] in _EDGE_AFTER for at in range(start, end))


def _clauses(norm: NormText, span: Span) -> tuple[Span, ...]:
    """Return the clauses that hold some of the span; they cover the text without gaps."""
    first = bisect.bisect_right(norm.clauses, span.start, key=_END)
    last = bisect.bisect_left(norm.clauses, span.end, key=_START)
    return norm.clauses[first:last]


def _edge_before(norm: NormText, at: int) -> int:
    """Return the last beginning of a clause or pause that is no later than `at`."""
    clause = norm.clauses[bisect.bisect_right(norm.clauses, at, key=_START) - 1].start
    pause = bisect.bisect_right(norm.pauses, at)
    return max(clause, norm.pauses[pause - 1]) if pause else clause


def _next(edges: Sequence[int], at: int, otherwise: int) -> int:
    """Return the first of sorted edges that is no earlier than `at`; `otherwise` if none is."""
    place = bisect.bisect_left(edges, at)
    return edges[place] if place < len(edges) else otherwise


def _excepted(phrase: Phrase, norm: NormText, span: Span) -> bool:
    for innocent in phrase.excepts:
        # Only where it would touch the span.
        least, most = max(0, span.start - len(innocent) + 1), span.end + len(innocent) - 1
        at = norm.text.find(innocent, least, most)
        while at >= 0:
            found = Span(at, at + len(innocent))
            if found.overlaps(span) and not _paused(norm, found):
                return True
            at = norm.text.find(innocent, at + 1, most)
    return False


def _paused(norm: NormText, innocent: Span) -> bool:
    """Tell whether a pause parts one last character from an innocent text.

    没用上 is one word; 没用，上面规定的 is not.
    """
    last = innocent.end - 1
    return last in (_next(norm.breaths, last, -1), _edge_before(norm, last))
