"""Results that visitors share take no more than their bytes."""

from __future__ import annotations

from app.server.results import Results


def results(most_bytes: int) -> Results[bytes]:
    return Results(most_bytes, len)


def test_a_result_is_found_by_its_key() -> None:
    kept = results(10)
    assert kept.find("one") is None
    kept.keep("one", b"1")
    assert kept.find("one") == b"1"
    kept.keep("one", b"22")
    assert (kept.find("one"), kept.nbytes) == (b"22", 2)


def test_the_least_used_ones_make_room() -> None:
    kept = results(6)
    for key in "abc":
        kept.keep(key, b"xx")
    kept.find("a")
    kept.keep("d", b"xxx")
    assert [key for key in "abcd" if kept.find(key)] == ["a", "d"]


def test_however_many_are_kept_they_take_no_more_than_their_bytes() -> None:
    kept = results(100)
    for number in range(1000):
        kept.keep(str(number), bytes(number % 30))
        assert kept.nbytes <= 100


def test_one_that_is_too_large_is_not_kept_and_takes_no_others_place() -> None:
    kept = results(4)
    kept.keep("small", b"xx")
    kept.keep("large", b"xxxxx")
    assert kept.find("large") is None
    assert kept.find("small") == b"xx"
    kept.keep("small", b"xxxxx")
    assert kept.find("small") is None, "what it was before is no result of this key any more"
