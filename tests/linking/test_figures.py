"""Figures are read as values, whatever the notation."""

from __future__ import annotations

import pytest

from pipelines.linking.figures import figures_in
from pipelines.linking.spoken_numbers import spoken_numbers


def read(text: str, language: str) -> list[tuple[str, str]]:
    return [(each.kind, each.value) for each in figures_in(text, language)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("el 6 de marzo", "es"),
        ("on March 6", "en"),
        ("am 6. März", "de"),
        ("le 6 mars", "fr"),
        ("6 марта", "ru"),
        ("6 березня", "uk"),
        ("6 Mart'ta", "tr"),
        ("يوم ٦ مارس", "ar"),
        ("يوم 6 آذار", "ar"),
        ("3月6日", "zh"),
        ("三月六日", "ja"),
        ("3월 6일", "ko"),
        ("06.03.", "none"),
    ],
)
def test_a_day_is_one_day_in_every_language(text: str, language: str) -> None:
    expected = [("number", "6.03")] if language == "none" else [("day", "03-06")]
    assert read(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("812 mil millones", "es", "812000000000"),
        ("812 billion", "en", "812000000000"),
        ("8120億", "ja", "812000000000"),
        ("8,120억", "ko", "812000000000"),
        ("3,4 млн тонн", "ru", "3400000"),
        ("3,4 Mio.", "de", "3400000"),
        ("1만 5천", "ko", "15000"),
        ("1만 6,560톤", "ko", "16560"),
        ("31万7千人", "ja", "317000"),
        ("٦٥ ألف", "ar", "65000"),
        ("25 000", "fr", "25000"),
    ],
)
def test_a_number_is_one_number_in_every_notation(text: str, language: str, value: str) -> None:
    assert read(text, language) == [("number", value)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("at 4:30 p.m.", "en"),
        ("午後4時30分", "ja"),
        ("오후 4시 30분", "ko"),
        ("um 16.30 Uhr", "de"),
        ("à 16h30", "fr"),
        ("saat 16.30'da", "tr"),
    ],
)
def test_a_time_of_day_is_read_on_a_clock_of_24_hours(text: str, language: str) -> None:
    assert read(text, language) == [("time", "16:30")]


def test_a_list_number_is_no_figure_and_a_year_is_a_year() -> None:
    assert read("2. Train 25,000 people by 2028", "en") == [("number", "25000"), ("year", "2028")]


def test_an_era_is_a_year() -> None:
    assert read("令和7年12月4日", "ja") == [("year", "2025"), ("day", "12-04")]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("two hundred and ten days", "en", 210),
        ("ciento veinte días", "es", 120),
        ("quatre-vingt-deux", "fr", 82),
        ("zweiundzwanzig Züge", "de", 22),
        ("trentotto minuti", "it", 38),
        ("сто двадцать дней", "ru", 120),
        ("خمس وعشرين سنة", "ar", 25),
        ("第十九轮", "zh", 19),
        ("열흘", "ko", 10),
        ("yirmi iki", "tr", 22),
    ],
)
def test_numbers_in_words_are_understood(text: str, language: str, value: int) -> None:
    assert value in spoken_numbers(text, language)


def test_a_language_without_a_table_has_no_numbers_in_words() -> None:
    assert spoken_numbers("yksi kaksi", "fi") == frozenset()
