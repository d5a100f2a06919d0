"""What the benchmarks of linking measure with is sound itself; small runs of them hold."""

from __future__ import annotations

import statistics

import pytest

from benchmarks.reposts import adjusted_rand, make, overlap, overlaps
from benchmarks.templates import draw_pairs, fill, forms_by_family


def test_the_adjusted_rand_index_is_one_for_the_same_groups_and_about_zero_for_chance() -> None:
    truth = ["a", "a", "b", "b", "c", "c"]
    assert adjusted_rand(truth, ["x", "x", "y", "y", "z", "z"]) == 1.0
    assert adjusted_rand(truth, ["x"] * 6) == pytest.approx(0.0)
    assert adjusted_rand(truth, ["x", "y", "x", "z", "y", "z"]) < 0.1


def test_the_adjusted_rand_index_is_that_of_the_textbook() -> None:
    # Hubert and Arabie's formula: 2 pairs together in both, 6 and 3 in each, 15 in all.
    truth, found = ["a", "a", "a", "b", "b", "b"], ["x", "x", "y", "y", "z", "z"]
    assert adjusted_rand(truth, found) == pytest.approx((2 - 6 * 3 / 15) / (4.5 - 6 * 3 / 15))


def test_copies_share_about_a_third_of_their_runs_of_words_with_the_text() -> None:
    records = make(1, 7)
    assert 0.25 <= statistics.median(overlaps(records)) <= 0.4
    assert len({each.id for each in records}) == len(records)
    assert {each.id for each in make(1, 7)} == {each.id for each in records}
    assert overlap("one two three four", "one two three five", "en") == pytest.approx(1 / 3)


def test_templates_have_other_figures_on_other_days_and_the_same_in_both_languages() -> None:
    filled = fill(3, 7)
    assert len(filled) == 3 * sum(len(forms) for forms in forms_by_family().values())
    assert len({each.record.text for each in filled}) == len(filled)
    korean, english = (
        next(each.record.text for each in filled if each.record.id == f"reserves-korea-2025-01-06/{language}")
        for language in ("ko", "en")
    )
    total = korean.split("외환보유액이 ")[1].split("억")[0].replace(",", "")
    assert f"USD {float(total) / 10:.2f} billion" in english


def test_drawn_pairs_are_two_days_of_one_family_and_no_pair_comes_twice() -> None:
    filled = fill(20, 7)
    pairs = draw_pairs(filled, 500, 7)
    assert len(set(pairs)) == 500
    for one, other in pairs:
        assert filled[one].family == filled[other].family
        assert filled[one].number != filled[other].number


def test_more_pairs_than_there_are_is_an_error() -> None:
    with pytest.raises(ValueError, match="were asked for"):
        draw_pairs(fill(2, 7), 10_000, 7)
