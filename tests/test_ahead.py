"""Work done ahead: the same things in the same order, errors in their place, no thread left."""

import threading
from collections.abc import Iterator

import pytest

from courtesy.speech.ahead import ahead


def test_everything_comes_in_order() -> None:
    assert list(ahead(range(1000), 7)) == list(range(1000))


def test_nothing_gives_nothing() -> None:
    assert list(ahead((), 3)) == []


def test_an_error_comes_after_what_came_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        msg = "cut off"
        raise OSError(msg)

    iterator = ahead(source(), 1)
    assert [next(iterator), next(iterator)] == [1, 2]
    with pytest.raises(OSError, match="cut off"):
        next(iterator)


def test_a_reader_that_stops_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    iterator = ahead(iter(int, 1), 2)  # yields 0 for ever
    assert next(iterator) == 0
    iterator.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
