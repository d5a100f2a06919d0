"""The shape of a page: like that of its layout's other pages, unlike that of other layouts."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from crawler.pages.shape import likeness, shape_of
from scheduler.health.judge import ALIKE, UNLIKE

SAMPLES = Path(__file__).parents[1] / "samples"


def shape(sample: str) -> str:
    return shape_of((SAMPLES / sample / "page.html").read_bytes())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("int_un_sg/statement-fr", "int_un_sg/statement-en"),
        ("us_treasury/readout", "us_treasury/sanctions"),
        ("br_mre/note-pt", "br_mre/release-en"),
        ("fr_diplomatie/communique-en", "fr_diplomatie/communique-ar"),
    ],
)
def test_pages_of_one_layout_are_alike_whatever_they_say(one: str, other: str) -> None:
    assert likeness(shape(one), [shape(other)]) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("us_dhs/archived", "us_dhs/current"),
        ("mx_sre/2016-body-direct", "mx_sre/2025-body-in-divs"),
        ("fr_diplomatie/communique-en", "fr_diplomatie/point-de-presse-fr"),
    ],
)
def test_two_layouts_of_one_site_are_not(one: str, other: str) -> None:
    assert likeness(shape(one), [shape(other)]) < UNLIKE


def test_other_sites_are_less_alike_still() -> None:
    shapes = [shape(name) for name in ("us_dhs/current", "int_un_sg/statement-en", "us_treasury/readout")]
    assert all(likeness(one, [other]) < UNLIKE for one, other in combinations(shapes, 2))


def test_the_most_like_of_several_counts() -> None:
    mine, same, other = map(shape, ("us_treasury/readout", "us_treasury/sanctions", "us_dhs/current"))
    assert likeness(mine, [other, same]) == likeness(mine, [same]) > likeness(mine, [other])
    assert likeness(mine, []) == 0.0


def test_a_page_with_hardly_any_markup_has_no_shape() -> None:
    assert shape_of(b"") == shape_of(b"<html><body><p>Not found</p></body></html>") == ""


def test_counted_classes_and_a_longer_text_change_nothing() -> None:
    def page(number: int, paragraphs: int) -> bytes:
        parts = "".join(f"<div class='part{each} b'><section class='s-{name}'>" for each, name in
                        enumerate("abcdefghijklmnop"))  # fmt: skip
        return f"<main class=node-{number}>{parts}{'<p>text <b>and</b> more</p>' * paragraphs}".encode()

    assert shape_of(page(1, 3)) == shape_of(page(982, 40)) != ""


@pytest.mark.parametrize("hostile", [b"<" * 300_000, b"<a " + b"x" * 500_000, b"<div class=" * 50_000])
def test_hostile_markup_is_no_trouble(hostile: bytes) -> None:
    shape_of(hostile)
