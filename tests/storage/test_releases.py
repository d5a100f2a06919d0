"""Saving releases: once is as good as twice, and every change of content is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crawler.frontier import RunRequest
from crawler.items import Claim, ClaimKind, Discovered, Held, Origin, Release, Role
from storage.database import Database
from storage.held import list_held, save_held
from storage.ledger import Ledger
from storage.releases import Change, Saved, save_releases
from storage.signatures import BANDS, bands_of
from storage.tables import (
    AddressRow,
    BandRow,
    ClaimRow,
    ReleaseIssuerRow,
    ReleaseRow,
    RevisionRow,
    SourceRow,
    StatementRow,
    Table,
)
from tests.clock import Clock
from tests.storage.records import NOON, everything, held, release


def save(database: Database, *releases: Release, run: str = "run1", days: int = 0) -> list[Saved]:
    with database.write() as connection:
        return save_releases(connection, run, releases, NOON + timedelta(days=days))


def changes(saved: list[Saved]) -> list[str]:
    return [each.change.value for each in saved]


def rows(database: Database, table: type[Table]) -> list[dict[str, Any]]:
    with database.read() as connection:
        key = list(table.__table__.primary_key)
        return [dict(row._mapping) for row in connection.execute(select(table).order_by(*key))]


def test_a_new_release_is_kept_whole(database: Database) -> None:
    given = release()
    (saved,) = save(database, given)
    assert saved == Saved(given.id, Change.NEW, relink=True)
    (row,) = rows(database, ReleaseRow)
    for name in ("title", "body", "said_on", "said_raw", "posted_on", "timezone", "captured_at", "signature"):
        assert row[name] == getattr(given, name)
    assert (row["issuers"], row["notes"]) == (["mx.sre", "mx.segob"], ["date by the foot line"])
    assert (row["capture_file"], row["capture_offset"], row["capture_length"]) == (
        "2017-03/a.warc.gz",
        100,
        50,
    )
    assert [(each["position"], each["issuer"]) for each in rows(database, ReleaseIssuerRow)] == [
        (0, "mx.sre"),
        (1, "mx.segob"),
    ]
    assert {(each["kind"], each["value"]) for each in rows(database, ClaimRow)} == {
        ("address", "mx_sre:prensa/reunion"),
        ("folio", "mx.sre|2017|c|056"),
    }
    assert [each["value"] for each in rows(database, BandRow)] == bands_of("es", given.signature)
    (revision,) = rows(database, RevisionRow)
    assert (revision["number"], revision["title"], revision["seen_at"]) == (1, given.title, NOON)
    assert revision["fields"]["said_on"] == "2017-02-23"


def test_a_new_release_opens_a_statement_of_its_own(database: Database) -> None:
    given = release(role_hint=Role.TRANSLATION)
    save(database, given)
    (statement,) = rows(database, StatementRow)
    assert statement["id"] == f"s{given.id[1:]}"
    assert (statement["title"], statement["kind"], statement["said_on"]) == (
        given.title,
        "communique",
        given.said_on,
    )
    (row,) = rows(database, ReleaseRow)
    assert (row["statement_id"], row["role"]) == (statement["id"], "translation")


def test_the_same_release_saved_twice_writes_nothing_but_bookkeeping_of_its_address(
    database: Database,
) -> None:
    batch = [release(), release("otra", title="Otra reunión")]
    save(database, *batch)
    before = everything(database)
    assert changes(save(database, *batch, run="run2", days=1)) == ["unchanged", "unchanged"]
    after = everything(database)
    assert len(after.pop("addresses")) == len(before.pop("addresses")) == 2
    assert after == before


def test_the_same_text_from_a_later_capture_writes_nothing_either(database: Database) -> None:
    save(database, release())
    before = everything(database)
    again = release(captured_at=NOON + timedelta(days=1), capture=None, capture_digest="sha256:01")
    assert save(database, again, days=1) == [Saved(again.id, Change.UNCHANGED, relink=False)]
    after = everything(database)
    assert {name for name in after if after[name] != before[name]} == {"addresses"}


def test_a_changed_text_is_a_revision_and_a_text_changed_back_is_another(database: Database) -> None:
    first, second = release(), release(body="Las delegaciones se reunieron otra vez.")
    for day, given in enumerate([first, second, first, first]):
        save(database, given, days=day)
    revisions = rows(database, RevisionRow)
    assert [(each["number"], each["body"]) for each in revisions] == [
        (1, first.body),
        (2, second.body),
        (3, first.body),
    ]
    (row,) = rows(database, ReleaseRow)
    assert (row["revision"], row["body"], row["first_seen_at"], row["changed_at"]) == (
        3,
        first.body,
        NOON,
        NOON + timedelta(days=2),
    )


def test_changes_within_one_batch_are_all_kept(database: Database) -> None:
    first, second = release(), release(body="Las delegaciones se reunieron otra vez.")
    assert changes(save(database, first, second, first, first)) == ["new", "revised", "revised", "unchanged"]
    assert [each["number"] for each in rows(database, RevisionRow)] == [1, 2, 3]


def test_a_revision_takes_issuers_claims_and_bands_with_it(database: Database) -> None:
    save(database, release())
    changed = release(
        issuers=("mx.shcp",),
        claims=(Claim(ClaimKind.SHARED_ID, "x"),),
        signature=bytes(512),
        title="Reunión sobre la hacienda",
        said_on=date(2017, 2, 24),
    )
    assert save(database, changed) == [Saved(changed.id, Change.REVISED, relink=True)]
    assert [each["issuer"] for each in rows(database, ReleaseIssuerRow)] == ["mx.shcp"]
    assert [each["value"] for each in rows(database, ClaimRow)] == ["x"]
    assert [each["value"] for each in rows(database, BandRow)] == bands_of("es", bytes(512))
    (statement,) = rows(database, StatementRow)
    assert (statement["title"], statement["said_on"]) == ("Reunión sobre la hacienda", date(2017, 2, 24))


def test_a_new_claim_is_kept_and_linked_again_without_a_revision(database: Database) -> None:
    """A page names its translation only once that is published; its own text stays the same."""
    save(database, release())
    claim = Claim(ClaimKind.ALTERNATE, "mx_sre:en/prensa/meeting")
    told = release(claims=(*release().claims, claim))
    assert save(database, told) == [Saved(told.id, Change.UNCHANGED, relink=True)]
    assert len(rows(database, RevisionRow)) == 1
    assert claim.value in {each["value"] for each in rows(database, ClaimRow)}


def test_a_statement_of_several_releases_keeps_the_title_that_linking_gave_it(database: Database) -> None:
    first, second = release(), release("copia")
    save(database, first, second)
    with database.write() as connection:
        connection.execute(
            ReleaseRow.__table__.update().values(  # type: ignore[attr-defined]
                statement_id=f"s{first.id[1:]}", role=Role.REPOST
            )
        )
    save(database, release("copia", title="Otro título"))
    assert rows(database, StatementRow)[0]["title"] == rows(database, StatementRow)[1]["title"] == first.title
    assert {each["role"] for each in rows(database, ReleaseRow)} == {"repost"}


def test_an_older_capture_adds_a_revision_and_leaves_the_current_text(database: Database) -> None:
    """An archive shows how the page was before; it does not bring it back."""
    save(database, release(body="Como es hoy."))
    older = release(body="Como era antes.", captured_at=NOON - timedelta(days=400))
    assert changes(save(database, older)) == ["unchanged"]
    assert changes(save(database, older)) == ["unchanged"]
    revisions = rows(database, RevisionRow)
    assert [(each["body"], each["seen_at"]) for each in revisions] == [
        ("Como es hoy.", NOON),
        ("Como era antes.", NOON - timedelta(days=400)),
    ]
    (row,) = rows(database, ReleaseRow)
    assert (row["body"], row["revision"]) == ("Como es hoy.", 1)
    save(database, release(body="Como será."), days=1)
    assert [each["number"] for each in rows(database, RevisionRow)] == [1, 2, 3]


def test_an_address_keeps_the_id_under_which_it_first_came(database: Database) -> None:
    first = release()
    save(database, first)
    renamed = replace(release(body="Cambiado."), id="rffffffffffffffffffff", native_id="1234")
    (saved,) = save(database, renamed)
    assert (saved.release_id, saved.change) == (first.id, Change.REVISED)
    assert [each["id"] for each in rows(database, ReleaseRow)] == [first.id]


def test_a_release_that_moved_is_found_by_its_id_and_takes_the_new_address(database: Database) -> None:
    first = release("viejo")
    save(database, first)
    moved = replace(release("nuevo"), id=first.id)
    (saved,) = save(database, moved)
    assert (saved.release_id, saved.change) == (first.id, Change.UNCHANGED)
    (row,) = rows(database, ReleaseRow)
    assert (row["key"], row["url"]) == (moved.key, moved.url)


def test_a_release_that_claims_the_address_of_another_one_keeps_its_own(database: Database) -> None:
    first, second = release("uno"), release("dos", body="Dos.")
    save(database, first, second)
    save(database, replace(release("dos", body="Tres."), id=first.id))
    assert {each["id"]: each["key"] for each in rows(database, ReleaseRow)} == {
        first.id: first.key,
        second.id: second.key,
    }


def test_saving_settles_the_address_in_the_ledger(database: Database, clock: Clock) -> None:
    ledger = Ledger(database, clock)
    run = ledger.open_run(RunRequest("mx_sre"))
    walk = ledger.open_walk(run, "mx_sre", "prensa", None)
    given = release()
    shown = Discovered(given.key, given.url, "https://www.gob.mx/sre/prensa", modified="stamp 1")
    ledger.record(run, walk, "mx_sre", [shown])
    save(database, given, run=run)
    (row,) = rows(database, AddressRow)
    assert (row["state"], row["fetched_modified"], row["fetched_at"]) == ("stored", "stamp 1", NOON)
    assert (row["etag"], row["last_modified"]) == (given.etag, given.last_modified)
    assert row["found_in"] == "https://www.gob.mx/sre/prensa"
    assert [each.due for each in ledger.record(run, walk, "mx_sre", [shown])] == [False]
    assert rows(database, SourceRow)[0]["last_new_at"] == NOON


def test_a_saved_file_does_not_tell_how_the_page_is_now(database: Database, clock: Clock) -> None:
    ledger = Ledger(database, clock)
    run = ledger.open_run(RunRequest("mx_sre"))
    walk = ledger.open_walk(run, "mx_sre", "prensa", None)
    saved = release(origin=Origin.FILE, captured_at=NOON - timedelta(days=2_000))
    shown = Discovered(saved.key, saved.url, "https://www.gob.mx/sre/prensa", modified="2017-02-24T10:00:00Z")
    save(database, saved)
    assert [each.due for each in ledger.record(run, walk, "mx_sre", [shown])] == [True]
    live = release(captured_at=NOON)
    save(database, live)
    assert [each.due for each in ledger.record(run, walk, "mx_sre", [shown])] == [False]
    before = everything(database)["addresses"]
    save(database, saved)
    assert everything(database)["addresses"] == before


def test_a_record_read_again_from_its_capture_is_stored_after_it_was_held(database: Database) -> None:
    with database.write() as connection:
        save_held(connection, "run1", [held()], NOON + timedelta(seconds=2))
    save(database, release(captured_at=NOON), days=1)
    assert [row["state"] for row in rows(database, AddressRow)] == ["stored"]


def test_a_release_without_an_address_in_the_ledger_gets_one(database: Database) -> None:
    save(database, release())
    (row,) = rows(database, AddressRow)
    assert (row["key"], row["state"]) == ("prensa/reunion", "stored")


def test_what_was_held_and_is_stored_is_held_no_longer(database: Database) -> None:
    with database.write() as connection:
        save_held(connection, "run1", [held(), held("otra")], NOON)
    save(database, release())
    with database.read() as connection:
        assert [each.key for each in list_held(connection)] == ["prensa/otra"]
    assert {row["key"]: row["state"] for row in rows(database, AddressRow)} == {
        "prensa/reunion": "stored",
        "prensa/otra": "held",
    }


def test_what_was_stored_and_is_held_keeps_its_release(database: Database) -> None:
    save(database, release())
    with database.write() as connection:
        save_held(connection, "run2", [held()], NOON)
    assert [row["state"] for row in rows(database, AddressRow)] == ["held"]
    assert len(rows(database, ReleaseRow)) == 1


def test_holding_the_same_record_twice_writes_nothing_but_bookkeeping(database: Database) -> None:
    def hold(*records: Held, days: int = 0) -> None:
        with database.write() as connection:
            save_held(connection, "run1", records, NOON + timedelta(days=days))

    hold(held())
    before = everything(database)
    hold(held(), days=1)
    after = everything(database)
    assert {name for name in after if after[name] != before[name]} == {"addresses"}
    hold(held(), held(reason="unreadable date"), days=2)
    with database.read() as connection:
        (view,) = list_held(connection, "mx_sre")
        assert list(list_held(connection, "mexidata")) == []
    assert (view.reason, view.held_at, view.capture) == (
        "unreadable date",
        NOON + timedelta(days=2),
        held().capture,
    )


def test_an_empty_batch_is_no_error(database: Database) -> None:
    assert save(database) == []


def test_a_large_batch_is_saved_whole(database: Database) -> None:
    batch = [release(f"n{number}") for number in range(1_200)]
    assert set(changes(save(database, *batch))) == {"new"}
    assert set(changes(save(database, *batch))) == {"unchanged"}
    assert len(rows(database, BandRow)) == 1_200 * BANDS


def test_bands_tell_languages_and_places_apart() -> None:
    same = bytes(512)
    assert len(set(bands_of("es", same))) == BANDS
    assert not set(bands_of("es", same)) & set(bands_of("en", same))
    other = bytes([1]) + bytes(511)
    alike = [a == b for a, b in zip(bands_of("es", same), bands_of("es", other), strict=True)]
    assert alike == [False] + [True] * (BANDS - 1)
    assert bands_of("es", b"") == []
    assert all(-(2**63) <= value < 2**63 for value in bands_of("es", same))
    with pytest.raises(ValueError, match="128 values"):
        bands_of("es", bytes(100))
