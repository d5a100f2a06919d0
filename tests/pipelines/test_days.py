"""Days in running text: a dateline says when something was said, a sentence says when something happened."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from pipelines.days import dateline_day, first_day

ZONE = ZoneInfo("America/Mexico_City")
DAY = date(2017, 2, 23)


@pytest.mark.parametrize(
    ("language", "paragraph"),
    [
        ("es", "Ciudad de México, 23 de febrero de 2017.- El secretario recibió a la delegación."),
        ("es", "México, D.F., a 23 de febrero de 2017. La Secretaría informa que"),
        ("es", "Tegucigalpa, Honduras, 23 de febrero del 2017 — El canciller"),
        ("es", "23 de febrero de 2017"),
        ("en", "WASHINGTON, February 23, 2017 — The Secretary met"),
        ("en", "February 23, 2017 – Mexico City, Mexico – Global Affairs"),
        ("en", "Mexico City, Feb. 23, 2017. The ministry"),
        ("en", "London (23 February 2017) - The minister"),
        ("fr", "Le 23 février 2017 – Los Angeles, Californie – Affaires mondiales"),
        ("de", "Bern, 23.02.2017 — Der Bundesrat hat"),
        ("de", "Wien, 23. Februar 2017 - Die Ministerin"),
        ("pt", "Brasília, 23 de fevereiro de 2017 - O ministro"),
        ("it", "Roma, 23 febbraio 2017 - Il ministro"),
        ("zh", "北京 2017年2月23日"),
        ("ar", "23 شباط/فبراير 2017"),
    ],
)
def test_a_dateline_opens_the_text_and_is_closed(language: str, paragraph: str) -> None:
    found = dateline_day(paragraph, language, ZONE)
    assert found is not None
    assert found.day == DAY
    assert paragraph[found.start : found.end] == found.raw


@pytest.mark.parametrize(
    ("language", "paragraph"),
    [
        ("en", "On February 23, 2017, the Secretary met with the delegation."),
        ("es", "El 23 de febrero de 2017, el canciller recibió a la delegación."),
        ("en", "The ministers recalled the agreement of February 23, 2017 - a first step."),
        ("en", "El Paso — The Secretary visited the border on February 23, 2017 - again."),
        ("fr", "Le 23 février 2017, la ministre a reçu son homologue."),
        ("en", "EL PASO — The Secretary visited the border."),
        ("es", "Comunicado No. 056"),
        ("en", "February 31, 2017 - a day that is none"),
    ],
)
def test_a_day_in_a_sentence_is_no_dateline(language: str, paragraph: str) -> None:
    assert dateline_day(paragraph, language, ZONE) is None


@pytest.mark.parametrize(
    ("text", "day", "raw"),
    [
        ("Ministry of Foreign Affairs, Sept. 3, 2015; translation", date(2015, 9, 3), "Sept. 3, 2015"),
        ("Presidency of the Republic, Jan. 21, 2017, Mexico, DF", date(2017, 1, 21), "Jan. 21, 2017"),
        ("between March 3rd, 2016 and April 4, 2016", date(2016, 3, 3), "March 3rd, 2016"),
        ("Secretaría, 1º de junio de 2016", date(2016, 6, 1), "1º de junio de 2016"),
        ("Article 12 2017", None, None),
    ],
)
def test_the_first_day_is_found_with_its_own_words(text: str, day: date | None, raw: str | None) -> None:
    found = first_day(text, "es", ZONE)
    assert (found.day if found else None) == day
    assert (found.raw if found else None) == raw
