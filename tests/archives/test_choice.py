"""Which captures of an address are asked for, and how the address ends by them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from crawler.archives.choice import CaptureState, Shown, end_of, line_up
from crawler.items import AddressState, FailureKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def shown(number: int, digest: str | None = "A", status: int | None = 200, mimetype: str = "text/html",
          state: CaptureState = CaptureState.PENDING, reason: str | None = None,
          failure: FailureKind | None = None) -> Shown:  # fmt: skip
    return Shown(
        number,
        f"2017{number:02}01000000",
        "http://a.example/1",
        digest,
        status,
        mimetype,
        state,
        reason,
        failure,
    )


def ids(texts: tuple[tuple[Shown, ...], ...]) -> list[list[int]]:
    return [[each.id for each in text] for text in texts]


def test_equal_content_is_one_text_and_another_digest_another() -> None:
    lined_up = line_up([shown(3, "B"), shown(1, "A"), shown(2, "A")])
    assert ids(lined_up.texts) == [[1, 2], [3]]


def test_a_revisit_is_asked_for_although_the_index_knows_no_status() -> None:
    assert ids(line_up([shown(1, "A", None, "warc/revisit")]).texts) == [[1]]


def test_what_the_site_refused_then_and_what_is_no_page_is_not_asked_for() -> None:
    lined_up = line_up([shown(1, status=404), shown(2, mimetype="image/png"), shown(3, status=503)])
    assert lined_up.texts == ()
    assert [each.reason for each in lined_up.spared] == ["status 404", "no page: image/png", "status 503"]


def test_redirects_wait_until_no_page_could_be_read_and_the_last_one_goes_first() -> None:
    lined_up = line_up([shown(1, "A", 301), shown(2, "B"), shown(3, "C", 302)])
    assert ids(lined_up.texts) == [[2]]
    assert ids(lined_up.reserve) == [[3], [1]]


def test_of_very_many_texts_the_first_and_the_last_are_among_the_chosen() -> None:
    lined_up = line_up([shown(number, str(number)) for number in range(1, 13)], most=4)
    assert ids(lined_up.texts) == [[1], [5], [8], [12]]
    assert len(lined_up.reserve) == 8


CAPTURES = st.tuples(
    st.sampled_from("ABC"),
    st.sampled_from([200, 301, 404, None]),
    st.sampled_from(["text/html", "image/png"]),
)


@given(st.lists(CAPTURES, max_size=20), st.integers(1, 6))
def test_every_capture_is_asked_for_kept_in_reserve_or_spared_with_a_reason(
    given_: list[tuple[str, int | None, str]], most: int
) -> None:
    captures = [
        shown(number, digest, status, kind) for number, (digest, status, kind) in enumerate(given_, 1)
    ]
    lined_up = line_up(captures, most)
    asked = [each.id for text in (*lined_up.texts, *lined_up.reserve) for each in text]
    spared = [each.id for each in lined_up.spared]
    assert sorted(asked + spared) == [each.id for each in captures]
    assert all(each.reason for each in lined_up.spared)
    assert len(lined_up.texts) <= most


def test_an_address_waits_while_one_of_its_captures_does() -> None:
    read_not = shown(1, state=CaptureState.UNUSABLE, reason="a bot check", failure=FailureKind.CHALLENGE)
    assert end_of([read_not, shown(2, "B")]) is None


def test_a_capture_that_was_read_leaves_the_end_to_the_pipelines() -> None:
    assert end_of([shown(1, state=CaptureState.READ), shown(2, state=CaptureState.SPARED)]) is None


def test_an_address_of_bot_checks_only_has_failed_for_good() -> None:
    end = end_of([shown(1, state=CaptureState.UNUSABLE, reason="a bot check", failure=FailureKind.CHALLENGE)])
    assert end is not None
    assert (end.state, end.failure, end.next_try_at) == (AddressState.FAILED, FailureKind.CHALLENGE, None)
    assert "2017-01-01" in end.reason
    assert "bot check" in end.reason


def test_an_address_that_the_archive_could_not_give_today_is_tried_again() -> None:
    tried = Shown(1, "20170101000000", "http://a.example/1", "A", 200, "text/html", CaptureState.PENDING,
                  "status 500", FailureKind.HTTP, NOW)  # fmt: skip
    end = end_of([tried, shown(2, state=CaptureState.SPARED)])
    assert end is not None
    assert (end.state, end.next_try_at) == (AddressState.FAILED, NOW)


def test_an_address_of_which_only_not_found_was_captured_is_gone() -> None:
    end = end_of([shown(1, status=404, state=CaptureState.SPARED, reason="status 404")])
    assert end is not None
    assert end.state is AddressState.GONE


def test_an_address_of_which_no_page_was_captured_is_skipped_with_the_reason() -> None:
    end = end_of([shown(1, mimetype="text/css", state=CaptureState.SPARED, reason="no page: text/css")])
    assert end is not None
    assert end.state is AddressState.SKIPPED
    assert "no page: text/css" in end.reason
