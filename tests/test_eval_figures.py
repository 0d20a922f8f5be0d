"""The figures of an evaluation, where the right ones are known by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtesy.evaluation.calibration import Trial, calibration, trials_of
from courtesy.evaluation.claims import Claim, claims_of, home, pair_up
from courtesy.evaluation.conditions import CLEAN
from courtesy.evaluation.gold import Encounter, Gold, Turn, as_transcript
from courtesy.evaluation.hearing import errors_in
from courtesy.evaluation.intervals import Rate, Share, error_rate, scored
from courtesy.evaluation.measure import Tally
from courtesy.evaluation.outcome import outcome_of
from courtesy.evaluation.run import with_gold_roles
from courtesy.evaluation.summary import ALL, POLITE, summarise
from courtesy.evaluation.truth import Instance, Phrasebook, Truth, truth_of
from courtesy.matching.plain import PlainMatcher
from courtesy.messages import Text
from courtesy.records import (
    Fault,
    Finding,
    Heard,
    Interaction,
    Match,
    Recording,
    Scorecard,
    Span,
    Utterance,
)

POLARITIES = {"forbidden": "forbidden", "abuse": "forbidden", "greeting": "polite"}


def turn(role, text, start, end, *forbidden, courtesies=None):
    return Turn(role, text, start, end, forbidden, courtesies=courtesies)


def gold_of(*turns, clerk=None, **rules):
    return Gold(
        "x", "", "counter", clerk, (Encounter(turns[0].start, turns[-1].end, rules, turns),)
    )


def instance(phrase, at, listed="forbidden", verbatim=True):
    return Instance(listed, POLARITIES[listed], phrase, at, verbatim)


def truth(turns, *instances, name="x", abusive=(), unplaced=(), listed=False, **rules):
    gold = gold_of(*turns, **rules)
    told = Recording(as_transcript(gold, name))
    return Truth(
        name=name,
        gold=gold,
        turns=tuple(turns),
        instances=instances,
        listed=listed,
        insults=False,
        abusive=frozenset(abusive),
        unplaced=frozenset(unplaced),
        told=told,
    )


def match(phrase, start, end, **more):
    listed = more.get("listed", "forbidden")
    return Match(
        id=more.get("id", 0),
        list=listed,
        polarity=POLARITIES[listed],
        phrase=phrase,
        phrase_id=f"id-{phrase}",
        sources=("S0",),
        severity="serious" if POLARITIES[listed] == "forbidden" else "",
        heard=more.get("heard", phrase),
        span=Span(0, len(phrase)),
        utterance=more.get("utterance", 0),
        role=more.get("role", "clerk"),
        start=start,
        end=end,
        how="exact",
        confidence=more.get("confidence", 1.0),
        standing=more.get("standing", "counted"),
        why=Text("因", "why"),
    )


def recording(*matches, utterances=(), findings=None, duration=3600.0, error=None):
    """Make a recording of one scorecard; each breach that counts is a finding."""
    numbered = tuple(match for match in matches)
    if findings is None:
        findings = tuple(
            Finding(m.list, "fail", -10.0, Text("", ""), matches=(m.id,))
            for m in numbered
            if m.polarity == "forbidden" and m.counted
        )
    said = utterances or (Utterance(0, "话", "clerk", 0.0, 60.0),)
    card = Scorecard(Interaction(0, said, matches=numbered), findings, 100.0, None, scorable=True)
    heard = Heard("a.wav", said, duration=duration)
    return Recording(heard, scorecards=(card,), error=error)


def claim(phrase, start, end, listed="forbidden"):
    return Claim(listed, POLARITIES[listed], phrase, phrase, start, end, (0,))


def result(*outcomes):
    return summarise(CLEAN, outcomes, POLARITIES, ("greeting", "forbidden"))


# --- intervals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
    ],
)
def test_a_share_has_wilson_s_interval(part, whole, low, high):
    assert Share(part, whole).interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (2, 0.2422, 7.2247), (10, 4.7954, 18.3904)],
)
def test_a_count_has_garwood_s_interval(count, low, high):
    """The bounds as they are tabled."""
    assert Rate(count, 1.0).interval == pytest.approx((low, high), abs=5e-5)
    half = Rate(count, 2.0)
    assert half.value == count / 2
    assert half.interval == pytest.approx((low / 2, high / 2), abs=5e-5)


def test_what_has_no_case_has_no_value():
    for nothing in (Share(0, 0), Rate(3, 0.0), error_rate([])):
        assert nothing.value is None
        assert nothing.interval is None
    assert scored([Tally()]).f1 is None
    assert scored([Tally()]).f1_interval is None


def test_precision_recall_and_f1_by_hand():
    found = scored([Tally(2, 1, 0), Tally(1, 0, 3)])
    assert (found.precision.part, found.precision.whole) == (3, 4)
    assert (found.recall.part, found.recall.whole) == (3, 6)
    assert found.f1 == pytest.approx(2 * 3 / (2 * 3 + 1 + 3))


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=1, max_size=8))
def test_f1_lies_within_what_its_dialogues_have(numbers):
    tallies = [Tally(*n) for n in numbers]
    found = scored(tallies)
    if found.f1 is None:
        return
    single = [scored([t]).f1 for t in tallies]
    known = [one for one in single if one is not None]
    low, high = found.f1_interval
    assert min(known) - 1e-9 <= low <= high <= max(known) + 1e-9
    assert scored(tallies) == found  # drawn the same way each time


def test_the_interval_of_an_error_rate_is_drawn_over_dialogues():
    rate = error_rate([(0, 100), (50, 100)])
    assert rate.value == 0.25
    assert rate.interval == pytest.approx((0.0, 0.5))
    assert error_rate([(25, 100), (25, 100)]).interval == (0.25, 0.25)


# --- pairing --------------------------------------------------------------------------------------

TURNS = [
    turn("clerk", "自己找。", 10.0, 11.0, "自己找"),
    turn("customer", "在哪里？", 12.0, 13.0),
    turn("clerk", "自己找！不清楚。", 14.0, 16.0, "自己找", "不清楚"),
]


def test_each_instance_is_used_once_and_in_order_of_time():
    said = (instance("自己找", 0), instance("自己找", 2), instance("不清楚", 2))
    late, early = claim("自己找", 14.2, 15.0), claim("自己找", 10.1, 10.9)
    again, other = claim("自己找", 15.0, 15.5), claim("别烦啦", 10.0, 10.5)
    paired = pair_up([late, early, again, other], said, TURNS)
    assert paired.right == ((early, said[0]), (late, said[1]))
    assert paired.wrong == (other, again)
    assert paired.missed == (said[2],)


@pytest.mark.parametrize(("start", "right"), [(11.98, True), (12.02, False), (8.0, False)])
def test_a_claim_must_be_near_its_turn(start, right):
    paired = pair_up([claim("自己找", start, start + 1)], [instance("自己找", 0)], TURNS)
    assert bool(paired.right) is right
    assert bool(paired.missed) is not right


def test_a_claim_lives_in_the_turn_it_shares_most_time_with():
    assert home(claim("自己找", 10.5, 12.2), TURNS) == 0
    assert home(claim("自己找", 10.9, 13.0), TURNS) == 1
    assert home(claim("自己找", 16.5, 17.0), TURNS) == 2
    assert home(claim("自己找", 30.0, 31.0), TURNS) is None


def test_two_halves_of_a_breach_are_one_claim():
    halves = [match("有完没完", 1.0, 2.0, id=n, utterance=n) for n in range(2)]
    finding = Finding("forbidden", "fail", -10.0, Text("", ""), matches=(0, 1))
    (one,) = claims_of(recording(*halves, findings=(finding,)))
    assert one.utterances == (0, 1)


def test_a_breach_that_is_only_suspected_is_no_claim():
    suspected = match("自己找", 1.0, 2.0, standing="near")
    finding = Finding("forbidden", "unsure", 0.0, Text("", ""), matches=(0,))
    assert claims_of(recording(suspected, findings=(finding,))) == ()


def test_pieces_of_a_courtesy_are_one_claim_and_the_same_words_again_another():
    def said(number, heard, utterance):
        return match(
            "您好", utterance, utterance + 1, id=number, heard=heard, utterance=utterance,
            listed="greeting",
        )  # fmt: skip

    assert len(claims_of(recording(said(0, "您好", 0), said(1, "您早", 1)))) == 1
    assert len(claims_of(recording(said(0, "您好", 0), said(1, "您好。", 1)))) == 2
    assert len(claims_of(recording(said(0, "您好", 0), said(1, "您早", 5)))) == 2


# --- turn by turn ---------------------------------------------------------------------------------


def kinds(outcome):
    return [one.kind for one in outcome.turns]


def test_a_breach_found_under_another_name_is_found_by_turn():
    said = truth(TURNS[:1], instance("自己找", 0))
    outcome = outcome_of(said, recording(match("自己看", 10.0, 11.0)), by_ear=True)
    assert kinds(outcome) == ["found"]
    assert outcome.by_turn == Tally(right=1)
    assert outcome.tally(["forbidden"]) == Tally(wrong=1, missed=1)
    innocents = result(outcome).innocents
    assert innocents.accusations == ()


def test_innocents_customers_and_empty_air():
    turns = [
        turn("clerk", "请坐。", 1.0, 2.0),
        turn("customer", "自己找啊？", 4.0, 5.0),
        turn("clerk", "请看。", 7.0, 8.0),
    ]
    matches = [
        match("自己找", 1.0, 2.0, id=0, heard="子几找"),
        match("不清楚", 1.5, 2.0, id=1),
        match("自己找", 4.0, 5.0, id=2),
        match("别烦啦", 20.0, 21.0, id=3),
    ]
    outcome = outcome_of(truth(turns), recording(*matches, duration=1800.0), by_ear=True)
    assert kinds(outcome) == ["accused", "customer_accused", "clear"]
    assert outcome.by_turn == Tally(wrong=3)
    innocents = result(outcome).innocents
    assert innocents.clerk_turns == Share(1, 2)
    assert innocents.customer_turns == Share(1, 1)
    assert innocents.an_hour == Rate(4, 0.5)
    assert [(one.turn, one.role, one.phrase, one.heard) for one in innocents.accusations] == [
        (0, "clerk", "自己找", "子几找"),
        (0, "clerk", "不清楚", "不清楚"),
        (1, "customer", "自己找", "自己找"),
        (None, "nobody", "别烦啦", "别烦啦"),
    ]


def test_recall_is_split_by_whether_the_source_s_words_were_said():
    turns = [
        turn("clerk", "自己找。", 1.0, 2.0, "自己找"),
        turn("clerk", "你不会自己看看去啊。", 4.0, 5.0, "自己找"),
        turn("clerk", "自己找。", 7.0, 8.0, "自己找"),
    ]
    said = truth(turns, *(instance("自己找", n, verbatim=n != 1) for n in range(3)))
    outcome = outcome_of(said, recording(match("自己找", 1.0, 2.0)), by_ear=True)
    by_turn = result(outcome).by_turn
    assert (by_turn.verbatim, by_turn.other_words) == (Share(1, 2), Share(0, 1))
    assert by_turn.scored.recall == Share(1, 3)


def test_an_insult_whose_place_is_known_accuses_only_where_it_is_not():
    turns = [turn("clerk", "你有病吧。", 1.0, 2.0), turn("clerk", "请坐。", 4.0, 5.0)]
    insults = [
        match("你有病吧", at, at + 1, id=n, listed="abuse") for n, at in enumerate((1.0, 4.0))
    ]
    known = truth(turns, instance("你有病吧", 0, "abuse"), abusive=[0], abuse="fail")
    assert kinds(outcome_of(known, recording(*insults), by_ear=True)) == ["abusive", "accused"]
    somewhere = truth(turns, unplaced=[0, 1], abuse="fail")
    assert kinds(outcome_of(somewhere, recording(*insults), by_ear=True)) == ["clear", "clear"]


def test_a_recording_that_failed_has_found_nothing():
    said = truth(TURNS, instance("自己找", 0), instance("自己找", 2), forbidden="fail")
    broken = Recording(Heard("a.wav", ()), error=Fault("damaged", Text("坏", "bad")))
    figures = result(outcome_of(said, broken, by_ear=True))
    assert figures.lists["forbidden"].tally == Tally(missed=2)
    assert figures.by_turn.scored.recall == Share(0, 2)
    assert list(figures.failed) == ["x"]
    assert figures.hours == 0
    (rule,) = figures.rules
    assert rule.confusion == {("fail", None): 1}
    assert rule.fails.tally == Tally(missed=1)


# --- what is there to find ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(lexicon):
    return Phrasebook(lexicon)


@pytest.fixture(scope="module")
def truth_from(judge, book):
    def make(*turns, **rules):
        gold = gold_of(*turns, **rules)
        return truth_of("x", gold, judge(as_transcript(gold, "x")), book)

    return make


def test_courtesies_come_from_the_file_where_it_lists_them(truth_from):
    hello = turn("clerk", "您好，请稍等。", 0.0, 2.0, courtesies=("早上好", "没有这一条"))
    found = truth_from(hello, turn("clerk", "再见。", 3.0, 4.0))
    assert [(i.list, i.phrase, i.turn) for i in found.instances] == [
        ("greeting", "早上好", 0),
        ("polite", "没有这一条", 0),
    ]
    assert not found.own("greeting", "polite")


def test_else_the_program_finds_them_in_the_true_words(truth_from):
    found = truth_from(
        turn("clerk", "您好。", 0.0, 2.0), turn("customer", "您好，谢谢。", 3.0, 4.0)
    )
    assert [(i.list, i.phrase, i.turn) for i in found.instances] == [("greeting", "您好", 0)]
    assert found.own("greeting", "polite")
    assert not found.own("forbidden", "forbidden")


def test_the_program_is_not_held_against_itself_on_the_true_words(truth_from):
    said = truth_from(turn("clerk", "您好，自己找。", 0.0, 2.0, "自己找"))
    outcome = outcome_of(said, said.told, by_ear=False)
    figures = result(outcome)
    assert figures.lists["forbidden"].tally == Tally(right=1)
    assert figures.groups[POLITE].f1 is None
    assert figures.groups[ALL].tally == Tally(right=1)
    assert figures.calibration[POLITE].count == 0
    heard = outcome_of(said, said.told, by_ear=True)
    assert result(heard).groups[POLITE].tally == Tally(right=1)


def test_the_gold_file_overrules_the_program_on_insults(truth_from):
    insult = turn("clerk", "你有病吧！", 0.0, 2.0)
    assert truth_from(insult, abuse="fail").abusive == {0}
    assert truth_from(insult).abusive == {0}
    assert truth_from(insult, abuse="pass").abusive == frozenset()
    polite = turn("clerk", "请坐。", 0.0, 2.0)
    assert truth_from(polite, abuse="fail").unplaced == {0}


def test_insults_that_the_file_names_are_held_against_the_program(truth_from):
    named = truth_from(
        turn("clerk", "你有病吧！", 0.0, 2.0, "你有病吧"),
        turn("clerk", "您当这儿是菜市场呀，出去出去！", 3.0, 5.0, "滚出去"),
        abuse="fail",
    )
    assert [(i.phrase, i.turn) for i in named.instances] == [("你有病吧", 0), ("滚出去", 1)]
    assert not named.own("abuse", "forbidden")
    figures = result(outcome_of(named, named.told, by_ear=False))
    assert figures.lists["abuse"].tally == Tally(right=1, missed=1)


@pytest.mark.parametrize(
    ("phrase", "said", "verbatim"),
    [
        ("自己找", "你自己找！", True),
        ("我不知道，这不归我管", "這不歸我管，下一個。", True),  # a form that the source has
        ("我不知道，你去问××", "我不知道，你去问医院。", True),
        ("自己找", "你不会看牌子吗？", False),
        ("没有这一条", "没有这一条。", True),
    ],
)
def test_whether_the_source_s_words_were_said(book, phrase, said, verbatim):
    assert book.verbatim(phrase, "forbidden", said) is verbatim


# --- confidence -----------------------------------------------------------------------------------


def test_bins_error_and_brier_score_by_hand():
    trials = [
        Trial("forbidden", "forbidden", confidence, right)
        for confidence, right in ((0.95, True), (0.95, False), (0.72, True), (1.0, True))
    ]
    found = calibration(trials)
    filled = {b.low: (b.count, b.right) for b in found.bins if b.count}
    assert filled == {0.7: (1, 1), 0.9: (3, 2)}
    top = 2.9 / 3
    assert found.error == pytest.approx((3 * abs(top - 2 / 3) + abs(0.72 - 1)) / 4)
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 0.28**2 + 0.0) / 4)
    assert len(found.bins) == 10
    assert calibration([]).error is None


def test_what_the_context_undoes_or_the_customer_says_is_no_trial():
    said = truth(TURNS, instance("自己找", 0))
    matches = [
        match("自己找", 10.0, 11.0, id=0),
        match("自己找", 10.0, 11.0, id=1, standing="near", confidence=0.75),
        match("自己找", 10.0, 11.0, id=2, standing="context"),
        match("自己找", 12.0, 13.0, id=3, standing="customer", role="customer"),
        match("自己找", 12.0, 13.0, id=4, standing="unknown", role="unknown"),
        match("自己找", 10.0, 11.0, id=5, standing="unknown", role="unknown"),
        match("不清楚", 10.0, 11.0, id=6),
    ]
    trials = trials_of(said, recording(*matches))
    assert [(t.confidence, t.right) for t in trials] == [
        (1.0, True),
        (0.75, True),
        (1.0, True),
        (1.0, False),
    ]


# --- hearing --------------------------------------------------------------------------------------


def counts(errors):
    return {(e.unit, e.side): (e.wrong, e.length) for e in errors}


def test_characters_and_syllables_by_channel():
    turns = [turn("clerk", "自己找！", 0.0, 1.0), turn("customer", "好的，谢谢。", 1.0, 2.0)]
    heard = Heard(
        "a.wav",
        (
            Utterance(0, "自幾找", start=0.0, end=1.0, channel=1),
            Utterance(1, "好的", start=0.5, end=1.1, channel=0),
        ),
    )
    found = counts(errors_in(gold_of(*turns, clerk="right"), turns, heard))
    assert found["characters", "clerk"] == (1, 3)
    assert found["syllables", "clerk"] == (0, 3)
    assert found["characters", "customer"] == (2, 4)
    assert found["characters", "all"] == (3, 7)


def test_one_channel_is_divided_by_time():
    turns = [turn("clerk", "自己找", 0.0, 1.0), turn("customer", "好", 2.0, 3.0)]
    heard = Heard(
        "a.wav", (Utterance(0, "自己", start=0, end=1), Utterance(1, "好吧", start=2, end=3))
    )
    found = counts(errors_in(gold_of(*turns), turns, heard))
    assert found["characters", "clerk"] == (1, 3)
    assert found["characters", "customer"] == (1, 1)
    assert found["characters", "all"] == (2, 4)


def test_nothing_heard_is_everything_left_out():
    found = counts(errors_in(gold_of(*TURNS), TURNS, Heard("a.wav", ())))
    assert found["characters", "all"] == (12, 12)


def test_gold_roles_go_by_the_time_that_is_shared():
    heard = Heard(
        "a.wav",
        tuple(
            Utterance(n, "话", start=start, end=end, channel=0)
            for n, (start, end) in enumerate([(10.2, 12.1), (10.9, 13.5), (40.0, 41.0)])
        ),
    )
    told = with_gold_roles(heard, TURNS)
    assert [u.role for u in told.utterances] == ["clerk", "customer", "unknown"]
    assert {u.channel for u in told.utterances} == {None}


# --- what goes wrong ------------------------------------------------------------------------------


def test_phrases_that_go_wrong_come_with_what_was_heard_instead():
    turns = [turn("clerk", f"自己找{n}", 10.0 * n, 10.0 * n + 2, "自己找") for n in range(5)]
    said = truth(turns, *(instance("自己找", n) for n in range(5)))
    utterances = tuple(Utterance(n, f"听成{n}", "clerk", 10.0 * n, 10.0 * n + 2) for n in range(3))
    matches = [
        match("自己找", 0.0, 1.0, id=0, utterance=0),
        match("自己找", 10.0, 11.0, id=1, utterance=1, standing="unknown", role="unknown"),
        match("不清楚", 20.0, 21.0, id=2, utterance=2, heard="不清醋"),
    ]
    found = result(outcome_of(said, recording(*matches, utterances=utterances), by_ear=True))
    worst, other = found.confusions
    assert (worst.phrase, worst.said, worst.found, worst.wrong) == ("自己找", 5, 1, 0)
    assert [(e.turn, e.heard, e.missed) for e in worst.examples] == [
        (1, "听成1", True),
        (2, "听成2", True),
        (3, "", True),
    ]
    assert worst.examples[0].why.en == "why"  # heard, and it is told why it does not count
    assert worst.examples[1].why is None
    assert (other.phrase, other.said, other.wrong) == ("不清楚", 0, 1)
    assert [(e.turn, e.said, e.heard, e.missed) for e in other.examples] == [
        (2, "自己找2", "不清醋", False)
    ]


def test_what_does_not_count_is_told_by_reason():
    said = truth(TURNS, instance("自己找", 0))
    matches = [
        match("自己找", 10.0, 11.0, id=0, standing="near", confidence=0.7),
        match("不清楚", 10.0, 11.0, id=1, standing="near", confidence=0.7),
        match("自己找", 12.0, 13.0, id=2, standing="customer"),
    ]
    found = result(outcome_of(said, recording(*matches), by_ear=True)).near
    assert [(n.standing, n.reason.en, n.count, n.right) for n in found] == [
        ("near", "not near enough", 2, 1),
        ("customer", "why", 1, 0),
    ]


# --- layers ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(lexicon):
    return PlainMatcher(lexicon)


def phrases(hits, listed="forbidden"):
    return [hit.phrase.text for hit in hits if hit.phrase.list == listed]


@pytest.mark.parametrize(
    ("said", "exact", "fuzzy", "phonetic"),
    [
        ("這不歸我管，下一個。", 1, 1, 1),  # script and marks do not matter
        ("你问我，我问水。", 0, 1, 1),
        ("泥文我，窝问谁？", 0, 0, 1),
        ("这事归我管。", 0, 1, 1),  # nobody looks at what is denied
        ("您", 0, 0, 0),
        ("", 0, 0, 0),
    ],
)
def test_what_the_simple_layers_find(plain, said, exact, fuzzy, phonetic):
    found = [len(phrases(plain.find(layer, said))) for layer in ("exact", "fuzzy", "phonetic")]
    assert found == [exact, fuzzy, phonetic]


def test_of_overlapping_finds_the_one_that_explains_most_is_kept(plain):
    hits = plain.find("exact", "我不知道，这不归我管。")
    assert phrases(hits) == ["我不知道，这不归我管"]
    assert phrases(plain.find("exact", "自己找，自己找！")) == ["自己找", "自己找"]
    assert phrases(plain.find("fuzzy", "自己找，自己找！")) == ["自己找", "自己找"]


def test_a_slot_takes_something(plain):
    assert phrases(plain.find("exact", "我不知道，你去问医院。")) == ["我不知道，你去问××"]
    assert "我不知道，你去问××" not in phrases(plain.find("exact", "我不知道，你去问。"))


def test_names_of_phrases_are_plain_text(book):
    """A phrase with marks that mean something in a pattern is looked for as it stands."""
    assert book.verbatim("a.c××d", "forbidden", "x a c 三号 d")
    assert not book.verbatim("a.c××d", "forbidden", "x a b c 三号 d")
