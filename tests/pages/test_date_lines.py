"""Lines that only tell when a page was posted: told from text, read in the order of their country."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.declare import Fields
from crawler.items import Due, ReleaseItem
from crawler.pages.date_lines import read_date_line, without_date_lines
from crawler.pages.read import read_page
from crawler.source import Source
from tests.pages.definitions import SENTENCE, capture, define

DAY = date(2024, 5, 3)
SOURCE = define(release=Fields(title="h1.none", body="div.none"), languages=("en", "es", "fr", "de"))


def of_country(country: str) -> type[Source]:
    made = define(release=Fields(title="h1.none", body="div.none"), languages=("en", "es", "fr", "de"))
    made.country = country
    return made


AMERICAN, BRITISH, CANADIAN = of_country("us"), of_country("gb"), of_country("ca")

LINES = [
    "Posted 2024-05-03",
    "Posted: May 3, 2024",
    "Posted on Friday, May 3, 2024 at 3:05 p.m. EDT",
    "Published: 3 May 2024",
    "Release date: May 3rd, 2024",
    "Date: 3 May 2024 | 10:30",
    "3 May 2024",
    "Washington, D.C., May 3, 2024",
    "May 3, 2024 – Mexico City – Global Affairs Canada",
    "London, 3 May 2024, 16:45 GMT",
    "Fecha de publicación 3 de mayo de 2024",
    "Fecha de publicación: viernes 3 de mayo de 2024, 14:30 hrs.",
    "Publicado el 3 de mayo del 2024",
    "Ciudad de México, 3 de mayo de 2024.",
    "Publié le 3 mai 2024 à 15h30",
    "Mis en ligne le vendredi 3 mai 2024",
    "Veröffentlicht am 03.05.2024",
    "Berlin, den 3. Mai 2024",
    "发布时间：2024年5月3日",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_nothing_but_a_date_is_told(line: str) -> None:
    read = read_date_line(line, SOURCE, None)
    assert read is not None
    assert read.days == {DAY}


@pytest.mark.parametrize(
    "line",
    [
        "On May 3, 2024, the ministers met.",
        "The treaty was signed in Bern on 3 May 2024",
        "Entry into force: 3 May 2024",
        "Talks of 3 May 2024",
        "Released prisoners came home on May 3, 2024",
        "Released Prisoners May 3, 2024",
        "May 3, 2024 the bridge was opened",
        "May 3, 2024 and May 4, 2024",
        "Date of the next meeting: May 3, 2024, in the House of the Estates of Bern, at noon",
        "Posted 13/13/2024",
        "1.200.2024",
        "",
    ],
)
def test_a_line_with_one_word_more_is_text(line: str) -> None:
    assert read_date_line(line, SOURCE, "en") is None


@pytest.mark.parametrize(
    ("source", "written", "days"),
    [
        (AMERICAN, "10/11/2024", {date(2024, 10, 11)}),
        (BRITISH, "10/11/2024", {date(2024, 11, 10)}),
        # Canada writes neither way: the two readings stay two.
        (CANADIAN, "10/11/2024", {date(2024, 10, 11), date(2024, 11, 10)}),
        (CANADIAN, "10/30/2024", {date(2024, 10, 30)}),
        (AMERICAN, "30/10/2024", {date(2024, 10, 30)}),
    ],
)
def test_only_the_country_tells_which_number_is_the_month(
    source: type[Source], written: str, days: set[date]
) -> None:
    read = read_date_line(f"Posted {written}", source, "en")
    assert read is not None
    assert read.days == days


def page(*lines: str, at_the_end: str = "") -> str:
    text = "".join(f"<p>{word} {SENTENCE}</p>" for word in ("First,", "Second,", "Third,"))
    before = "".join(f"<p>{line}</p>" for line in lines)
    return (
        "<html><head><title>Ministers open a bridge</title></head><body><main><article>"
        f"<h1>Ministers open a bridge</h1>{before}{text}{at_the_end}</article></main></body></html>"
    )


BODY = tuple(f"{word} {SENTENCE}" for word in ("First,", "Second,", "Third,"))


def item_of(body: str, source: type[Source] = SOURCE, due: Due | None = None) -> ReleaseItem:
    (item,) = read_page(source, capture(body), due).items
    return item


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("told", [None, DAY])
def test_the_line_that_is_the_date_is_not_in_the_text(line: str, told: date | None) -> None:
    due = Due("news/one", "https://www.example.org/news/one", posted_on=told)
    item = item_of(page(line), due=due)
    assert item.body == BODY
    assert (item.posted, item.posted_on) == (line, DAY)


def test_a_place_beside_the_day_becomes_the_dateline() -> None:
    item = item_of(page("Washington, D.C., May 3, 2024"))
    assert item.dateline == "Washington, D.C., May 3, 2024"
    assert item_of(page("Posted: May 3, 2024")).dateline is None


def test_a_label_on_a_line_of_its_own_goes_with_its_date() -> None:
    item = item_of(page("Date of publication:", "3 May 2024"))
    assert (item.body, item.posted) == (BODY, "Date of publication: 3 May 2024")


def test_the_posting_line_may_stand_at_the_end() -> None:
    due = Due("news/one", "https://www.example.org/news/one", posted_on=DAY)
    assert item_of(page(at_the_end="<p>Posted: May 3, 2024</p>"), due=due).body == BODY
    # A day without a label may be the last word of the text (a deadline, the last row of a table).
    assert item_of(page(at_the_end="<p>May 3, 2024</p>"), due=due).body == (*BODY, "May 3, 2024")


def test_a_line_of_another_day_is_not_the_one_that_was_used() -> None:
    due = Due("news/one", "https://www.example.org/news/one", posted_on=date(2024, 5, 9))
    item = item_of(page("Bern, 3 May 2024"), due=due)
    assert item.body == ("Bern, 3 May 2024", *BODY)
    assert (item.posted, item.posted_on) == (None, date(2024, 5, 9))


def test_a_date_that_can_be_read_in_two_ways_is_not_guessed() -> None:
    item = item_of(page("Posted 10/11/2023"), CANADIAN)
    assert (item.posted_on, item.body[0]) == (None, "Posted 10/11/2023")
    # The index tells which it is.
    due = Due("news/one", "https://www.example.org/news/one", posted_on=date(2023, 10, 11))
    told = item_of(page("Posted 10/11/2023"), CANADIAN, due)
    assert (told.posted, told.posted_on, told.body) == ("Posted 10/11/2023", date(2023, 10, 11), BODY)


def test_htmldate_is_shown_days_in_the_order_of_the_country() -> None:
    foot = "<footer><p>Posted 10/11/2023</p></footer>"
    assert item_of(page(at_the_end=foot), AMERICAN).posted_on == date(2023, 10, 11)
    assert item_of(page(at_the_end=foot), CANADIAN).posted_on is None


words = st.text(alphabet="abcdeéñüßжΩ中", min_size=1, max_size=9)
sentences = st.builds(
    lambda first, more, day: f"{first.capitalize()} {' '.join(more)} {day}".strip() + ".",
    words,
    st.lists(words, min_size=1, max_size=12),
    st.sampled_from(["", "May 3, 2024", "3 May 2024", "3 de mayo de 2024", "05/03/2024", "2024-05-03"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(sentences, max_size=6), st.sampled_from(LINES), st.integers(0, 3), st.booleans())
def test_no_text_is_lost_with_the_date_line(text: list[str], line: str, place: int, with_line: bool) -> None:
    place = min(place, len(text))
    paragraphs = [*text[:place], line, *text[place:]] if with_line else text
    kept, taken = without_date_lines(paragraphs, DAY, SOURCE, None, 3)
    assert [each for each in kept if each != line] == text
    assert [*kept, *taken].count(line) == int(with_line)
    assert set(taken) <= {line}
    if with_line and place < 3:
        assert taken == (line,)
