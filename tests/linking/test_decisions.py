"""Split, merge, move: what persons decide holds whatever comes later, can be undone, and is never muddled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, select

from crawler.items import ClaimKind, KindOfRelease, Release, Role
from pipelines.content import ContentLinker
from pipelines.decide import (
    DecisionContradicts,
    DecisionRefused,
    Person,
    answer,
    merge,
    move,
    split,
    undo,
)
from pipelines.link import relink_all
from storage.anchors import forget_contents
from storage.database import Database
from storage.decisions import DecisionUndone, DecisionUnknown, find_decisions
from storage.statements import find_statement
from storage.tables import (
    BandRow,
    ClaimRow,
    LinkRow,
    ReleaseIssuerRow,
    ReleaseRow,
    RevisionRow,
    UnlinkedRow,
)
from tests.linking.judges import CountingJudge
from tests.linking.shelf import NOW, keep, links_between, release, retold, state, together
from tests.linking.texts import JOINT_EN, JOINT_ES, JOINT_TITLE, OTHER_EN, OTHER_ES, TRANSCRIPT_ES

SRE = release("mx_sre", "reunion", JOINT_ES, JOINT_TITLE)
SEGOB = release("mx_segob", "reunion", JOINT_ES, JOINT_TITLE)
SHCP = release("mx_shcp", "reunion", JOINT_ES, JOINT_TITLE)
NORWAY = release("mx_sre", "noruega", OTHER_ES, "Noruega")
NORWAY_EN = release("mexidata", "n1", OTHER_EN, "Norway", language="en", role=Role.TRANSLATION)
MEETING_EN = release("mexidata", "m1", JOINT_EN, "Meeting", language="en", role=Role.TRANSLATION)
ANA = Person("Ana", "read both")
BEN = Person("Ben", "asked the ministry")


def statement_of(connection: Connection, made: Release) -> str:
    return connection.scalars(select(ReleaseRow.statement_id).where(ReleaseRow.id == made.id)).one()


def everything_again(database: Database) -> None:
    """All that may happen later: re-read, re-linked, by another model."""
    with database.write() as connection:
        for made in (SRE, SEGOB, SHCP, NORWAY):
            if connection.scalar(select(ReleaseRow.id).where(ReleaseRow.id == made.id)):
                keep(connection, [retold(made, title=made.title + " (again)")], NOW + timedelta(days=1))
        relink_all(connection, NOW + timedelta(days=2))
        connection.execute(delete(LinkRow).where(LinkRow.decided_by == "machine"))
        relink_all(connection, NOW + timedelta(days=3))
    ContentLinker(database, CountingJudge(identity="counting@2"), lambda: NOW + timedelta(days=4)).drain()


def forget(connection: Connection, made: Release) -> None:
    """Delete a release and whatever hangs on it, as somebody may with a page that should not be kept."""
    forget_contents(connection, [made.id], NOW)
    connection.execute(delete(LinkRow).where((LinkRow.left_id == made.id) | (LinkRow.right_id == made.id)))
    for table in (UnlinkedRow, RevisionRow, ReleaseIssuerRow, ClaimRow, BandRow):
        connection.execute(delete(table).where(table.release_id == made.id))
    connection.execute(delete(ReleaseRow).where(ReleaseRow.id == made.id))


def test_what_is_split_off_stays_away_whatever_comes(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP])
        decided = split(connection, statement_of(connection, SRE), [SEGOB.id], ANA, NOW)
        assert set(decided.changes.split) == {SRE.id, SEGOB.id, SHCP.id}
        assert together(connection, [SEGOB])
        assert decided.statements[SEGOB.id] == "s" + SEGOB.id[1:]
    everything_again(database)
    with database.read() as connection:
        assert together(connection, [SEGOB])
        assert together(connection, [SRE, SHCP])
        verdict, features = links_between(connection, SRE, SEGOB)["person"]
        assert (verdict, features) == ("apart", {"decision": 1, "reason": "read both"})


def test_what_is_split_off_together_stays_together(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP])
        split(connection, statement_of(connection, SRE), [SEGOB.id, SHCP.id], ANA, NOW)
        assert together(connection, [SEGOB, SHCP])
        assert together(connection, [SRE])


def test_merged_statements_stay_one_with_all_their_releases_and_the_old_id_leads_there(
    database: Database,
) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB])
        keep(connection, [NORWAY], NOW + timedelta(minutes=1))
        one, other = statement_of(connection, SRE), statement_of(connection, NORWAY)
        decided = merge(connection, other, one, ANA, NOW)
        assert set(decided.statements.values()) == {one}
        assert together(connection, [SRE, SEGOB, NORWAY])
        found = find_statement(connection, other)
        assert found is not None
        assert found.id == one
    everything_again(database)
    with database.read() as connection:
        assert together(connection, [SRE, SEGOB, NORWAY])


def test_a_moved_release_leaves_one_statement_for_another(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, NORWAY])
        decided = move(connection, SEGOB.id, statement_of(connection, NORWAY), ANA, NOW)
        assert together(connection, [NORWAY, SEGOB])
        assert together(connection, [SRE])
        assert decided.statements[SEGOB.id] == decided.statements[NORWAY.id]
    everything_again(database)
    with database.read() as connection:
        assert together(connection, [NORWAY, SEGOB])
        assert together(connection, [SRE])


def test_moving_what_is_alone_in_its_statement_is_joining_it(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [NORWAY, NORWAY_EN])
        move(connection, NORWAY_EN.id, statement_of(connection, NORWAY), ANA, NOW)
        assert together(connection, [NORWAY, NORWAY_EN])


def test_an_undone_decision_leaves_what_the_evidence_says(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, NORWAY])
        decided = split(connection, statement_of(connection, SRE), [SEGOB.id], ANA, NOW)
        merged = merge(connection, statement_of(connection, SRE), statement_of(connection, NORWAY), BEN, NOW)
        undone, changes = undo(connection, decided.number, BEN, NOW + timedelta(hours=1))
        assert undone.kind == "split"
        assert SEGOB.id in changes.joined
        assert together(connection, [SRE, SEGOB, NORWAY])
        undo(connection, merged.number, ANA, NOW + timedelta(hours=2))
        assert together(connection, [SRE, SEGOB])
        assert together(connection, [NORWAY])
        assert "person" not in links_between(connection, SRE, SEGOB)
        listed = find_decisions(connection)
        assert [(each.kind, each.made_by, each.undone_by, each.stands) for each in listed] == [
            ("merge", "Ben", "Ana", False),
            ("split", "Ana", "Ben", False),
        ]
        with pytest.raises(DecisionUndone):
            undo(connection, decided.number, BEN, NOW)
        with pytest.raises(DecisionUnknown):
            undo(connection, 99, BEN, NOW)


def test_a_decision_against_an_earlier_one_is_refused_and_names_it(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP])
        one = statement_of(connection, SRE)
        split(connection, one, [SEGOB.id], ANA, NOW)
        with pytest.raises(
            DecisionContradicts, match="number 1, split by Ana on 2017-03-01: read both"
        ) as told:
            merge(connection, one, statement_of(connection, SEGOB), BEN, NOW)
        assert [each.id for each in told.value.decisions] == [1]
        assert together(connection, [SEGOB])
        with pytest.raises(DecisionContradicts):
            answer(connection, SRE.id, SEGOB.id, True, BEN, NOW)


def test_a_decision_may_take_an_earlier_ones_place_and_gives_it_back_when_undone(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, SHCP])
        one = statement_of(connection, SRE)
        split(connection, one, [SEGOB.id], ANA, NOW)
        later = merge(connection, one, statement_of(connection, SEGOB), BEN, NOW, supersede=True)
        assert together(connection, [SRE, SEGOB, SHCP])
        first = find_decisions(connection, numbers=[1])[0]
        assert first.stands
        assert first.overruled == set(first.pairs)
        undo(connection, later.number, BEN, NOW)
        assert together(connection, [SEGOB])
        assert find_decisions(connection, numbers=[1])[0].overruled == frozenset()


def test_an_answered_question_is_a_decision(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [NORWAY, NORWAY_EN, SRE])
        answer(connection, NORWAY.id, NORWAY_EN.id, True, ANA, NOW)
        assert together(connection, [NORWAY, NORWAY_EN])
        answer(connection, NORWAY.id, NORWAY_EN.id, False, BEN, NOW)
        assert together(connection, [NORWAY])
        assert [each.kind for each in find_decisions(connection, releases=[NORWAY.id])] == ["no", "yes"]
        assert find_decisions(connection, releases=[SRE.id]) == []


def test_a_release_that_is_deleted_and_comes_back_keeps_its_id_and_what_was_decided(
    database: Database,
) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, NORWAY])
        split(connection, statement_of(connection, SRE), [SEGOB.id], ANA, NOW)
        merge(connection, statement_of(connection, SEGOB), statement_of(connection, NORWAY), ANA, NOW)
        forget(connection, SEGOB)
    with database.write() as connection:
        relink_all(connection, NOW + timedelta(days=1))
        assert together(connection, [SRE])
        assert together(connection, [NORWAY])
        keep(connection, [SEGOB], NOW + timedelta(days=2))
        assert together(connection, [SEGOB, NORWAY])
        assert together(connection, [SRE])


def test_a_decision_outlives_the_linkers_own_opinion(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, MEETING_EN])
    ContentLinker(database, CountingJudge(), lambda: NOW).drain()
    with database.write() as connection:
        assert together(connection, [SRE, MEETING_EN])
        split(connection, statement_of(connection, SRE), [MEETING_EN.id], ANA, NOW)
        keep(connection, [retold(MEETING_EN, title="Again")], NOW + timedelta(days=1))
    ContentLinker(database, CountingJudge(identity="counting@2"), lambda: NOW).drain()
    with database.read() as connection:
        assert together(connection, [SRE])
        verdict, features = links_between(connection, SRE, MEETING_EN)["translation"]
        assert (verdict, features["decision"]) == ("apart", "a person decided")


def test_what_a_person_joined_opens_no_door_for_others(database: Database) -> None:
    """Only what a person overruled is overruled: two texts of one site are still two statements."""
    linked = release(
        "mexidata", "n1", OTHER_EN, "Norway", language="en", role=Role.TRANSLATION,
        claims=[(ClaimKind.SOURCE_LINK, "mx_sre|noruega")],
    )  # fmt: skip
    with database.write() as connection:
        keep(connection, [SRE, linked])
        merge(connection, statement_of(connection, SRE), statement_of(connection, linked), ANA, NOW)
        keep(connection, [NORWAY])
        assert together(connection, [SRE, linked])
        verdict, features = links_between(connection, NORWAY, linked)["source link"]
        assert verdict == "ask"
        assert "two texts of one source in one language" in str(features["decision"])


def test_what_a_person_overruled_is_overruled_for_copies_too(database: Database) -> None:
    transcript = release("mx_sre", "version", TRANSCRIPT_ES, "Versión", kind=KindOfRelease.TRANSCRIPT)
    with database.write() as connection:
        keep(connection, [SRE, transcript])
        merge(connection, statement_of(connection, SRE), statement_of(connection, transcript), ANA, NOW)
        keep(connection, [SEGOB, SHCP])
        assert together(connection, [SRE, SEGOB, SHCP, transcript])
        before = state(connection)
        relink_all(connection, NOW)
        assert state(connection) == before


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person(" ", "why"), "expected a name"),
        (Person("Ana", ""), "expected a name"),
        (Person("Machine", "why"), "decisions of the machine"),
        (Person("A" * 81, "why"), "at most 80"),
    ],
)
def test_a_decision_has_a_name_and_a_reason(database: Database, person: Person, words: str) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB])
        with pytest.raises(DecisionRefused, match=words):
            split(connection, statement_of(connection, SRE), [SEGOB.id], person, NOW)
        assert find_decisions(connection) == []


def test_what_makes_no_sense_is_refused(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [SRE, SEGOB, NORWAY])
        one = statement_of(connection, SRE)
        with pytest.raises(DecisionRefused, match="which are not in it"):
            split(connection, one, [NORWAY.id], ANA, NOW)
        with pytest.raises(DecisionRefused, match="not all or none"):
            split(connection, one, [SRE.id, SEGOB.id], ANA, NOW)
        with pytest.raises(DecisionRefused, match="one statement already"):
            merge(connection, one, "s" + SEGOB.id[1:], ANA, NOW)
        with pytest.raises(DecisionRefused, match="already"):
            move(connection, SRE.id, one, ANA, NOW)
        with pytest.raises(DecisionRefused, match="nothing that bears the id sffff"):
            merge(connection, one, "sffff", ANA, NOW)
        with pytest.raises(DecisionRefused, match="nothing that bears the id rffff"):
            move(connection, "rffff", one, ANA, NOW)
