"""The hard set is what its texts give, and holds what its description promises."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.linking.build import SET, Release, as_lines, build
from benchmarks.linking.damage import cut, damaged, middle, scan
from benchmarks.linking.forms import fill_in
from benchmarks.linking.manuscripts import ManuscriptError, read_blocks


@pytest.fixture(scope="module")
def releases() -> list[Release]:
    return build()


def test_the_committed_file_is_what_the_texts_give(releases: list[Release]) -> None:
    assert SET.read_text(encoding="utf-8") == as_lines(releases)


def test_it_holds_three_hundred_releases_in_many_languages_with_distinct_ids(releases: list[Release]) -> None:
    assert len({each.id for each in releases}) == len(releases) >= 300
    assert len({each.lang for each in releases}) >= 12
    assert len({each.url for each in releases}) == len(releases)


def test_no_statement_is_torn_between_the_halves(releases: list[Release]) -> None:
    halves = defaultdict(set)
    for each in releases:
        halves[each.statement].add(each.split)
    assert all(len(some) == 1 for some in halves.values())
    assert {half for some in halves.values() for half in some} == {"dev", "test"}


def test_both_halves_hold_the_traps_that_must_not_join(releases: list[Release]) -> None:
    for half in ("dev", "test"):
        found = {each.trap for each in releases if each.split == half}
        assert {"account", "correction", "daily-figures", "follow-up", "same-day", "spam"} <= found


def test_a_release_is_long_enough_to_be_recognised(releases: list[Release]) -> None:
    assert all(len(each.text) >= 130 for each in releases)


def test_a_form_writes_numbers_and_days_as_the_language_does() -> None:
    from datetime import date

    day = date(2025, 10, 6)
    form = "{day}: {rate} {trend}"
    values = {"rate": "2314.50", "trend.de": "mehr", "trend.en": "more"}
    assert fill_in(form, values, day, "de", "de") == "6. Oktober 2025: 2.314,50 mehr"
    assert fill_in(form, values, day, "en", "en") == "October 6, 2025: 2,314.50 more"


def test_a_form_without_a_value_is_an_error() -> None:
    from datetime import date

    with pytest.raises(KeyError):
        fill_in("{nothing}", {}, date(2025, 1, 1), "en", "en")


def test_damage_is_the_same_for_the_same_seed() -> None:
    text = ("One sentence of the minister. Another sentence of hers.", "A second paragraph.", "A third one.")
    made = [damaged(text, "cut:0.6,scan:0.05", "en", {}, random.Random(5)) for _ in range(2)]
    assert made[0] == made[1] != text


def test_a_cut_keeps_the_beginning_and_a_middle_leaves_it_out() -> None:
    text = tuple(f"Paragraph number {number} of the text, which is a little longer." for number in range(6))
    assert cut(text, 0.5, random.Random(1))[0] == text[0]
    assert text[0] not in middle(text, 0.5, random.Random(1))


def test_a_scanner_never_turns_a_figure_into_another_figure() -> None:
    text = ("840 million for 18 crossings, 15,905 people, 2028 and 1,815 more " * 20,)
    read = " ".join(scan(text, 0.2, "latin", random.Random(3)))
    whole = set(text[0].replace(",", "").split()) | {"15", "905", "1", "815"}
    assert {word for word in read.replace(",", " ").split() if word.isdigit()} <= whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("words before any block\n", "expected @family first"),
        ("@nonsense x\n", "expected one of"),
        ("@copy one two of=x\n", "expected one name"),
    ],
)
def test_a_manuscript_that_cannot_be_meant_names_its_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ManuscriptError, match=rf"x\.txt:1: {expected}"):
        list(read_blocks(path))
