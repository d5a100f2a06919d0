"""Statements as they are read."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from crawler.items import KindOfSource, Release, Role, Standing
from storage.database import Database
from storage.releases import save_releases
from storage.statements import StatementQuery, StatementView, find_statement, find_statements
from storage.tables import AddressRow, CaptureRow, ReleaseRow, StatementRow
from tests.storage.records import NOON, release

ORIGINAL = release()
REPOST = release(
    "en-segob",
    source="mx_segob",
    role_hint=Role.REPOST,
    issuers=("mx.segob", "mx.shcp"),
    posted_on=date(2017, 2, 24),
)
TRANSLATION = release(
    "id4410",
    source="mexidata",
    source_kind=KindOfSource.MIRROR,
    role_hint=Role.TRANSLATION,
    standing=Standing.UNOFFICIAL,
    language="en",
    title="Meeting about the border",
    posted_on=date(2017, 2, 27),
)
OTHER = release("otra", said_on=date(2017, 2, 25), issuers=("mx.shcp",))


def own(given: Release) -> str:
    return f"s{given.id[1:]}"


@pytest.fixture
def stored(database: Database) -> Database:
    """ORIGINAL, its re-post and its translation in one statement; OTHER alone."""
    with database.write() as connection:
        save_releases(connection, "run1", [TRANSLATION, REPOST, ORIGINAL, OTHER], NOON)
        for joined in (REPOST, TRANSLATION):
            connection.execute(
                update(ReleaseRow).where(ReleaseRow.id == joined.id).values(statement_id=own(ORIGINAL))
            )
            connection.execute(
                update(StatementRow).where(StatementRow.id == own(joined)).values(merged_into=own(ORIGINAL))
            )
    return database


def found(database: Database, **query: Any) -> list[StatementView]:  # noqa: ANN401 - fields of StatementQuery
    with database.read() as connection:
        return list(find_statements(connection, StatementQuery(**query)))


def test_a_statement_shows_all_its_releases_with_the_original_first(stored: Database) -> None:
    other, joint = found(stored)
    assert (other.id, joint.id) == (own(OTHER), own(ORIGINAL))
    assert (joint.title, joint.kind, joint.said_on) == (ORIGINAL.title, "communique", date(2017, 2, 23))
    assert [each.id for each in joint.releases] == [ORIGINAL.id, TRANSLATION.id, REPOST.id]
    assert joint.issuers == ("mx.sre", "mx.segob", "mx.shcp")
    assert joint.languages == ("es", "en")
    assert [each.standing for each in joint.releases] == [None, "unofficial", None]
    first = joint.releases[0]
    assert (first.body, first.folio, first.captured_at, first.capture) == (
        ORIGINAL.body,
        "056",
        NOON,
        ORIGINAL.capture,
    )


def test_the_fields_of_a_statement_are_those_that_are_promised(stored: Database) -> None:
    view = asdict(found(stored)[1])
    assert list(view) == [
        *("id", "title", "kind", "said_on", "issuers", "languages", "releases", "changed_at")
    ]
    promised = "id source url language kind role title said_on posted_on issuers folio body captured_at"
    assert set(promised.split()) <= set(view["releases"][0])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [OTHER, ORIGINAL]),
        ({"since": date(2017, 2, 24)}, [OTHER]),
        ({"since": date(2017, 2, 23), "until": date(2017, 2, 23)}, [ORIGINAL]),
        ({"issuer": "mx.sre"}, [ORIGINAL]),
        ({"issuer": "mx.shcp"}, [OTHER, ORIGINAL]),
        ({"issuer": "mx"}, []),
        ({"language": "en"}, [ORIGINAL]),
        ({"language": "fr"}, []),
        ({"source": "mexidata"}, [ORIGINAL]),
        ({"source": "mexidata", "since": date(2017, 2, 24)}, []),
        ({"limit": 1}, [OTHER]),
    ],
)
def test_statements_are_found_by_day_issuer_language_and_source(
    stored: Database, query: dict[str, Any], expected: list[Release]
) -> None:
    assert [each.id for each in found(stored, **query)] == [own(each) for each in expected]


def test_a_statement_is_found_by_its_id_a_former_id_and_its_releases(stored: Database) -> None:
    with stored.read() as connection:
        views = [
            find_statement(connection, each)
            for each in (own(ORIGINAL), own(TRANSLATION), ORIGINAL.id, TRANSLATION.id)
        ]
        assert find_statement(connection, "s00000000000000000000") is None
        assert find_statement(connection, "r00000000000000000000") is None
    assert {view.id for view in views if view} == {own(ORIGINAL)}
    assert None not in views


@pytest.fixture
def many(database: Database) -> Database:
    with database.write() as connection:
        for start in range(0, 1_000, 250):
            batch = [
                release(f"n{number}", said_on=date(2017, 1, 1) + timedelta(days=number % 300))
                for number in range(start, start + 250)
            ]
            save_releases(connection, "run1", batch, NOON)
    return database


def test_many_statements_come_in_order_with_few_queries(many: Database) -> None:
    queries: list[str] = []
    event.listen(
        many.engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: queries.append(statement)
    )
    views = found(many)
    assert [(view.said_on, view.id) for view in views] == sorted(
        ((view.said_on, view.id) for view in views), key=lambda each: (-each[0].toordinal(), each[1])
    )
    assert len(views) == 1_000
    assert len([each for each in queries if "releases" in each]) == 5


def test_the_first_statement_comes_before_the_last_is_read(many: Database) -> None:
    queries: list[str] = []
    event.listen(
        many.engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: queries.append(statement)
    )
    with many.read() as connection:
        stream = find_statements(connection, StatementQuery())
        next(stream)
        assert len([each for each in queries if "releases" in each]) == 1
        stream.close()


def test_a_revised_release_shows_its_current_state(stored: Database) -> None:
    revised = replace(ORIGINAL, body="Otra cosa.", content_digest="sha256:other")
    with stored.write() as connection:
        save_releases(connection, "run2", [revised], NOON)
    shown = found(stored)[1].releases[0]
    assert (shown.body, shown.revision) == ("Otra cosa.", 2)


def test_a_page_that_is_gone_is_shown_as_gone_since_the_site_first_said_so(stored: Database) -> None:
    run = "run1"
    with stored.write() as connection:
        # As it was before absences were taken down.
        gone = {"state": "gone", "fetched_at": NOON + timedelta(days=3)}
        connection.execute(update(AddressRow).where(AddressRow.key == ORIGINAL.key).values(**gone))

    def shown() -> tuple[str | None, datetime | None]:
        (release,) = [each for each in found(stored)[1].releases if each.id == ORIGINAL.id]
        assert release.withdrawn is None
        return release.address_state, release.gone_since

    # Without captures (they were cut off) the last visit is all that is known.
    assert shown() == ("gone", NOON + timedelta(days=3))
    # A refusal from before the release was read is another story; so is another page's.
    at = ORIGINAL.captured_at or NOON
    with stored.write() as connection:
        for number, (url, days) in enumerate(
            ((ORIGINAL.url, -9), ("https://x.example/", 1), (ORIGINAL.url, 2))
        ):
            connection.execute(
                insert(CaptureRow).values(
                    run_id=run, url=url, captured_at=at + timedelta(days=days), origin="live", status=404,
                    digest="sha256:0", file="f", record_offset=number, record_length=1,
                )
            )  # fmt: skip
    assert shown() == ("gone", at + timedelta(days=2))
    # Others are not concerned, and a page that is read again is back.
    assert {each.address_state for each in found(stored)[1].releases} == {"gone", "stored"}
    back = replace(ORIGINAL, captured_at=at + timedelta(days=5))
    with stored.write() as connection:
        save_releases(connection, "run2", [back], NOON + timedelta(days=5))
    assert shown() == ("stored", None)
