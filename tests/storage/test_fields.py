"""Every field of a release stands in the database as given: days apart, raw texts beside, place kept."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import DateTime, Row, insert, select
from sqlalchemy.exc import StatementError

from crawler.items import (
    CapturePlace,
    Claim,
    ClaimKind,
    KindOfRelease,
    KindOfSource,
    Origin,
    ReadBy,
    Release,
    Role,
    Standing,
)
from storage.database import Database
from storage.held import list_held, save_held
from storage.provenance import origins_of, revisions_of
from storage.releases import save_releases
from storage.statements import find_statement
from storage.tables import AddressRow, ClaimRow, ReleaseRow, SourceRow, Table, UtcTime
from tests.storage.records import NOON, held

THURSDAY, MONDAY = date(2017, 2, 23), date(2017, 2, 27)
WHOLE = Release(
    id="r" + "5" * 20,
    source="mexidata",
    source_kind=KindOfSource.MIRROR,
    url="http://mexidata.info/id5001.html",
    key="id5001",
    native_id="5001",
    language="en",
    kind=KindOfRelease.READOUT,
    kind_raw="Joint Communique",
    role_hint=Role.TRANSLATION,
    standing=Standing.UNOFFICIAL,
    title="A meeting about the border",
    summary="Both sides met.",
    body="The delegations [of both sides] met.\n\nThey will meet again.",
    said_on=THURSDAY,
    said_raw="Feb. 23, 2017",
    posted_on=MONDAY,
    posted_at=datetime(2017, 2, 27, 15, 30, tzinfo=UTC),
    posted_raw="Monday, February 27, 2017",
    timezone="America/Mexico_City",
    issuers=("mx.sre", "mx.segob"),
    issuers_raw=("SRE", "SEGOB"),
    folio="056",
    attribution="Joint SRE-SEGOB Communique, Feb. 23, 2017; translation by A. Person",
    translator="A. Person",
    insertions=1,
    claims=(Claim(ClaimKind.ADDRESS, "mexidata|id5001"), Claim(ClaimKind.FOLIO, "mx.sre|2017|56")),
    attachments=("http://mexidata.info/id5001.pdf",),
    withdrawn="Withdrawn in June",
    withdrawn_at=datetime(2017, 6, 1, 9, tzinfo=UTC),
    modified="stamp 8",
    read_by=ReadBy.FALLBACK,
    notes=("date by htmldate",),
    content_digest="sha256:" + "a" * 64,
    signature=bytes(range(256)) * 2,
    captured_at=datetime(2017, 7, 1, 8, 15, tzinfo=UTC),
    origin=Origin.WAYBACK,
    capture=CapturePlace("2017-07/a.warc.gz", 1234, 567),
    capture_digest="sha256:" + "b" * 64,
    etag='"tag"',
    last_modified="Mon, 27 Feb 2017 15:30:00 GMT",
)
"""No field is empty, and no two days or texts are equal: a field that is lost or mixed up shows."""


def saved(database: Database, *releases: Release, at: datetime = NOON) -> Row[Any]:
    with database.write() as connection:
        save_releases(connection, "run1", releases, at)
    with database.read() as connection:
        return connection.execute(select(ReleaseRow)).one()


def check(database: Database, given: Release, row: Row[Any]) -> None:
    apart = {"claims", "capture", "etag", "last_modified"}
    for name in {each.name for each in fields(Release)} - apart:
        found = getattr(row, name)
        assert (tuple(found) if isinstance(found, list) else found) == getattr(given, name), name
    assert CapturePlace(row.capture_file, row.capture_offset, row.capture_length) == given.capture
    with database.read() as connection:
        claims = connection.execute(select(ClaimRow.kind, ClaimRow.value)).all()
        address = connection.execute(select(AddressRow.etag, AddressRow.last_modified)).one()
    assert {(kind, value) for kind, value in claims} == {(each.kind, each.value) for each in given.claims}
    assert tuple(address) == (given.etag, given.last_modified)


def test_no_field_of_the_sample_is_left_empty() -> None:
    """Else the tests below would not see it get lost."""
    assert [each.name for each in fields(Release) if not getattr(WHOLE, each.name)] == []


def test_every_field_of_a_new_release_comes_back(database: Database) -> None:
    check(database, WHOLE, saved(database, WHOLE))


def test_every_field_of_a_revised_release_comes_back(database: Database) -> None:
    """The first state has another value in every field that may change."""
    before = replace(
        WHOLE,
        title="An earlier headline",
        body="The delegations met.",
        said_raw="Feb. 14, 2017",
        posted_raw="Saturday, February 18, 2017",
        said_on=THURSDAY - timedelta(days=9),
        posted_on=MONDAY - timedelta(days=9),
        posted_at=None,
        timezone="UTC",
        language="es",
        issuers=("mx.shcp",),
        issuers_raw=("SHCP",),
        attribution=None,
        translator=None,
        notes=(),
        attachments=(),
        withdrawn=None,
        withdrawn_at=None,
        claims=(),
        content_digest="sha256:before",
        captured_at=NOON,
        origin=Origin.FILE,
        capture=CapturePlace("2017-03/b.warc.gz", 9, 99),
        capture_digest="sha256:before",
    )
    saved(database, before)
    check(database, WHOLE, saved(database, WHOLE))


def test_what_a_reader_sees_leads_to_its_capture(database: Database) -> None:
    """A statement, the states of its releases and a record held back: each names the place of its bytes."""
    first = replace(
        WHOLE,
        title="An earlier headline",
        content_digest="sha256:before",
        captured_at=NOON,
        capture=CapturePlace("2017-03/b.warc.gz", 9, 99),
    )
    saved(database, first)
    saved(database, WHOLE, at=NOON + timedelta(days=200))
    with database.write() as connection:
        save_held(connection, "run1", [held()], NOON)
    with database.read() as connection:
        view = find_statement(connection, WHOLE.id)
        assert view is not None
        assert [each.capture for each in view.releases] == [WHOLE.capture]
        assert origins_of(connection, [WHOLE.id])[WHOLE.id].capture == WHOLE.capture
        states = revisions_of(connection, [WHOLE.id])[WHOLE.id]
        assert [(each.title, each.capture) for each in states] == [
            (first.title, first.capture),
            (WHOLE.title, WHOLE.capture),
        ]
        assert [each.capture for each in list_held(connection)] == [held().capture]


# Time


def test_every_time_in_every_table_is_kept_in_utc() -> None:
    """A column of the plain type would take a time without its zone, and give it back without."""
    plain = [
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, DateTime)
    ]
    assert plain == []
    assert any(isinstance(column.type, UtcTime) for column in ReleaseRow.__table__.columns)


@pytest.mark.parametrize(
    "zone", [UTC, ZoneInfo("America/Mexico_City"), timezone(timedelta(hours=5, minutes=45))], ids=str
)
def test_one_moment_told_in_any_zone_is_the_same_time_in_utc(
    database: Database, zone: ZoneInfo | timezone
) -> None:
    given = replace(WHOLE, posted_at=WHOLE.posted_at and WHOLE.posted_at.astimezone(zone))
    row = saved(database, given)
    assert row.posted_at == WHOLE.posted_at
    assert row.posted_at.utcoffset() == timedelta(0)
    assert row.timezone == "America/Mexico_City"


def test_a_time_without_its_zone_is_refused(database: Database) -> None:
    naive = datetime(2017, 2, 27, 15, 30)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="time without a zone"), database.write() as connection:
        connection.execute(insert(SourceRow).values(name="mexidata", first_run_at=naive))
    with pytest.raises(StatementError, match="time without a zone"):
        saved(database, replace(WHOLE, posted_at=naive))
