"""Utterances laid into 30-second windows, and their words told apart again."""

from itertools import pairwise

import numpy as np
import pytest
from fakes import speech, transcribed
from hypothesis import given
from hypothesis import strategies as st

from courtesy.config import SpeechOptions
from courtesy.errors import SpeechError
from courtesy.records import Word
from courtesy.speech.decode import RATE
from courtesy.speech.device import choose_device, physical_cores
from courtesy.speech.recognise import Transcribed
from courtesy.speech.voice import Speech
from courtesy.speech.windows import GAP, WINDOW, lay_out, pack, share_out

LENGTHS = st.lists(st.floats(0.1, 20.0), max_size=30)


def stretches(lengths: list[float]) -> list[Speech]:
    """Return stretches of those lengths, with a second between them."""
    out, at = [], 0.0
    for length in lengths:
        out.append(speech(length, at))
        at += length + 1.0
    return out


@given(LENGTHS)
def test_windows_hold_everything_in_order_and_never_too_much(lengths: list[float]) -> None:
    given_out = stretches(lengths)
    windows = list(pack(given_out))
    assert [piece for window in windows for piece in window] == given_out
    for window in windows:
        assert window
        seconds = len(lay_out(piece.samples for piece in window)) / RATE
        assert seconds <= WINDOW + 1e-6
        sound = sum(len(piece.samples) for piece in window) / RATE
        assert seconds == pytest.approx(sound + GAP * (len(window) - 1), abs=1e-3)


@given(LENGTHS)
def test_no_two_neighbouring_windows_would_fit_into_one(lengths: list[float]) -> None:
    for one, other in pairwise(pack(stretches(lengths))):
        together = [*one, other[0]]
        assert sum(len(p.samples) / RATE for p in together) + GAP * len(one) > WINDOW - 1e-6


def test_packing_waits_for_no_more_than_a_window() -> None:
    """The first window is there before the stream has ended."""
    taken = []

    def stream():
        for piece in stretches([10.0] * 9):
            taken.append(piece)
            yield piece

    next(pack(stream()))
    assert len(taken) <= 4


def test_a_stretch_is_laid_out_as_it_is() -> None:
    one, other = np.ones(RATE, np.float32), np.full(RATE // 2, 0.5, np.float32)
    sound = lay_out([one, other])
    gap = round(GAP * RATE)
    assert np.array_equal(sound[:RATE], one)
    assert not sound[RATE : RATE + gap].any()
    assert np.array_equal(sound[RATE + gap :], other)


def test_words_go_back_to_the_utterance_they_were_said_in() -> None:
    window = [speech(2.0, 10.0), speech(1.0, 20.0), speech(3.0, 40.0)]
    words = [
        Word("您好", 0.2, 0.8, 0.9),
        Word("请问", 1.0, 1.8, 0.9),
        Word("谢谢", 2.5, 3.1, 0.9),
        Word("再见", 4.0, 5.0, 0.9),
    ]
    shares = share_out(window, words)
    assert [[w.text for w in share] for share in shares] == [["您好", "请问"], ["谢谢"], ["再见"]]
    assert shares[0][0].start == pytest.approx(10.2)
    assert shares[1][0].start == pytest.approx(20.2)
    assert shares[2][0].start == pytest.approx(40.4)
    assert shares[2][0].end == pytest.approx(41.4)


def test_a_word_belongs_where_it_ends() -> None:
    """The aligner lets a word begin in the silence before it."""
    window = [speech(2.0, 0.0), speech(2.0, 9.0)]
    (first, second) = share_out(window, [Word("好", 0.5, 1.9, 0.9), Word("不", 1.9, 2.8, 0.9)])
    assert [w.text for w in first] == ["好"]
    assert [w.text for w in second] == ["不"]
    assert second[0].start >= 9.0


def test_a_mark_stays_with_the_word_before_it() -> None:
    window = [speech(2.0, 0.0), speech(2.0, 9.0)]
    words = [Word("您好", 0.2, 1.8, 0.9), Word("。", 2.2, 2.5, 0.9), Word("请", 2.5, 2.9, 0.9)]
    assert [[w.text for w in s] for s in share_out(window, words)] == [["您好", "。"], ["请"]]


def test_no_words_and_no_utterances() -> None:
    assert share_out([speech(1.0), speech(1.0, 5.0)], []) == [(), ()]
    assert share_out([], []) == []


@given(
    st.lists(st.floats(0.2, 6.0), min_size=1, max_size=5),
    st.lists(st.tuples(st.floats(0, 31), st.floats(0, 3)), max_size=12),
)
def test_words_are_never_lost_and_stay_within_their_utterance(
    lengths: list[float], times: list[tuple[float, float]]
) -> None:
    window = stretches(lengths)
    words = [Word(str(i), at, at + length, 0.5) for i, (at, length) in enumerate(sorted(times))]
    shares = share_out(window, words)
    assert len(shares) == len(window)
    assert sorted(int(w.text) for share in shares for w in share) == list(range(len(words)))
    for piece, share in zip(window, shares, strict=True):
        for word in share:
            assert piece.start <= word.start <= word.end


def test_text_and_quality_of_a_result() -> None:
    result = Transcribed(
        speech(2.0), (Word(" 您", 0, 1, 1.0), Word("好。", 1, 2, 0.4)), 0.0, alone=True
    )
    assert result.text == "您好。"
    assert result.quality == pytest.approx((2 * 1.0 + 2 * 0.4) / 4)
    assert transcribed("", speech(1.0)).quality == 0.0


@pytest.mark.parametrize(
    ("text", "seconds", "failed"),
    [
        ("您好，请问您要办什么业务", 2.5, False),
        ("嗯", 0.8, False),
        ("谢谢", 1.4, False),
        ("", 5.0, True),
        ("好", 8.0, True),
        ("请慢走" * 10, 8.0, True),
        ("请问您要办理什么业务请问您要", 0.9, True),
    ],
)
def test_a_result_that_cannot_be_right_is_known_as_such(
    text: str, seconds: float, failed: bool
) -> None:
    assert transcribed(text, speech(seconds)).failed is failed


def test_a_graphics_card_that_is_not_there_is_said_so() -> None:
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        pytest.skip("this machine has one")
    assert choose_device(SpeechOptions()) == "cpu"
    with pytest.raises(SpeechError) as caught:
        choose_device(SpeechOptions(device="cuda"))
    assert "--device cpu" in caught.value.text.zh
    assert "--device cpu" in caught.value.text.en


def test_there_is_at_least_one_core() -> None:
    assert physical_cores() >= 1


def test_no_more_cores_than_the_environment_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert physical_cores() == 1
    for meaningless in ("", "0", "many"):
        monkeypatch.setenv("OMP_NUM_THREADS", meaningless)
        assert physical_cores() >= 1
