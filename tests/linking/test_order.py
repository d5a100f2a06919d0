"""Statements follow from what is stored, not from the order in which it came."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, delete

from crawler.items import ClaimKind, KindOfRelease, Release, Role
from pipelines.link import link_releases, relink_all
from storage.tables import Table
from tests.linking.shelf import DAY, NOW, State, keep, release, state, translation
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

THREE = ("mx.sre", "mx.segob", "mx.shcp")
CAP = 3
"""So few holders make a hub here."""


def _notice(number: int, day: date) -> Release:
    title, body = exchange_rate(
        f"{day.day} de febrero de 2017", f"19.{4000 + number}", f"21.{100 + number}", "6.25"
    )
    return release("mx_shcp", f"tipo-{number}", body, title, said_on=day)


def _pool() -> list[Release]:
    paragraphs = JOINT_ES.split("\n\n")
    pool = [
        release("mx_sre", "reunion", "Comunicado No. 056\n\n" + JOINT_ES, JOINT_TITLE, folio="056"),
        release("mx_segob", "reunion", JOINT_ES, JOINT_TITLE, folio="17"),
        release("mx_shcp", "reunion", JOINT_ES, "Frontera", said_on=DAY + timedelta(days=1)),
        release("mx_sre", "noruega", OTHER_ES, "Noruega", folio="057"),
        release("mx_sre", "seguimiento", FOLLOW_UP_ES, "Seguimiento"),
        release("mx_sre", "version", TRANSCRIPT_ES, "Versión", kind=KindOfRelease.TRANSCRIPT, folio="056"),
        release("mx_sre", "meeting", JOINT_EN_OTHER, "Meeting", language="en", folio="56"),
        translation("mexidata", "id4410", JOINT_EN, THREE),
        translation("mexidata", "id4411", OTHER_EN, ["mx.sre"]),
        translation("otro_espejo", "n7", JOINT_EN_OTHER, THREE),
        release("third_mirror", "x1", JOINT_ES, "Otra cabeza", said_on=DAY + timedelta(days=4)),
        release(
            "third_mirror", "x2", "\n\n".join(paragraphs[2:4]), "Parte", said_on=DAY + timedelta(days=1),
            claims=[(ClaimKind.SOURCE_LINK, "mx_sre|reunion"), (ClaimKind.SOURCE_LINK, "mx_sre|noruega")],
        ),
        release(
            "third_mirror", "x3", OTHER_EN, "Norway", language="en", role=Role.TRANSLATION,
            claims=[(ClaimKind.SOURCE_LINK, "mx_sre|noruega")],
        ),
        release("mx_segob", "corregido", JOINT_ES.replace("240 millones", "204 millones"), JOINT_TITLE),
    ]  # fmt: skip
    # A faulty language switch that names one page from everywhere, and templates that crowd their bands.
    pool += [
        release(
            "uk_fcdo", f"p{number}", f"{OTHER_EN} Paragraph {number} " + "adds words of its own. " * number,
            language="en",
            claims=[(ClaimKind.ALTERNATE, "uk_fcdo|front"), (ClaimKind.SHARED_ID, "uk_fcdo|one")],
        )
        for number in range(CAP + 2)
    ]  # fmt: skip
    pool.append(
        release(
            "uk_fcdo",
            "front",
            OTHER_ES,
            "Portada",
            language="es",
            claims=[(ClaimKind.SHARED_ID, "uk_fcdo|one")],
        )
    )
    pool += [_notice(number, DAY + timedelta(days=number // 3)) for number in range(7)]
    pool.append(release("otro_espejo", "copia", pool[-1].body, pool[-1].title, said_on=pool[-1].said_on))
    return pool


POOL = _pool()


@cache
def _engine() -> Engine:
    """One for all databases here: it remembers how its questions are put in SQL."""
    engine = create_engine("sqlite://")
    Table.metadata.create_all(engine)
    return engine


@contextmanager
def _database() -> Iterator[Connection]:
    """An empty database, in memory."""
    with _engine().begin() as connection:
        yield connection
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(delete(table))


def _arrive(releases: Sequence[Release], cuts: Sequence[int], cap: int) -> State:
    with _database() as connection:
        for count, (start, end) in enumerate(zip((0, *cuts), (*cuts, len(releases)), strict=True)):
            if start < end:
                keep(connection, releases[start:end], NOW + timedelta(hours=count), cap)
        return state(connection)


ALL_AT_ONCE = {cap: _arrive(POOL, (), cap) for cap in (CAP, 50)}


ORDERS = int(os.environ.get("COMMUNIQUE_TEST_ORDERS", "8"))
"""Orders that are tried for each cap, beside two that are always."""


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    order = draw(st.permutations(range(len(POOL))))
    cuts = draw(st.lists(st.integers(1, len(POOL) - 1), unique=True, max_size=len(POOL)))
    return order, sorted(cuts)


@pytest.mark.parametrize("cap", [CAP, 50])
@settings(max_examples=ORDERS, deadline=None, derandomize=True)
@given(arrivals())
@example((list(range(len(POOL))), list(range(1, len(POOL)))))
@example((list(reversed(range(len(POOL)))), list(range(1, len(POOL)))))
def test_any_order_and_any_batches_give_the_same_statements_roles_and_links(
    cap: int, arrival: tuple[list[int], list[int]]
) -> None:
    order, cuts = arrival
    assert _arrive([POOL[each] for each in order], cuts, cap) == ALL_AT_ONCE[cap]


def test_the_pool_holds_what_could_go_wrong() -> None:
    """The property says something only if there are joins, questions, contradictions and hubs in it."""
    found = ALL_AT_ONCE[50]
    assert {verdict for _, _, _, verdict, _, _ in found.links} == {"join", "apart", "ask"}
    assert {kind for _, _, kind, _, _, _ in found.links} >= {
        "same text", "excerpt", "alternate", "shared id", "folio", "attribution", "source link",
    }  # fmt: skip
    assert max(len(group) for group in found.statements) >= 7
    assert len(ALL_AT_ONCE[CAP].links) < len(found.links)


def test_linking_everything_again_changes_nothing() -> None:
    with _database() as connection:
        for each in reversed(POOL):
            keep(connection, [each], NOW, CAP)
        before = state(connection)
        told: list[int] = []
        result = relink_all(connection, NOW + timedelta(days=1), told.append, CAP)
        assert state(connection) == before == ALL_AT_ONCE[CAP]
        assert told[-1] == len(POOL)
        assert (result.joined, result.split, result.asked, result.touched) == ((), (), (), ())


def test_linking_everything_mends_what_was_lost() -> None:
    with _database() as connection:
        keep(connection, POOL, NOW, CAP)
        connection.exec_driver_sql("DELETE FROM links")
        connection.exec_driver_sql("UPDATE releases SET statement_id = 's' || substr(id, 2), role = 'repost'")
        connection.exec_driver_sql("UPDATE statements SET merged_into = NULL")
        relink_all(connection, NOW + timedelta(days=1), cap=CAP)
        assert state(connection) == ALL_AT_ONCE[CAP]


def test_releases_revised_back_and_forth_leave_no_trace() -> None:
    chance = random.Random(3)
    with _database() as connection:
        keep(connection, POOL, NOW)
        for count in range(12):
            one, other = chance.sample(POOL[:14], 2)
            swapped = release(
                one.source, one.key, other.body, other.title, language=other.language, said_on=other.said_on
            )
            keep(connection, [swapped], NOW + timedelta(hours=2 * count))
            keep(connection, [one], NOW + timedelta(hours=2 * count + 1))
        assert state(connection) == ALL_AT_ONCE[50]


def test_linking_part_of_what_is_saved_waits_for_the_rest() -> None:
    """Saved together, linked one by one: as when a process ends in between."""
    with _database() as connection:
        keep(connection, POOL, NOW)
        for each in POOL:
            link_releases(connection, [each.id], NOW + timedelta(days=1))
        assert state(connection) == ALL_AT_ONCE[50]
