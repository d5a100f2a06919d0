"""An item of any type becomes a ReleaseItem, or is held back with what is wrong with it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import attrs
import pydantic
import pytest
import scrapy

from crawler.items import Alternate, CapturePlace, Origin, ReadBy, ReleaseItem
from pipelines import validate as module
from pipelines.hold import HoldBack
from pipelines.validate import validate
from tests.pipelines.made import MINISTRY_ITEM, SPANISH, ministry_item

URL = MINISTRY_ITEM.url
LEAST: dict[str, Any] = {"source": "mx_sre", "url": URL, "title": "Visita", "body": "Uno.\n\nDos."}


@dataclasses.dataclass
class DataclassItem:
    source: str
    url: str
    title: str
    body: str


@attrs.define
class AttrsItem:
    source: str
    url: str
    title: str
    body: str


class PydanticItem(pydantic.BaseModel):
    source: str
    url: str
    title: str
    body: str


class ScrapyItem(scrapy.Item):
    source = scrapy.Field()
    url = scrapy.Field()
    title = scrapy.Field()
    body = scrapy.Field()


@pytest.mark.parametrize("make", [dict, DataclassItem, AttrsItem, PydanticItem, ScrapyItem])
def test_any_type_of_item_becomes_a_release_item(make: type) -> None:
    item = validate(make(**LEAST))
    assert item == ReleaseItem(
        source="mx_sre",
        url=URL,
        title="Visita",
        body=("Uno.", "Dos."),
        key="prensa/visita-de-la-delegacion",
    )


def test_a_release_item_keeps_every_field() -> None:
    full = ministry_item(
        key="prensa/visita-de-la-delegacion",
        native_id="press/7",
        shared_ids=("a", "b"),
        summary="Resumen",
        language="es",
        said="23 de febrero",
        said_on=date(2017, 2, 23),
        posted_at=datetime(2017, 2, 24, 0, 5, tzinfo=UTC),
        issuers=("SRE",),
        folio="Comunicado No. 056",
        attribution="SRE",
        dateline="México",
        alternates=(Alternate("https://www.gob.mx/sre/prensa/visit", "en"),),
        source_links=("https://www.gob.mx/sre/prensa/otra",),
        attachments=("https://www.gob.mx/a.pdf",),
        withdrawn="Retirado",
        withdrawn_at=datetime(2018, 1, 1, tzinfo=UTC),
        modified="7",
        read_by=ReadBy.FALLBACK,
        notes=("date by htmldate",),
        origin=Origin.WAYBACK,
        capture=CapturePlace("a.warc.gz", 0, 10),
        capture_digest="sha256:00",
        etag='"x"',
        last_modified="Thu, 23 Feb 2017 18:00:00 GMT",
    )
    assert validate(full) == full


def test_every_field_of_the_item_has_a_check() -> None:
    fields = {each.name for each in dataclasses.fields(ReleaseItem)}
    assert fields == {*module._CHECKS, *module._DAYS}


@pytest.mark.parametrize("field", ["source", "url", "title", "body"])
def test_a_missing_required_field_is_named(field: str) -> None:
    with pytest.raises(HoldBack) as held:
        validate({name: value for name, value in LEAST.items() if name != field})
    assert held.value.reason == "invalid item"
    assert held.value.stage == "validate"
    assert f"field {field}: expected" in held.value.detail
    assert "found nothing" in held.value.detail


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", 7),
        ("title", "  "),
        ("body", 7),
        ("body", ["Uno.", None]),
        ("body", b"Uno."),
        ("body", "\n\n"),
        ("body", ()),
        ("source", "no_such_source"),
        ("url", "/sre/prensa/visita"),
        ("url", "ftp://www.gob.mx/sre/prensa/visita"),
        ("url", "https://"),
        ("url", "https://[::1/sre/prensa/visita"),
        ("url", "https://user:secret@www.gob.mx/sre/prensa/visita"),
        ("url", "https://www.gob.mx/sre/prensa/visita nueva"),
        ("url", "https://www.example.org/elsewhere"),
        ("posted_on", "23 de febrero de 2017"),
        ("posted_on", 20170223),
        ("posted_at", "2017-02-23T18:05:00"),
        ("posted_at", datetime(2017, 2, 23, 18, 5)),  # noqa: DTZ001 - a time without zone is what is tested
        ("posted_at", "yesterday"),
        ("captured_at", date(2017, 2, 23)),
        ("read_by", "magic"),
        ("alternates", [7]),
        ("alternates", [{"language": "en"}]),
        ("capture", "a.warc.gz"),
    ],
)
def test_what_a_field_cannot_be_is_told_with_what_was_found(field: str, value: object) -> None:
    with pytest.raises(HoldBack) as held:
        validate({**LEAST, field: value})
    assert held.value.reason == "invalid item"
    assert f"field {field}: expected" in held.value.detail


def test_what_is_no_item_is_held_back() -> None:
    with pytest.raises(HoldBack, match="expected a dict, dataclass"):
        validate("just a text")


def test_a_single_text_is_split_at_its_blank_lines() -> None:
    assert validate({**LEAST, "body": "Uno\ny medio.\r\n \r\nDos.\n\n\nTres."}).body == (
        "Uno\ny medio.",
        "Dos.",
        "Tres.",
    )


@pytest.mark.parametrize("body", [list(SPANISH), SPANISH])
def test_paragraphs_in_a_list_or_tuple_are_taken_as_they_are(body: object) -> None:
    assert validate({**LEAST, "body": body}).body == SPANISH


@pytest.mark.parametrize(
    "value",
    [date(2017, 2, 23), datetime(2017, 2, 23, 7), "2017-02-23", "2017-02-23T07:00:00"],  # noqa: DTZ001
)
def test_days_come_as_dates_datetimes_or_iso_texts(value: object) -> None:
    assert validate({**LEAST, "said_on": value}).said_on == date(2017, 2, 23)


def test_the_day_of_a_moment_is_the_day_in_the_sources_zone() -> None:
    half_past_midnight = datetime(2017, 2, 24, 0, 30, tzinfo=UTC)
    assert validate({**LEAST, "posted_on": half_past_midnight}).posted_on == date(2017, 2, 23)


def test_times_come_back_in_utc() -> None:
    local = datetime(2017, 2, 23, 18, 5, tzinfo=timezone(timedelta(hours=-6)))
    for value in (local, local.isoformat()):
        found = validate({**LEAST, "posted_at": value}).posted_at
        assert found == datetime(2017, 2, 24, 0, 5, tzinfo=UTC)
        assert found.tzinfo is UTC


def test_a_field_that_is_not_known_is_left_out_and_said_so() -> None:
    item = validate({**LEAST, "author": "somebody", "notes": ["mine"]})
    assert item.notes == ("mine", "field author is not known and was left out")


def test_alternates_may_be_plain_addresses_or_mappings() -> None:
    item = validate(
        {**LEAST, "alternates": ["https://a.example/x", {"url": "https://a.example/y", "language": "fr"}]}
    )
    assert item.alternates == (Alternate("https://a.example/x"), Alternate("https://a.example/y", "fr"))


def test_fields_set_to_none_count_as_not_set() -> None:
    assert validate({**LEAST, "summary": None, "posted_on": None}).summary is None


def test_a_key_that_is_given_is_trusted() -> None:
    assert validate({**LEAST, "key": "prensa/own"}).key == "prensa/own"


def test_what_no_database_takes_is_shown_as_a_replacement_character() -> None:
    item = validate({**LEAST, "kind": "Comu\x00nicado", "folio": "No. \ud8005"})
    assert item.kind == "Comu\ufffdnicado"
    assert item.folio == "No. \ufffd5"
