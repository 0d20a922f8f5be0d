"""Why a phrase that is near enough is no match all the same: part of a word, a harmless saying.

What turns the meaning of a phrase round is not looked at here; see `context`.
"""

import bisect
import functools
import re

from courtesy.lexicon import SLOT, Form
from courtesy.matching.clauses import END, START, begin, clauses_of, end, parted
from courtesy.matching.hits import Hit
from courtesy.matching.sounds import FILLERS, persons_differ
from courtesy.matching.trace import trace
from courtesy.messages import Text
from courtesy.records import NormText, Span
from courtesy.text.syllables import readings, toneless
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
_EDGE_AFTER = frozenset("啊呀呢吧了的嘛哦吗哈呗咯喽嘞啦喔噢哟噻")
_CALLED = re.compile(
    "^.{0,2}(?:先生|女士|师傅|同志|老板|同学|老师)|^大[哥姐爷妈叔娘伯]"
    "|^(?:阿[姨婆公伯]|叔叔|伯伯|婆婆|爷爷|奶奶|[嬢孃]{2}|老人家|老乡|小伙子|姑娘|兄弟|幺妹)"
)
# What may follow a phrase without a mark: a new sentence begins there. 爱办不办你走吧 goes on about
# something else, 爱办不办卡都行 does not.
_NEXT = re.compile(
    "(?:你|我|您|他|她|咱|别(?!的)|下一|走|后面|前面|快|叫|问|去(?!的)|反正|随便|爱|这|那|就(?:是|这|那)|哪|谁|没|还[问来看]|说[什也]|懂什么|烦|真|也没用|先生|女士|同志|阿姨|师傅|大爷)"
)
# With these a sentence is over, and what follows is another.
_FINAL = frozenset("吧吗呢啦")
# What is asked or named after 不知道 and 不清楚 is no refusal.
_ASKS = re.compile(
    "[谁哪几吗您你]|什么|怎么|怎样|多少|[是能可]否|与否|何时|还是|没有|有无|(.)[不没]\\1|多[大久长远]|的"
)
_IGNORANT = re.compile("知道|清楚|晓得")
# No further is looked than this for what stands beside a phrase.
_FAR = 20


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
        if not hit.verbatim and form.literal <= _SHORT and not _alone(norm, span):
            return Text("太短，又不是原话", "too short to be more than like it")
        if hit.phrase.severity == "fatal" and not _to_the_letter(hit):
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
        if _excepted(hit, norm):
            return Text("词库说明这样说不算", "the lexicon says that this is harmless")
        open_end = form.text[-1] != SLOT and hit.heard[-1] not in _FINAL
        if hit.forbids and open_end and _goes_on(norm, span):
            return Text("后面还有话，意思可能不同", "it goes on, and so may mean something else")
        return None

    def _cuts_a_word(self, hit: Hit, norm: NormText) -> bool:
        """Tell whether the match cuts an ordinary word in two, as 急什么 does in 着急什么.

        A courtesy may lie whole inside a longer word (谢谢 in 谢谢您); an accusation may not.
        """
        span = hit.span
        for clause in clauses_of(norm, span):
            if not self._may_cut(norm.text, clause, span):
                continue
            words = self._words(norm.text[clause.start : clause.end])
            # Words cover their clause without gaps, so those that the span touches lie together.
            first = bisect.bisect_right(words, span.start - clause.start, key=END)
            last = bisect.bisect_left(words, span.end - clause.start, key=START)
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
        pauses = [c.end for c in clauses_of(norm, hit.span)[:-1]]
        words = [hit.form.text[w.start : w.end] for w in self._words(hit.form.text) if len(w) > 1]
        # The two sides of a pause together make a word that the phrase holds as one.
        return any(
            norm.text[pause - left : pause - left + len(word)] == word
            for pause in pauses
            for word in words
            for left in range(1, len(word))
        )


def _to_the_letter(hit: Hit) -> bool:
    """Tell whether an insult stands there word for word, or, if long, sound for sound.

    Small words between its own change nothing (再吵就把你轰出去), but none of its own may be
    missing: 谁说不给你办 is not 再说就不给你办.
    """
    by_sound = hit.form.literal > _INSULT
    return hit.verbatim or all(
        step.phrase == step.heard
        or (not step.phrase and step.heard in FILLERS)
        or (by_sound and _sound_alike(step.phrase, step.heard))
        for step in trace(hit.form, hit.heard)
    )


def _sound_alike(one: str, other: str) -> bool:
    """Tell whether two characters can be read as the same syllable."""
    sounds = {toneless(sound) for sound in readings(one)} if one else set()
    return any(toneless(sound) in sounds for sound in readings(other)) if other else False


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
    start = begin(norm, span.start)
    before = _CALLED.sub("", norm.text[max(start, span.start - _FAR) : span.start])
    if not (len(before) <= 3 and set(before) <= _EDGE_BEFORE):
        return False
    if not ignorant:
        return ends_clause(norm, span)
    stop = end(norm, span, breaths=False)
    mark = clauses_of(norm, span)[-1].end
    return _particles(norm, span.end, stop) and not _ASKS.search(norm.text, stop, mark)


def _goes_on(norm: NormText, span: Span) -> bool:
    """Tell whether the clause goes on behind the span with what may belong to it."""
    stop = min(end(norm, span, breaths=True), span.end + _FAR)
    after = norm.text[span.end : stop].lstrip("".join(_EDGE_AFTER))
    return bool(after) and not _NEXT.match(after)


def ends_clause(norm: NormText, span: Span) -> bool:
    """Tell whether the span ends its clause, particles aside, with a mark, a pause or a breath."""
    return _particles(norm, span.end, end(norm, span, breaths=True))


def _particles(norm: NormText, start: int, end: int) -> bool:
    """Tell whether a stretch holds only particles; looks no further than the first other."""
    return all(norm.text[at] in _EDGE_AFTER for at in range(start, end))


def _excepted(hit: Hit, norm: NormText) -> bool:
    """Tell whether the match touches a text that the lexicon calls innocent.

    Where words of the phrase were swapped, the text is read with the phrase's own:
    银行关门了，明天再来 is as innocent as 银行下班了，明天再来.
    """
    text, span = norm.text, hit.span
    if hit.form.swapped:
        own = hit.heard
        for word, was in hit.form.swapped:
            own = own.replace(word, was)
        before = text[max(0, span.start - _FAR) : span.start]
        text = before + own + text[span.end : span.end + _FAR]
        span = Span(len(before), len(before) + len(own))
    for innocent in hit.phrase.excepts:
        # Only where it would touch the span.
        least, most = max(0, span.start - len(innocent) + 1), span.end + len(innocent) - 1
        at = text.find(innocent, least, most)
        while at >= 0:
            found = Span(at, at + len(innocent))
            # 没用上 is one word; 没用，上面规定的 is not.
            if found.overlaps(span) and not (text is norm.text and parted(norm, found.end - 1)):
                return True
            at = text.find(innocent, at + 1, most)
    return False
