"""Written dates by declared patterns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date, format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.dates import Found, UnknownPattern, parse_date
from crawler.source import registry
from tests.pages.definitions import STEADY

MEXICO = ZoneInfo("America/Mexico_City")
NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")


def day(raw: str, *formats: str, language: str | None = "en", zone: ZoneInfo = MEXICO) -> date | None:
    found = parse_date(raw, formats, language, zone)
    return found.day if found is not None else None


@pytest.mark.parametrize(
    ("raw", "pattern", "language", "expected"),
    [
        ("February 27, 2017", "MMMM d, y", "en", date(2017, 2, 27)),
        ("Monday, February 27, 2017", "EEEE, MMMM d, y", "en", date(2017, 2, 27)),
        ("Feb. 23, 2017", "MMM d, y", "en", date(2017, 2, 23)),
        ("Sept. 3, 2017", "MMM d, y", "en", date(2017, 9, 3)),
        ("23rd February 2017", "d MMMM y", "en", date(2017, 2, 23)),
        ("25 de noviembre de 2025", "d 'de' MMMM 'de' y", "es", date(2025, 11, 25)),
        ("1° DE SETIEMBRE DE 2020", "d 'de' MMMM 'de' y", "es", date(2020, 9, 1)),
        ("1er\u00a0février\u202f2022", "d MMMM y", "fr", date(2022, 2, 1)),
        ("Le 3 AOUT 2021", "'Le' d MMMM y", "fr", date(2021, 8, 3)),
        ("1. März 2020", "d. MMMM y", "de", date(2020, 3, 1)),
        ("Donnerstag, 7. Jänner 2021", "EEEE, d. MMMM y", "de", date(2021, 1, 7)),
        ("14 de março de 2024", "d 'de' MMMM 'de' y", "pt-BR", date(2024, 3, 14)),
        ("12 мая 2020", "d MMMM y", "ru", date(2020, 5, 12)),
        ("7 أيار/مايو 2025", "d MMMM y", "ar", date(2025, 5, 7)),
        ("٧ مايو ٢٠٢٥", "d MMMM y", "ar", date(2025, 5, 7)),
        ("2025年3月4日", "y年M月d日", "ja", date(2025, 3, 4)),
        ("03/04/2020", "dd/MM/y", "es", date(2020, 4, 3)),
        ("03/04/20", "MM/dd/yy", "en", date(2020, 3, 4)),
        ("03/04/71", "MM/dd/yy", "en", date(1971, 3, 4)),
        ("20250102", "iso", None, date(2025, 1, 2)),
        (" (27 February 2017). ", "d MMMM y", "en", date(2017, 2, 27)),
        ("07 FEB 2020 5:45PM", "dd MMM y h:mma", "en", date(2020, 2, 7)),
        ("28. Januar 2026", "d. MMMM y", "de", date(2026, 1, 28)),
        ("1º de março de 2026", "d 'de' MMMM 'de' y", "pt", date(2026, 3, 1)),
        ("8 d'abril de 2026", "d 'd'''MMMM 'de' y", "ca", date(2026, 4, 8)),
        ("8 января 2026 г.", "d MMMM y 'г.'", "ru", date(2026, 1, 8)),
        ("8 січня 2026 року", "d MMMM y 'року'", "uk", date(2026, 1, 8)),
        ("12 Ağustos 2025 Salı", "d MMMM y EEEE", "tr", date(2025, 8, 12)),
        ("२८ जनवरी २०२६", "d MMMM y", "hi", date(2026, 1, 28)),
        ("2026년 1월 8일", "y년 M월 d일", "ko", date(2026, 1, 8)),
        ("2026. 1. 8.", "y. M. d.", "ko", date(2026, 1, 8)),
        ("令和6年7月28日", "Gy年M月d日", "ja", date(2024, 7, 28)),
        ("令和元年５月１日（水）", "Gy年M月d日(E)", "ja", date(2019, 5, 1)),
        ("平成31年4月30日", "Gy年M月d日", "ja", date(2019, 4, 30)),
        ("中華民國114年5月7日", "Gy年M月d日", "zh", date(2025, 5, 7)),
    ],
)
def test_a_date_is_read_by_its_pattern(raw: str, pattern: str, language: str | None, expected: date) -> None:
    assert day(raw, pattern, language=language) == expected


@pytest.mark.parametrize(
    ("raw", "pattern"),
    [
        ("31/02/2020", "dd/MM/y"),
        ("29/02/2019", "dd/MM/y"),
        ("02/13/2017", "dd/MM/y"),
        ("yesterday", "MMMM d, y"),
        ("27 February", "d MMMM y"),
        ("February 27, 2017 and later", "MMMM d, y"),
        ("Tuesday, February 27, 2017", "EEEE, MMMM d, y"),
        ("2017-2-3", "iso"),
        ("2017-02-03T25:00:00", "iso"),
        ("13:45 PM, 3 May 2020", "h:mm a, d MMMM y"),
        ("14:05", "HH:mm"),
        ("0000-01-01", "iso"),
        ("平成31年5月1日", "Gy年M月d日"),
        ("令和0年1月1日", "Gy年M月d日"),
        ("5-3 March 2026", "d-d MMMM y"),
        ("30-31 February 2026", "d-d MMMM y"),
        ("3 January - 5 March 2026", "d MMMM - d MMMM y"),
        ("Tuesday, 3-5 March 2017", "EEEE, d-d MMMM y"),
        ("", "iso"),
        ("1" * 100_000, "iso"),
    ],
)
def test_what_fits_no_pattern_or_no_calendar_is_none(raw: str, pattern: str) -> None:
    assert parse_date(raw, (pattern,), "en", MEXICO) is None


def test_names_are_those_of_the_language_only() -> None:
    assert day("5 mayo 2020", "d MMMM y", language="en") is None
    assert day("5 mayo 2020", "d MMMM y", language="es") == date(2020, 5, 5)
    assert day("5 mayo 2020", "d MMMM y", language="xx") is None


def test_the_first_pattern_that_fits_decides() -> None:
    assert day("03/04/2020", "MM/dd/y", "dd/MM/y") == date(2020, 3, 4)
    assert day("13/04/2020", "MM/dd/y", "dd/MM/y") == date(2020, 4, 13)


def test_a_time_without_zone_is_the_sources_own() -> None:
    found = parse_date("2025-11-25 18:21:00", ("iso",), "es", MEXICO)
    assert found == Found(date(2025, 11, 25), datetime(2025, 11, 26, 0, 21, tzinfo=UTC))


def test_an_offset_is_respected_and_the_day_is_the_sources() -> None:
    found = parse_date("2016-12-25T00:15:06.500+00:00", ("iso",), "en", MEXICO)
    assert found == Found(date(2016, 12, 24), datetime(2016, 12, 25, 0, 15, 6, 500_000, tzinfo=UTC))
    assert parse_date("2026-02-02 12:14:00 -0600", ("iso",), "es", MEXICO) == Found(
        date(2026, 2, 2), datetime(2026, 2, 2, 18, 14, tzinfo=UTC)
    )


def test_a_pure_date_has_no_time() -> None:
    assert parse_date("2025-11-25", ("iso",), None, MEXICO) == Found(date(2025, 11, 25), None)


@pytest.mark.parametrize(
    ("raw", "hour"),
    [("12:05 AM", 0), ("12:05 pm", 12), ("5:05 p. m.", 17), ("5:05 P.M.", 17), ("11:05a.m.", 11)],
)
def test_halves_of_the_day(raw: str, hour: int) -> None:
    found = parse_date(f"3 mar 2020, {raw}", ("d MMM y, h:mm a",), "es", ZoneInfo("UTC"))
    assert found is not None
    assert found.at == datetime(2020, 3, 3, hour, 5, tzinfo=UTC)


def test_a_zone_name_counts_only_where_it_is_the_sources_own() -> None:
    pattern = ("MMM d, y h:mm a z",)
    summer = parse_date("Jul 3, 2020 1:00 PM EDT", pattern, "en", NEW_YORK)
    assert summer is not None
    assert summer.at == datetime(2020, 7, 3, 17, 0, tzinfo=UTC)
    assert parse_date("Jul 3, 2020 1:00 PM EST", pattern, "en", NEW_YORK) is None
    assert parse_date("Jul 3, 2020 1:00 PM GMT", pattern, "en", NEW_YORK) == Found(
        date(2020, 7, 3), datetime(2020, 7, 3, 13, 0, tzinfo=UTC)
    )


def test_a_doubled_hour_is_its_first_and_a_missing_hour_counts_from_before() -> None:
    doubled = parse_date("2020-10-25 02:30", ("iso",), "de", BERLIN)
    assert doubled is not None
    assert doubled.at == datetime(2020, 10, 25, 0, 30, tzinfo=UTC)
    missing = parse_date("2020-03-29 02:30", ("iso",), "de", BERLIN)
    assert missing == Found(date(2020, 3, 29), datetime(2020, 3, 29, 1, 30, tzinfo=UTC))


def test_the_edges_of_the_calendar_are_none_not_an_error() -> None:
    assert parse_date("0001-01-01T00:00:00+14:00", ("iso",), None, MEXICO) is None
    assert parse_date("9999-12-31T23:59:59-12:00", ("iso",), None, MEXICO) is None


@pytest.mark.parametrize(
    ("raw", "pattern"),
    [
        ("3-5 March 2026", "d-d MMMM y"),
        ("3 – 5 March 2026", "d-d MMMM y"),
        ("March 3 to 5, 2026", "MMMM d 'to' d, y"),
        ("3 March - 2 April 2026", "d MMMM - d MMMM y"),
        ("Tuesday, 3—5 March 2026", "EEEE, d-d MMMM y"),
    ],
)
def test_the_first_day_of_a_range_is_its_date(raw: str, pattern: str) -> None:
    assert day(raw, pattern) == date(2026, 3, 3)


def test_a_range_over_new_year_begins_in_the_old_one() -> None:
    assert day("30 December - 2 January 2026", "d MMMM - d MMMM y") == date(2025, 12, 30)
    assert day("30 December 2025 – 2 January 2026", "d MMMM y - d MMMM y") == date(2025, 12, 30)


def without_year(raw: str, pattern: str, year_of: date | None) -> date | None:
    found = parse_date(raw, (pattern,), "en", MEXICO, year_of)
    return found.day if found is not None else None


def test_a_day_without_year_is_of_the_year_that_it_is_given() -> None:
    assert without_year("April 14", "MMMM d", date(2026, 4, 20)) == date(2026, 4, 14)
    assert without_year("April 14", "MMMM d", date(2026, 4, 14)) == date(2026, 4, 14)
    assert without_year("April 14", "MMMM d", None) is None


def test_a_year_is_not_guessed_across_new_year() -> None:
    assert without_year("December 28", "MMMM d", date(2026, 1, 5)) is None
    assert without_year("February 29", "MMMM d", date(2025, 3, 1)) is None


def test_a_weekday_proves_the_year_before() -> None:
    assert without_year("Sunday, December 28", "EEEE, MMMM d", date(2026, 1, 5)) == date(2025, 12, 28)
    assert without_year("Monday, December 28", "EEEE, MMMM d", date(2026, 1, 5)) is None


@pytest.mark.parametrize(
    ("raw", "pattern", "language"),
    [
        ("2026년 1월 8일 오후 3:05", "y년 M월 d일 a h:mm", "ko"),
        ("2026年1月8日 下午3:05", "y年M月d日 ah:mm", "zh"),
        ("2026-01-08 15:05", "iso", "zh"),
        ("08/01/2026 15h05", "dd/MM/y H'h'mm", "pt"),
    ],
)
def test_clock_times_of_the_catalogues_languages(raw: str, pattern: str, language: str) -> None:
    found = parse_date(raw, (pattern,), language, ZoneInfo("UTC"))
    assert found is not None
    assert found.at == datetime(2026, 1, 8, 15, 5, tzinfo=UTC)


CATALOGUE = sorted({tag.partition("-")[0] for source in registry().values() for tag in source.languages})


@pytest.mark.parametrize("language", [tag for tag in CATALOGUE if tag not in ("und", "th")])
@given(written=st.dates(date(1970, 1, 1), date(2068, 12, 31)))
@settings(STEADY, max_examples=40)
def test_every_language_of_the_catalogue_reads_the_dates_that_it_writes(language: str, written: date) -> None:
    for length in ("full", "long", "medium", "short"):
        pattern = Locale.parse(language).date_formats[length].pattern
        text = format_date(written, length, locale=language)
        assert day(text, pattern, language=language) == written, (text, pattern)


def test_an_unknown_pattern_letter_is_refused_with_its_name() -> None:
    with pytest.raises(UnknownPattern, match="'QQQ'"):
        parse_date("Q1 2020", ("QQQ y",), "en", MEXICO)


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "it"])
@pytest.mark.parametrize("length", ["full", "long", "medium"])
@given(written=st.dates(date(1900, 1, 1), date(2099, 12, 31)))
@STEADY
def test_what_babel_writes_is_read_as_the_same_day(language: str, length: str, written: date) -> None:
    pattern = Locale.parse(language).date_formats[length].pattern
    text = format_date(written, length, locale=language)
    assert day(text, pattern, language=language) == written


@given(seconds=st.integers(0, 2_000_000_000))
@STEADY
def test_a_moment_survives_being_written(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    text = format_datetime(moment.astimezone(NEW_YORK), "MMMM d, y h:mm:ss a Z", NEW_YORK, "en")
    found = parse_date(text, ("MMMM d, y h:mm:ss a Z",), "en", NEW_YORK)
    assert found is not None
    assert found.at == moment


@given(st.text(max_size=40))
@STEADY
def test_no_text_raises(raw: str) -> None:
    found = parse_date(raw, ("iso", "d MMMM y", "EEEE, MMMM d, y h:mm a z", "dd.MM.yy"), "fr", MEXICO)
    assert found is None or isinstance(found.day, date)
