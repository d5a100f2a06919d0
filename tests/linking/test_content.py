"""Texts find their translations by what they say, and the order in which they come does not matter."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, event, func, select

from crawler.items import KindOfRelease, Release, Role
from pipelines.content import ContentLinker, PairFinder
from storage.anchors import load_contents
from storage.database import Database, default_url
from storage.linkers import LinkerBusy, claim_linker
from storage.links import load_links
from storage.search import texts
from storage.tables import ContentRow, DayAnchorsRow, LinkRow, Table, VectorRow
from storage.unlinked import count_unlinked, next_tickets, settle_tickets
from storage.vectors import load_vectors
from tests.linking.judges import CountingJudge
from tests.linking.shelf import DAY, NOW, State, keep, links_between, release, retold, state, together
from tests.linking.texts import (
    FOLLOW_UP_ES,
    JOINT_EN,
    JOINT_EN_OTHER,
    JOINT_ES,
    JOINT_TITLE,
    OTHER_EN,
    OTHER_ES,
    TRANSCRIPT_ES,
    exchange_rate,
)

ORIGINAL = release("mx_sre", "reunion", JOINT_ES, JOINT_TITLE)
TRANSLATED = release("mexidata", "id4410", JOINT_EN, "Meeting", language="en", role=Role.TRANSLATION)


def drain(database: Database, judge: CountingJudge | None = None, batch: int = 100, cap: int = 50) -> None:
    ContentLinker(database, judge or CountingJudge(), lambda: NOW, batch, cap).drain()


def test_a_translation_without_any_foot_line_joins_its_original_by_content(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED])
        assert together(connection, [ORIGINAL])
    drain(database)
    with database.read() as connection:
        assert together(connection, [ORIGINAL, TRANSLATED])
        verdict, features = links_between(connection, ORIGINAL, TRANSLATED)["translation"]
        assert verdict == "join"
        assert features["shares"]
        models = connection.scalars(select(LinkRow.model).where(LinkRow.kind == "translation")).all()
        assert models == ["counting@1"]


def test_the_crawl_leaves_links_by_content_as_they_are(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED])
    drain(database)
    with database.write() as connection:
        keep(connection, [retold(ORIGINAL, title="Otro título")], NOW + timedelta(days=1))
        assert together(connection, [ORIGINAL, TRANSLATED])
        assert count_unlinked(connection) == 1
    drain(database)
    with database.read() as connection:
        assert together(connection, [ORIGINAL, TRANSLATED])


def test_a_revision_that_says_something_else_leaves_the_statement(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED])
    drain(database)
    with database.write() as connection:
        keep(connection, [retold(TRANSLATED, body=OTHER_EN)], NOW + timedelta(days=1))
    drain(database)
    with database.read() as connection:
        assert together(connection, [ORIGINAL])
        assert together(connection, [TRANSLATED])
        assert links_between(connection, ORIGINAL, TRANSLATED) == {}


def test_saving_queues_what_is_new_or_changed_and_nothing_else(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED])
        assert {each.release for each in next_tickets(connection, 10)} == {ORIGINAL.id, TRANSLATED.id}
    drain(database)
    with database.write() as connection:
        keep(connection, [ORIGINAL])
        assert count_unlinked(connection) == 0
        keep(connection, [retold(ORIGINAL, title="Otro")])
        assert [each.release for each in next_tickets(connection, 10)] == [ORIGINAL.id]


def test_a_release_that_changes_while_it_is_being_linked_stays_in_the_queue(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL])
        (before,) = next_tickets(connection, 10)
        keep(connection, [retold(ORIGINAL, title="Otro")])
        settle_tickets(connection, [before])
        (after,) = next_tickets(connection, 10)
        assert (after.release, after.number > before.number) == (ORIGINAL.id, True)


def test_one_process_links_at_a_time_and_a_dead_one_is_taken_over(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED])
        claim_linker(connection, "linking", NOW)
    with pytest.raises(LinkerBusy, match="links this database"):
        drain(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE linkers SET process = 999999999, process_started = 'long ago'")
    drain(database)
    with database.read() as connection:
        assert together(connection, [ORIGINAL, TRANSLATED])


def test_linking_twice_reads_no_text_again_and_writes_no_row(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED])
    drain(database)
    with database.write() as connection:
        before = state(connection), load_contents(connection, [ORIGINAL.id])
        connection.exec_driver_sql(
            "INSERT INTO unlinked (release_id, reason, queued_at) "
            "SELECT id, 'relink', first_seen_at FROM releases"
        )
    judge = CountingJudge()
    drain(database, judge)
    with database.read() as connection:
        assert (state(connection), load_contents(connection, [ORIGINAL.id])) == before
    assert judge.read_texts == []
    assert len(set(judge.weighed)) == 1


def test_what_an_older_version_read_is_read_again(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL])
    drain(database)
    judge = CountingJudge(reading="counting-2")
    with database.write() as connection:
        keep(connection, [TRANSLATED])
    drain(database, judge)
    # The translation is new; the original is opened to be compared with it.
    assert judge.read_texts == [TRANSLATED.id, ORIGINAL.id]
    with database.read() as connection:
        assert together(connection, [ORIGINAL, TRANSLATED])


def test_vectors_are_kept_by_model_and_never_mixed(database: Database) -> None:
    unknown = release("uk_fcdo", "xx", OTHER_EN, language="xx")
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED, unknown])
    drain(database, CountingJudge(vectors="use@1"))
    ids = [ORIGINAL.id, TRANSLATED.id, unknown.id]
    with database.write() as connection:
        assert set(load_vectors(connection, ids, "use@1")) == {ORIGINAL.id, TRANSLATED.id}
        assert load_vectors(connection, ids, "use@2") == {}
        keep(connection, [retold(ORIGINAL, title="Otro")])
    # The judge asserts that it is never handed vectors of another model.
    drain(database, CountingJudge(vectors="use@2"))
    with database.read() as connection:
        assert set(load_vectors(connection, ids, "use@2")) == {ORIGINAL.id}
        assert connection.scalar(select(func.count()).select_from(VectorRow)) == 3


# Order of arrival


def _pool() -> list[Release]:
    def notice(number: int, language: str) -> Release:
        day = DAY + timedelta(days=number)
        title, body = exchange_rate(
            f"{day.day} de febrero de 2017", f"19.{4000 + number}", f"21.{100 + number}", "6.25"
        )
        source = "mx_shcp" if language == "es" else "otro_espejo"
        return release(source, f"tipo-{number}-{language}", body, title, language=language, said_on=day)

    return [
        release("mx_sre", "reunion", "Comunicado No. 056\n\n" + JOINT_ES, JOINT_TITLE, folio="056"),
        release("mx_segob", "reunion", JOINT_ES, JOINT_TITLE, folio="17"),
        release("mx_sre", "noruega", OTHER_ES, "Noruega", folio="057"),
        release("mx_sre", "seguimiento", FOLLOW_UP_ES, "Seguimiento"),
        release("mx_sre", "version", TRANSCRIPT_ES, "Versión", kind=KindOfRelease.TRANSCRIPT, folio="056"),
        release("mexidata", "m1", JOINT_EN, "Meeting", language="en"),
        release("otro_espejo", "m2", JOINT_EN_OTHER, "Talks", language="en", said_on=DAY + timedelta(days=4)),
        release("third_mirror", "m3", OTHER_EN, "Norway", language="en", said_on=DAY + timedelta(days=60)),
        release("us_state", "m4", JOINT_EN_OTHER, "Meeting", language="en"),
        release("uk_fcdo", "m5", JOINT_EN.split("\n\n", 1)[1], "Part of it", language="en"),
        release("uk_fcdo", "m6", OTHER_EN, "Visit", language="en", said_on=DAY + timedelta(days=90)),
        release("otro_espejo", "m7", OTHER_EN, "Oslo", language="en", said_on=DAY + timedelta(days=120)),
        *(notice(number, language) for number in range(4) for language in ("es", "en")),
    ]


POOL = _pool()
LONG_AGO = date(1990, 1, 1)
FEW = 3
"""So few holders make a hub here."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database to be emptied again and again; it need not survive a power cut."""
    database = Database(default_url(tmp_path_factory.mktemp("world")))

    def hurry(driver_connection: sqlite3.Connection, _record: object) -> None:
        driver_connection.execute("PRAGMA synchronous=OFF")

    event.listen(database.engine, "connect", hurry)
    database.upgrade()
    yield database
    database.close()


def _empty(database: Database) -> None:
    with database.write() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(delete(table))
        # The words of statements are kept outside the tables that the models know.
        texts.drop_tables(connection)
        texts.make_tables(connection)


def _arrive(database: Database, releases: Sequence[Release], chance: random.Random, cap: int) -> State:
    """Save in batches, link at drawn moments in drawn batches; sometimes a batch is cut off half-way."""
    _empty(database)
    at = 0
    while at < len(releases):
        size = chance.randint(1, 6)
        with database.write() as connection:
            keep(connection, releases[at : at + size], NOW + timedelta(hours=at))
        at += size
        if chance.random() < 0.3:
            _cut_off(database, chance.randint(1, 5), cap)
        linker = ContentLinker(database, CountingJudge(), lambda: NOW, chance.randint(1, 5), cap)
        for _ in range(chance.randint(0, 3)):
            linker.step()
    ContentLinker(database, CountingJudge(), lambda: NOW, chance.randint(1, 8), cap).drain()
    with database.read() as connection:
        assert count_unlinked(connection) == 0
        return state(connection)


def _cut_off(database: Database, size: int, cap: int) -> None:
    """A linker that is killed when the texts of its batch are stored and its links are not."""
    finder = PairFinder(CountingJudge(), cap)
    with database.read() as connection:
        waiting = [each.release for each in next_tickets(connection, size)]
        fresh = finder.shelf.read_outdated(connection, waiting)
    with database.write() as connection:
        finder.shelf.save(connection, fresh, NOW)


@pytest.fixture(scope="module")
def at_once(world: Database) -> dict[int, State]:
    """What comes of everything saved and linked at once, by the number of holders that make a hub."""
    found = {}
    for cap in (FEW, 50):
        _empty(world)
        with world.write() as connection:
            keep(connection, POOL)
        drain(world, batch=1000, cap=cap)
        with world.read() as connection:
            found[cap] = state(connection)
    return found


ORDERS = int(os.environ.get("COMMUNIQUE_TEST_ORDERS", "6"))
"""Orders that are tried for each cap: every one takes a second. `benchmarks/README.md` tells of a hundred."""


@pytest.mark.parametrize("cap", [FEW, 50])
def test_any_order_of_arrival_gives_the_same_statements(
    cap: int, at_once: dict[int, State], world: Database
) -> None:
    for seed in range(ORDERS):
        chance = random.Random(seed)
        assert _arrive(world, chance.sample(POOL, len(POOL)), chance, cap) == at_once[cap], seed


def test_the_pool_of_arrivals_holds_what_could_go_wrong(at_once: dict[int, State]) -> None:
    found = at_once[50]
    assert {verdict for _, _, kind, verdict, _, _ in found.links if kind == "translation"} == {"join", "ask"}
    assert max(len(group) for group in found.statements) >= 4
    assert len(at_once[FEW].links) < len(found.links)


def test_releases_revised_back_and_forth_leave_no_trace(at_once: dict[int, State], world: Database) -> None:
    chance = random.Random(5)
    _empty(world)
    with world.write() as connection:
        keep(connection, POOL)
    drain(world, cap=FEW)
    for count in range(10):
        one, other = chance.sample(POOL, 2)
        swapped = release(
            one.source, one.key, other.body, other.title, language=other.language, said_on=other.said_on
        )
        for hours, made in ((2 * count, swapped), (2 * count + 1, one)):
            with world.write() as connection:
                keep(connection, [made], NOW + timedelta(hours=hours))
            drain(world, batch=3, cap=FEW)
    with world.read() as connection:
        assert state(connection) == at_once[FEW]


def test_what_is_compared_with_a_release_is_what_was_said_around_its_day(world: Database) -> None:
    _empty(world)
    far = [
        release(
            "uk_fcdo",
            f"p{number}",
            JOINT_EN,
            language="en",
            said_on=date(1990, 1, 1) + timedelta(days=number),
        )
        for number in range(60)
    ]
    with world.write() as connection:
        keep(connection, [*far, ORIGINAL, TRANSLATED])
    judge = CountingJudge()
    drain(world, judge)
    judge.weighed.clear()
    with world.write() as connection:
        keep(connection, [retold(ORIGINAL, title="Otro")])
    drain(world, judge)
    # Their lasting anchors are hubs, and their days are long ago.
    assert set(judge.weighed) == {tuple(sorted((ORIGINAL.id, TRANSLATED.id)))}
    with world.read() as connection:
        assert connection.scalar(select(func.count()).select_from(DayAnchorsRow)) == 62
        assert connection.scalar(select(func.count()).select_from(ContentRow)) == 62
        assert load_links(connection, [ORIGINAL.id])
