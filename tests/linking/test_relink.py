"""A full relink shows what it would change before it changes it, and goes on after any interruption."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.content import ContentLinker
from pipelines.decide import Person, answer, split
from pipelines.linking.judge import Judge
from pipelines.relink import Change, Relinker, RelinkInProgress, RelinkProgress, changes_of
from storage import relinks
from storage.database import Database
from storage.links import load_facts, load_links
from storage.unlinked import count_unlinked, next_tickets
from tests.linking.judges import CountingJudge
from tests.linking.shelf import NOW, keep, release, retold, state, together
from tests.linking.test_content import POOL, TRANSLATED
from tests.linking.texts import JOINT_EN, JOINT_ES, JOINT_TITLE, OTHER_EN, OTHER_ES

ORIGINAL = release("mx_sre", "reunion", JOINT_ES, JOINT_TITLE)
NORWAY = release("mx_sre", "noruega", OTHER_ES, "Noruega")
LATER = NOW + timedelta(days=1)


def counting() -> Judge[frozenset[str]]:
    return CountingJudge()


def strict() -> Judge[frozenset[str]]:
    return CountingJudge(identity="counting@2", join=1.1, ask=0.5)


def stricter() -> Judge[frozenset[str]]:
    return CountingJudge(identity="counting@3", join=1.2, ask=0.4)


class Interrupted(Exception):
    pass


class Interrupter:
    """Interrupts at the given moment, once."""

    def __init__(self, state: str, done: int) -> None:
        self.state = state
        self.done = done
        self.told: list[RelinkProgress] = []

    def __call__(self, progress: RelinkProgress) -> None:
        self.told.append(progress)
        if (progress.state, progress.done) == (self.state, self.done):
            self.done = -1
            raise Interrupted


def relinker(database: Database, make_judge: object = counting, **options: object) -> Relinker:
    return Relinker(database, database.url, make_judge, lambda: LATER, batch=4, **options)  # type: ignore[arg-type]


def test_a_plan_shows_what_would_change_and_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED, NORWAY])
        before = state(connection)
    work = relinker(database)
    plan = work.plan(work.weigh())
    joined = tuple(sorted((ORIGINAL.id, TRANSLATED.id)))
    assert plan.changes == [Change("join", tuple("s" + each[1:] for each in joined), joined)]
    assert plan.links == {"new": 1, "gone": 0}
    with database.read() as connection:
        assert state(connection) == before
        assert count_unlinked(connection) == 3


def test_what_was_planned_comes_into_force(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED, NORWAY])
    work = relinker(database)
    result = work.apply(work.weigh())
    assert set(result.joined) == {ORIGINAL.id, TRANSLATED.id}
    with database.read() as connection:
        assert together(connection, [ORIGINAL, TRANSLATED])
        assert count_unlinked(connection) == 0
        assert relinks.open_relink(connection) is None


def test_a_full_relink_leads_to_what_linking_one_by_one_leads_to(database: Database) -> None:
    with database.write() as connection:
        keep(connection, POOL)
    ContentLinker(database, CountingJudge(), lambda: NOW).drain()
    with database.write() as connection:
        wanted = state(connection)
        connection.exec_driver_sql("DELETE FROM links")
        connection.exec_driver_sql("UPDATE releases SET statement_id = 's' || substr(id, 2), role = 'repost'")
        connection.exec_driver_sql("UPDATE statements SET merged_into = NULL")
    work = relinker(database)
    relink = work.weigh()
    plan = work.plan(relink)
    result = work.apply(relink)
    with database.read() as connection:
        assert state(connection) == wanted
    assert {each for change in plan.changes if change.what == "join" for each in change.releases} == set(
        result.joined
    )
    assert {change.releases for change in plan.changes if change.what == "ask"} == set(result.asked)
    again = work.weigh()
    second = work.plan(again)
    assert (second.changes, +second.links) == ([], {})


@pytest.mark.parametrize(
    ("at", "done"), [("reading", 4), ("reading", 12), ("weighing", 8), ("applying", 4), ("applying", 12)]
)
def test_an_interrupted_relink_goes_on_where_it_was(database: Database, at: str, done: int) -> None:
    with database.write() as connection:
        keep(connection, POOL)
    interrupter = Interrupter(at, done)
    work = relinker(database, tell=interrupter)
    with pytest.raises(Interrupted):
        work.apply(work.weigh())
    interrupter.told.clear()
    relink = work.weigh()
    work.apply(relink)
    first = next(told for told in interrupter.told if told.state == at)
    assert first.done > done
    with database.write() as connection:
        relinked = state(connection)
        connection.exec_driver_sql("DELETE FROM links WHERE model IS NOT NULL")
        connection.exec_driver_sql(
            "INSERT INTO unlinked (release_id, reason, queued_at) "
            "SELECT id, 'relink', first_seen_at FROM releases"
        )
    ContentLinker(database, CountingJudge(), lambda: NOW).drain()
    with database.read() as connection:
        assert state(connection) == relinked


def test_what_changes_meanwhile_is_left_alone_and_taken_up_afterwards(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED, NORWAY])
    work = relinker(database)
    relink = work.weigh()
    with database.write() as connection:
        keep(connection, [retold(TRANSLATED, body=OTHER_EN)], LATER)
    plan = work.plan(relink)
    assert (plan.changes, plan.changed_since) == ([], 1)
    work.apply(relink)
    with database.read() as connection:
        assert together(connection, [ORIGINAL])
        assert [each.release for each in next_tickets(connection, 5)] == [TRANSLATED.id]
    ContentLinker(database, CountingJudge(), lambda: NOW).drain()
    with database.read() as connection:
        assert together(connection, [NORWAY, TRANSLATED])


def test_what_the_linker_linked_after_the_plan_is_not_overruled_by_it(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED, NORWAY])
    work = relinker(database)
    relink = work.weigh()
    with database.write() as connection:
        keep(connection, [retold(TRANSLATED, body=OTHER_EN)], LATER)
    ContentLinker(database, CountingJudge(), lambda: NOW).drain()
    work.apply(relink)
    with database.read() as connection:
        assert together(connection, [NORWAY, TRANSLATED])
        assert together(connection, [ORIGINAL])


def test_another_model_may_take_statements_apart_but_not_what_a_person_decided(database: Database) -> None:
    copy = release("otro_espejo", "m2", JOINT_EN, "Talks", language="en")
    norway = release("otro_espejo", "n2", OTHER_EN, "Norway", language="en")
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED, copy, NORWAY, norway])
    ContentLinker(database, CountingJudge(), lambda: NOW).drain()
    with database.write() as connection:
        assert together(connection, [NORWAY, norway])
        statement = load_facts(connection, [ORIGINAL.id])[ORIGINAL.id].statement_id
        split(connection, statement, [copy.id], Person("Ana", "another one"), NOW)
    work = relinker(database, strict)
    relink = work.weigh()
    plan = work.plan(relink)
    assert plan.count("split") == 2
    assert plan.count("ask") >= 1
    work.apply(relink)
    with database.read() as connection:
        for made in (ORIGINAL, TRANSLATED, copy, NORWAY, norway):
            assert together(connection, [made])
        links = load_links(connection, [ORIGINAL.id]).values()
        assert {link.model for link in links if link.kind == "translation"} == {"counting@2"}
        assert {link.verdict for link in links if link.by_person} == {"apart"}


def test_nobody_is_asked_again_what_a_person_has_answered(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL, TRANSLATED])
    ContentLinker(database, strict(), lambda: NOW).drain()
    with database.write() as connection:
        (link,) = load_links(connection, [ORIGINAL.id]).values()
        assert link.verdict == "ask"
        answer(connection, ORIGINAL.id, TRANSLATED.id, False, Person("Ana", "not the same"), NOW)
    work = relinker(database, stricter)
    relink = work.weigh()
    assert work.plan(relink).count("ask") == 0
    assert work.apply(relink).asked == ()
    with database.read() as connection:
        links = load_links(connection, [ORIGINAL.id]).values()
        assert {link.verdict for link in links} == {"apart"}
        assert {link.model for link in links} == {None, "counting@3"}


def test_a_relink_by_another_judge_is_not_mixed_in(database: Database) -> None:
    with database.write() as connection:
        keep(connection, [ORIGINAL])
    relinker(database).weigh()
    with pytest.raises(RelinkInProgress, match=r"with counting@1.*communique relink --drop"):
        relinker(database, strict).weigh()
    assert relinker(database).drop()
    assert not relinker(database).drop()
    relinker(database, strict).weigh()


def test_several_processes_find_what_one_finds(database_url: str, database: Database) -> None:
    with database.write() as connection:
        keep(connection, POOL)
    work = Relinker(database, database_url, counting, lambda: LATER, jobs=2, batch=3)
    result = work.apply(work.weigh())
    with database.write() as connection:
        several = state(connection)
        connection.exec_driver_sql("DELETE FROM links WHERE model IS NOT NULL")
    assert result.joined
    alone = relinker(database)
    alone.apply(alone.weigh())
    with database.read() as connection:
        assert state(connection) == several


def test_changes_are_told_as_joins_splits_and_moves(database: Database) -> None:
    with database.write() as connection:
        keep(connection, POOL[:6])
        facts = load_facts(connection, [each.id for each in POOL[:6]])
    statements: dict[str, list[str]] = {}
    for each in facts.values():
        statements.setdefault(each.statement_id, []).append(each.id)
    (large,) = [group for group in statements.values() if len(group) > 1]
    lone = sorted(each for group in statements.values() if len(group) == 1 for each in group)
    stay, leave = large[0], large[1:]
    # One of two leaves for another statement; two lone ones join; the rest stays.
    groups = [(stay,), (*leave, lone[0]), (lone[1], lone[2]), *((each,) for each in lone[3:])]
    found = changes_of(facts, groups)
    assert [change.what for change in sorted(found, key=lambda each: each.what)] == ["join", "move"]
    assert changes_of(facts, [tuple(group) for group in statements.values()]) == []
    (only,) = changes_of(facts, [(stay,), tuple(leave), *((each,) for each in lone)])
    assert (only.what, only.releases) == ("split", tuple(leave))
