"""What pages are made of: marks, differences of sentences, citations, bars, names."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipelines.linking.differences import find_differences
from pipelines.linking.rows import Text
from tests.web.archive import EVIL, VISA_BEFORE, VISA_NOW, WORKING_GROUP_EN, WORKING_GROUP_ES
from web import charts, citation, words
from web.marks import cut, readable, rows_of, sentence_changes
from web.pages.page import templates, web_address

CITED = citation.Cited(
    id="r1",
    authors=("Ministry of Foreign Affairs of Mexico", "Ministry of Finance"),
    title="Agua & comercio: 50% {más}",
    kind="communique",
    folio="056",
    said_on=date(2017, 2, 23),
    language="es",
    publisher="Secretaría de Relaciones Exteriores",
    url="https://www.gob.mx/sre/a_b?c=%20d",
    captured_on=date(2017, 2, 24),
    archive_url="http://127.0.0.1:8000/releases/r1/captures/1",
    role="original",
    translator=None,
)


@given(st.text(), st.text())
def test_what_became_of_the_sentences_tells_both_states(before: str, now: str) -> None:
    changes = sentence_changes(before, now)
    skipped = sum(each.skipped for each in changes)
    shown = [each.kind for each in changes]
    assert skipped or "skipped" not in shown
    if sentence_changes(before, before) == changes:
        assert "gone" not in shown
        assert "new" not in shown


def test_only_sentences_that_changed_are_marked() -> None:
    changes = sentence_changes(VISA_BEFORE, VISA_NOW)
    gone = [each.text for each in changes if each.kind == "gone"]
    new = [each.text for each in changes if each.kind == "new"]
    assert len(gone) == 2
    assert len(new) == 3
    assert "Applications by mail are not accepted." in [each.text for each in changes if each.kind == "same"]


def test_marks_leave_every_letter_of_both_texts_in_place() -> None:
    found = find_differences(Text("es", WORKING_GROUP_ES), Text("en", WORKING_GROUP_EN))
    rows = rows_of(found)
    for side, body in (("left", WORKING_GROUP_ES), ("right", WORKING_GROUP_EN)):
        shown = [
            "".join(piece.text for piece in paragraph) for row in rows for paragraph in getattr(row, side)
        ]
        assert sorted(shown) == sorted(body.split("\n\n"))
    assert any(piece.mark == "figure" for row in rows for each in row.left for piece in each)


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-3, 45), st.integers(-3, 45)), max_size=6))
def test_a_text_in_pieces_is_the_text(text: str, marks: list[tuple[int, int]]) -> None:
    assert "".join(each.text for each in cut(text, marks)) == text


@given(st.text())
def test_what_is_shown_steers_nothing(text: str) -> None:
    assert not re.search("[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]", readable(text))


def test_a_template_escapes_whatever_it_is_given() -> None:
    made = templates().from_string('<p title="{{ a }}">{{ a }}{{ b }}</p>').render(a=EVIL + "\u202e", b=None)
    assert "<script" not in made
    assert "\u202e" not in made
    assert "None" not in made


def test_only_addresses_of_the_web_become_links() -> None:
    assert web_address("https://www.gob.mx/sre") == "https://www.gob.mx/sre"
    for told in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/x",
        "ftp://a/b",
        "http://[",
        "",
    ):
        assert web_address(told) is None


def test_a_citation_names_who_what_when_where_and_where_it_is_kept() -> None:
    told = citation.plain(CITED)
    for part in (*CITED.authors, CITED.title, "23 February 2017", "056", CITED.url, CITED.archive_url):
        assert part in told


def test_bibtex_holds_no_command_of_the_text() -> None:
    told = citation.bibtex(replace(CITED, title="\\input{/etc/passwd} $x$ #1", url="https://a.b/}\\x{ %zz"))
    assert r"\textbackslash{}input\{/etc/passwd\} \$x\$ \#1" in told
    assert "https://a.b/%7D%5Cx%7B%20%25zz" in told
    assert told.count("{") - told.count(r"\{") == told.count("}") - told.count(r"\}")
    assert r"50\% \{más\}" in citation.bibtex(CITED)


def test_csl_json_is_what_reference_managers_read() -> None:
    item = json.loads(json.dumps(citation.csl(CITED)))
    assert item["issued"] == {"date-parts": [[2017, 2, 23]]}
    assert item["author"] == [{"literal": each} for each in CITED.authors]
    assert item["archive_location"] == CITED.archive_url


@given(
    st.dictionaries(
        st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(1, 10_000), min_size=1, max_size=30
    )
)
def test_bars_stand_in_order_inside_the_chart(counted: dict[date, int]) -> None:
    years = sorted({day.replace(month=1, day=1): number for day, number in counted.items()}.items())
    drawn = charts.chart(years, "year")
    assert sum(bar.number for bar in drawn.bars) == sum(number for _, number in years)
    assert all(bar.x >= 0 and bar.x + bar.width <= charts.WIDTH for bar in drawn.bars)
    assert all(bar.y >= 0 and bar.y + bar.height <= charts.HEIGHT + 0.1 for bar in drawn.bars)
    assert [bar.start for bar in drawn.bars] == sorted(bar.start for bar in drawn.bars)


@given(st.integers(1950, 2100))
def test_a_calendar_year_has_every_day_once(year: int) -> None:
    shown = charts.calendar_year(year, {date(year, 2, 3): ("some", "3 February", 2)})
    assert [each.day for each in shown.cells] == [
        date(year, 1, 1) + timedelta(days=number)
        for number in range(365 + (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)))
    ]
    assert len({(each.x, each.y) for each in shown.cells}) == len(shown.cells)
    assert shown.total == 2


def test_things_are_called_by_their_names() -> None:
    assert words.language("es") == "Spanish"
    assert words.language("x-nonsense-tag") == "x-nonsense-tag"
    assert words.direction("ar") == words.direction("fa-IR") == "rtl"
    assert words.direction("zh") == "ltr"
    assert words.country("mx") == "Mexico"
    assert words.issuer("mx.sre") == "Ministry of Foreign Affairs of Mexico"
    assert words.issuer("nobody.knows") == "nobody.knows"
    now = datetime(2017, 3, 1, tzinfo=UTC)
    assert words.ago(now - timedelta(hours=5), now) == "5 hours ago"
    assert words.ago(now + timedelta(days=1), now) == "in 1 day"
