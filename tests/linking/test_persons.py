"""What a person decided stays decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from crawler.items import KindOfRelease
from pipelines.link import link_releases, relink_all
from storage.database import Database
from storage.links import load_links, write_links
from storage.tables import LinkRow
from tests.linking.shelf import (
    NOW,
    change_decision,
    decide,
    keep,
    links_between,
    release,
    retold,
    state,
    together,
)
from tests.linking.texts import JOINT_ES, JOINT_TITLE, OTHER_ES, TRANSCRIPT_ES

SRE = release("mx_sre", "reunion", JOINT_ES, JOINT_TITLE)
SEGOB = release("mx_segob", "reunion", JOINT_ES, JOINT_TITLE)
NORWAY = release("mx_sre", "noruega", OTHER_ES, "Noruega")
TRANSCRIPT = release("mx_sre", "version", TRANSCRIPT_ES, "Versión", kind=KindOfRelease.TRANSCRIPT)


def test_a_persons_split_survives_linking_again_and_a_new_crawl(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB])
        assert together(connection, [SRE, SEGOB])
        decide(connection, SRE, SEGOB, "apart")
        result = link_releases(connection, [SEGOB.id], NOW + timedelta(days=1))
        assert result.split == tuple(sorted((SRE.id, SEGOB.id)))
        assert together(connection, [SRE])
        verdict, features = links_between(connection, SRE, SEGOB)["same text"]
        assert (verdict, features["decision"]) == ("apart", "a person decided")
        keep(connection, [retold(SEGOB, title="Reunión")], NOW + timedelta(days=2))
        relink_all(connection, NOW + timedelta(days=3))
        assert together(connection, [SRE])
        assert together(connection, [SEGOB])


def test_a_persons_split_holds_through_third_parties(database: Database) -> None:
    third = release("mx_shcp", "reunion", JOINT_ES, JOINT_TITLE)
    with database.write() as connection:
        keep(connection, [SRE, SEGOB])
        decide(connection, SRE, SEGOB, "apart")
        keep(connection, [third])
        groups = state(connection).statements
        assert not any({SRE.id, SEGOB.id} <= group for group in groups)


def test_a_persons_join_overrules_kinds_and_wording(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, TRANSCRIPT, NORWAY])
        assert together(connection, [TRANSCRIPT])
        decide(connection, SRE, TRANSCRIPT, "join")
        result = link_releases(connection, [SRE.id], NOW + timedelta(days=1))
        assert result.joined == tuple(sorted((SRE.id, TRANSCRIPT.id)))
        assert together(connection, [SRE, TRANSCRIPT])
        keep(connection, [SEGOB], NOW + timedelta(days=2))
        assert together(connection, [SRE, TRANSCRIPT, SEGOB])
        relink_all(connection, NOW + timedelta(days=3))
        assert together(connection, [SRE, TRANSCRIPT, SEGOB])


def test_a_decision_taken_back_leaves_what_the_evidence_says(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, NORWAY])
        decide(connection, SRE, NORWAY, "join")
        link_releases(connection, [SRE.id], NOW)
        assert together(connection, [SRE, NORWAY])
        change_decision(connection, "ask")
        # Only one of the two is named: the other must be found through the statement that they share.
        link_releases(connection, [NORWAY.id], NOW)
        assert together(connection, [SRE])
        assert together(connection, [NORWAY])
        decide_later = select(LinkRow.verdict).where(LinkRow.decided_by == "Ana")
        assert connection.scalars(decide_later).all() == ["ask"]


def test_the_machine_does_not_write_over_a_persons_row_of_any_kind(database: Database) -> None:
    corrected = release("mx_segob", "reunion", JOINT_ES.replace("240", "204"), JOINT_TITLE)
    with database.write() as connection:
        keep(connection, [SRE, corrected])
        connection.execute(LinkRow.__table__.update().values(decided_by="Ana", verdict="join"))  # type: ignore[attr-defined]
        relink_all(connection, NOW + timedelta(days=1))
        assert together(connection, [SRE, corrected])
        row = connection.execute(select(LinkRow.decided_by, LinkRow.verdict, LinkRow.decided_at)).one()
        assert tuple(row) == ("Ana", "join", NOW)


def test_a_join_between_two_that_are_apart_by_figures_is_the_persons_to_make(database: Database) -> None:
    corrected = release("mx_segob", "reunion", JOINT_ES.replace("240", "204"), JOINT_TITLE)
    with database.write() as connection:
        keep(connection, [SRE, corrected])
        assert together(connection, [SRE])
        decide(connection, SRE, corrected, "join")
        link_releases(connection, [SRE.id], NOW)
        assert together(connection, [SRE, corrected])


def test_a_person_who_overruled_the_evidence_is_not_overruled_when_the_text_changes(
    database: Database,
) -> None:
    """New wording is new evidence of the same kind; the person's word about the pair stands all the same."""
    with database.write() as connection:
        keep(connection, [SRE, SEGOB])
        connection.execute(LinkRow.__table__.update().values(decided_by="Ana", verdict="apart"))  # type: ignore[attr-defined]
        relink_all(connection, NOW + timedelta(days=1))
        assert together(connection, [SRE])
        before = load_links(connection, [SRE.id])
        framed = retold(SEGOB, body="La secretaría dio a conocer hoy el comunicado.\n\n" + JOINT_ES)
        keep(connection, [framed], NOW + timedelta(days=2))
        relink_all(connection, NOW + timedelta(days=3))
        assert together(connection, [SRE])
        assert load_links(connection, [SRE.id]) == before


def test_no_batch_of_the_machine_changes_or_deletes_a_persons_row(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB])
        connection.execute(LinkRow.__table__.update().values(decided_by="Ana", verdict="apart"))  # type: ignore[attr-defined]
        (link,) = load_links(connection, [SRE.id]).values()
        machines = replace(link, verdict="join", decided_by="machine")
        write_links(connection, [], [machines], [], NOW + timedelta(days=1))
        write_links(connection, [], [], [link.key], NOW + timedelta(days=1))
        assert load_links(connection, [SRE.id]) == {link.key: link}
