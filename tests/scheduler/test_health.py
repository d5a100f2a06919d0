"""Health: the one state of a source, and why; by its own past, on sources of every size."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from benchmarks.health import simulate
from benchmarks.health_world import Breakage
from crawler.frontier import RunInProgress, RunRequest
from crawler.items import AddressState, Discovered, FailureKind, Held, Outcome
from crawler.source import crawled_sources, source_named
from scheduler.health.evidence import GOOD, Evidence, Health, Judgement, Numbered, RunEvidence
from scheduler.health.gather import evidence_of, gather, judge_source, public_holidays
from scheduler.health.habit import chance_of, silence
from scheduler.health.judge import judge
from scheduler.health.watch import HealthWatch
from storage.database import Database
from storage.health import HealthChange, HeldFolio, ReleaseFacts, find_health, health_changes, held_folios
from storage.held import save_held
from storage.ledger import Ledger
from storage.runs import latest_runs
from storage.schedules import PAUSED, override
from tests.clock import Clock

NOW = datetime(2017, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()
WEEKDAYS = {day: 2 for number in range(1, 200) if (day := TODAY - timedelta(days=number)).weekday() < 5}
"""Two releases every working day."""


def run(number: int = 0, state: str = "finished", **more: object) -> RunEvidence:
    """The run of `number` days ago: everything in order, unless said otherwise."""
    counts = {"listed": 20, "listed_known": 18, "discovered": 2, "stored": 2}
    made = RunEvidence(f"r{number}", NOW - timedelta(days=number), state, counts=counts)
    return replace(made, **more)  # type: ignore[arg-type]


def counted(number: int = 0, **counts: int) -> RunEvidence:
    return run(number, counts={"listed": 20, "listed_known": 18, **counts})


def evidence(*latest: RunEvidence, **more: object) -> Evidence:
    """These runs, and before them a month of runs in which everything was in order."""
    runs = (*latest, *(run(number) for number in range(len(latest), 30)))
    made = Evidence("mx_sre", NOW, TODAY, timedelta(days=1), 3, 40, runs=runs, posted=WEEKDAYS)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_source_in_order_is_healthy() -> None:
    assert judge(evidence()).health is Health.HEALTHY


def test_a_source_without_a_run_or_that_a_person_paused_is_no_alarm() -> None:
    never = judge(evidence(runs=()))
    paused = judge(evidence(counted(failed=3), paused="paused by Ana: their site moves"))
    assert (never.health, paused.health) == (Health.NEVER_RUN, Health.PAUSED)
    assert paused.reason == "paused by Ana: their site moves"
    assert {never.health, paused.health} <= GOOD


def test_a_run_that_was_ended_for_what_it_took_does_not_look_well() -> None:
    judgement = judge(evidence(run(state="failed", counts={}, error="It took 3000 MiB of memory")))
    assert judgement.health is Health.PARTIAL
    assert "It took 3000 MiB of memory" in judgement.reason
    only_page = replace(counted(discovered=1, failed=1), state="failed", failures={"network": 1})
    assert judge(evidence(only_page)).health is Health.HEALTHY


def test_numbers_without_a_page_are_no_failures() -> None:
    first = run(1, counts={"discovered": 101, "vacant": 37, "stored": 36, "skipped": 28})
    nothing_new = run(counts={"discovered": 25, "vacant": 25})
    assert judge(evidence(runs=(first,))).health in GOOD
    assert judge(evidence(runs=(nothing_new, first))).health in GOOD
    # What an index had promised is another matter.
    gone = run(counts={"discovered": 25, "gone": 25}, failures={})
    assert judge(evidence(runs=(gone, first))).health is Health.LAYOUT_CHANGED


@pytest.mark.parametrize("state", ["killed", "lost"])
def test_a_run_that_stopped_half_way_leaves_its_source_partial(state: str) -> None:
    assert judge(evidence(run(state=state))).health is Health.PARTIAL


@pytest.mark.parametrize(
    ("kind", "health"),
    [
        (FailureKind.CHALLENGE, Health.CHALLENGED),
        (FailureKind.LOGIN_WALL, Health.BLOCKED),
        (FailureKind.HTTP, Health.BLOCKED),
        (FailureKind.NETWORK, Health.BLOCKED),
        (FailureKind.ROBOTS, Health.BLOCKED),
        (FailureKind.EMPTY_LISTING, Health.LAYOUT_CHANGED),
        (FailureKind.FROZEN_LISTING, Health.LAYOUT_CHANGED),
        (FailureKind.STAGE, Health.FAILING_TO_STORE),
    ],
)
def test_what_stops_a_run_names_the_state(kind: FailureKind, health: Health) -> None:
    broken = run(state="failed", counts={}, broken={kind.value: 1}, error=f"index: {kind.value}")
    judgement = judge(evidence(broken))
    assert judgement.health is health
    assert kind.value in judgement.reason


def test_one_index_of_two_that_fails_is_partial() -> None:
    judgement = judge(evidence(run(state="failed", broken={"http status": 1}, error="feed: status 500")))
    assert judgement.health is Health.PARTIAL


def test_one_page_that_does_not_answer_is_everyday_life_and_two_of_two_are_not() -> None:
    one = counted(failed=1)
    assert judge(evidence(replace(one, failures={"network": 1}))).health is Health.HEALTHY
    two = replace(counted(failed=2), failures={"network": 2})
    assert judge(evidence(two)).health is Health.BLOCKED
    in_a_row = [replace(counted(number, failed=1), failures={"network": 1}) for number in range(2)]
    assert judge(evidence(*in_a_row)).health is Health.BLOCKED


def test_pages_that_are_refused_or_challenged_need_no_second_one() -> None:
    refused = replace(counted(failed=1), failures={"http status": 1}, statuses={"200": 1, "403": 1})
    challenged = replace(counted(failed=1), failures={"challenge": 1})
    assert judge(evidence(refused)).health is Health.BLOCKED
    assert judge(evidence(challenged)).health is Health.CHALLENGED


def test_most_pages_failing_is_partial_and_says_how_many() -> None:
    judgement = judge(evidence(replace(counted(failed=6, stored=3), failures={"network": 6})))
    assert judgement.health is Health.PARTIAL
    assert "6 of 9 pages failed" in judgement.reason


def test_everything_held_back_names_the_reasons() -> None:
    judgement = judge(evidence(replace(counted(held=3), held={"no date": 3})))
    assert judgement.health is Health.ALL_HELD
    assert "3 no date" in judgement.reason


def test_one_odd_page_of_the_known_markup_that_no_layout_fits_is_no_alarm_and_one_of_another_is() -> None:
    known, other = (
        "".join(f"{each:06x}" for each in range(60)),
        "".join(f"{each:06x}" for each in range(900, 960)),
    )
    before = [replace(run(number), shapes=(known,)) for number in range(1, 30)]
    odd = replace(counted(held=1, by_fallback=1), held={"layout changed": 1}, shapes=(known,))
    assert judge(evidence(runs=(odd, *before))).health is Health.HEALTHY
    assert judge(evidence(runs=(replace(odd, shapes=(other,)), *before))).health is Health.LAYOUT_CHANGED


def test_a_body_that_nobody_knew_once_does_not_make_it_usual_that_no_day_is_read() -> None:
    before = [counted(number, stored=1) for number in range(2, 21)]
    now = replace(counted(held=1), held={"no date": 1})
    for reason, health in (("unknown issuer", Health.ALL_HELD), ("no date", Health.HEALTHY)):
        once = replace(counted(1, held=1), held={reason: 1})
        assert judge(evidence(runs=(now, counted(1, stored=1), once, *before))).health is health


def test_a_mirror_that_always_holds_some_back_is_healthy() -> None:
    usual = [counted(number, held=2, stored=2) for number in range(30)]
    assert judge(evidence(counted(held=1), runs=(counted(held=1), *usual))).health is Health.HEALTHY


def test_pages_read_without_rules_are_a_changed_layout() -> None:
    assert judge(evidence(counted(stored=2, by_fallback=2))).health is Health.LAYOUT_CHANGED
    held = replace(counted(held=3, by_fallback=3), held={"layout changed": 3})
    assert judge(evidence(held)).health is Health.LAYOUT_CHANGED


def shapes(*markup: int) -> tuple[str, ...]:
    """A shape for each number: two with the same number share all, others nothing."""
    return tuple("".join(f"{number:02x}{each:04x}" for each in range(24)) for number in markup)


@pytest.mark.parametrize(("looks", "health"), [(1, Health.HEALTHY), (2, Health.LAYOUT_CHANGED)])
def test_one_page_read_without_rules_is_a_changed_layout_when_it_looks_otherwise(
    looks: int, health: Health
) -> None:
    odd = replace(counted(stored=1, by_fallback=1), shapes=shapes(looks))
    before = [replace(run(number), shapes=shapes(1)) for number in range(1, 30)]
    judgement = judge(evidence(runs=(odd, *before)))
    assert judgement.health is health
    if health is Health.LAYOUT_CHANGED:
        assert "share 0% of their markup's shape" in judgement.reason
    again = judge(evidence(runs=(odd, replace(odd, run="r1"), *before)))
    assert again.health is Health.LAYOUT_CHANGED, "twice in a row is no accident"


def test_what_has_failed_for_months_does_not_become_usual() -> None:
    often = [replace(counted(number, failed=3, stored=1), failures={"network": 3}) for number in range(60)]
    assert judge(evidence(runs=tuple(often))).health is Health.PARTIAL


def test_a_day_that_is_nearly_over_counts() -> None:
    tuesday = {day: number for day, number in WEEKDAYS.items() if day < date(2017, 2, 28)}
    morning, evening = (
        silence(tuesday, frozenset(), date(2017, 3, 1), 3, of_today) for of_today in (0.3, 1.0)
    )
    assert morning.weight < evening.weight
    assert evening.weight == silence(tuesday, frozenset(), date(2017, 3, 2), 3).weight


def test_a_field_that_all_had_and_none_has_any_more_is_a_changed_layout() -> None:
    past = {"folio": 200, "attribution": 40}
    lost = run(filled={"posted_on": 2}, releases=2)
    judgement = judge(evidence(lost, filled={**past, "posted_on": 200}, releases=200))
    assert judgement.health is Health.LAYOUT_CHANGED
    assert "folio in 2 of 2" in judgement.reason
    assert "attribution" not in judgement.reason, "many releases had none before"


@pytest.mark.parametrize(
    ("field", "pages", "health"),
    [
        ("posted_on", 1, Health.LAYOUT_CHANGED),
        ("posted_raw", 1, Health.HEALTHY),
        ("posted_raw", 2, Health.LAYOUT_CHANGED),
    ],
)
def test_one_page_without_its_day_is_an_alarm_and_one_without_what_stands_beside_it_is_none(
    field: str, pages: int, health: Health
) -> None:
    lost = run(filled={}, releases=pages)
    assert judge(evidence(lost, filled={field: 200}, releases=200)).health is health


@pytest.mark.parametrize(
    ("reason", "pages", "health"),
    [
        ("no posting date", 1, Health.ALL_HELD),
        ("unknown issuer", 1, Health.HEALTHY),
        ("unknown issuer", 2, Health.ALL_HELD),
    ],
)
def test_one_page_that_cannot_be_read_is_an_alarm_and_one_by_a_body_that_nobody_knows_is_none(
    reason: str, pages: int, health: Health
) -> None:
    held = replace(counted(held=pages), held={reason: pages})
    assert judge(evidence(held)).health is health


def test_days_of_rest_are_those_on_which_little_comes_whatever_the_country_calls_them() -> None:
    def rested(*days: int) -> float:
        posted = {
            day: 2
            for number in range(1, 400)
            if (day := TODAY - timedelta(days=number)).weekday() not in days
        }
        last = max(posted)
        friday = last + timedelta(days=(4 - last.weekday()) % 7 - 7)
        return silence(
            since(friday - timedelta(days=1), posted), frozenset(), friday + timedelta(days=2), 3
        ).weight

    assert rested(4, 5) < 0.1, "Friday and Saturday"
    assert rested(5, 6) > 2.0, "a Friday that ought to have brought something"


def test_an_index_that_knows_none_of_its_addresses_any_more_has_moved() -> None:
    moved = counted(listed=300, listed_known=0, stored=300, discovered=300)
    judgement = judge(evidence(moved))
    assert judgement.health is Health.LAYOUT_CHANGED
    assert "none of the 300 addresses" in judgement.reason


def test_an_index_that_shows_next_to_nothing_is_partial() -> None:
    assert judge(evidence(counted(listed=3, listed_known=3))).health is Health.PARTIAL


def numbers(*missing: int, seen: timedelta = timedelta(days=1)) -> tuple[Numbered, ...]:
    there = [number for number in range(1, 101) if number not in missing]
    return tuple(Numbered(number, TODAY, NOW - seen) for number in there)


def test_gaps_in_the_publishers_numbers_are_shown_as_they_are() -> None:
    judgement = judge(evidence(numbered=numbers(95, 98)))
    assert judgement.health is Health.PARTIAL
    assert "No. 93, 94, _, 96, 97, _, 99" in judgement.reason


def test_a_number_whose_record_is_held_back_leaves_no_gap() -> None:
    numbered = [number for number in range(1, 101) if number not in (95, 98)]
    releases = [
        ReleaseFacts(f"r{number}", TODAY, NOW, frozenset(), f"{number:03}", "es", "rules")
        for number in numbered
    ]

    def judged(*held: HeldFolio) -> Health:
        found = evidence_of(
            source="mx_sre", now=NOW, today=TODAY, of_today=0.5, every=timedelta(days=1), per_week=(3, 40),
            paused=None, views=[], held={}, held_numbers=held, releases=releases, posted=WEEKDAYS,
            holidays_there=frozenset(),
        )  # fmt: skip
        return judge(evidence(numbered=found.numbered)).health

    assert judged() is Health.PARTIAL
    assert judged(HeldFolio("095", NOW), HeldFolio("098", NOW)) is Health.HEALTHY
    assert judged(HeldFolio("195", NOW), HeldFolio("No number", NOW)) is Health.PARTIAL


def test_one_number_that_was_given_to_nothing_or_gaps_as_ever_are_no_alarm() -> None:
    assert judge(evidence(numbered=numbers(95))).health is Health.HEALTHY
    every_fifth = numbers(*range(5, 100, 5))
    assert judge(evidence(numbered=every_fifth)).health is Health.HEALTHY


def since(day: date, posted: dict[date, int]) -> dict[date, int]:
    """The past without what came after that day."""
    return {each: number for each, number in posted.items() if each <= day}


def test_a_prolific_source_is_silent_after_days_and_not_over_a_weekend() -> None:
    friday = date(2017, 2, 24)
    assert not silence(since(friday, WEEKDAYS), frozenset(), friday + timedelta(days=3), 3).is_alarming
    judgement = judge(evidence(posted=since(date(2017, 2, 22), WEEKDAYS)))
    assert judgement.health is Health.SILENT
    assert "2017-02-22" in judgement.reason


def test_holidays_are_counted_in() -> None:
    week_off = frozenset(TODAY - timedelta(days=number) for number in range(1, 8))
    quiet = evidence(posted=since(date(2017, 2, 21), WEEKDAYS), holidays=week_off)
    assert judge(quiet).health in GOOD


def test_a_sparse_source_is_quiet_for_weeks_before_it_is_silent() -> None:
    sparse = {TODAY - timedelta(days=number): 1 for number in range(0, 400, 10)}
    fortnight = judge(evidence(posted=since(TODAY - timedelta(days=14), sparse), at_least=0))
    quarter = judge(evidence(posted=since(TODAY - timedelta(days=90), sparse), at_least=0))
    assert fortnight.health in GOOD
    assert quarter.health is Health.SILENT


def test_the_chance_of_a_count_has_no_overflow_and_is_one_where_nothing_is_odd() -> None:
    assert chance_of(0, 10, 0.1) == 1
    assert chance_of(2, 2, 0.1) == pytest.approx(0.01)
    assert chance_of(60_000, 100_000, 0.01) == 0
    assert chance_of(900, 100_000, 0.01) == 1


def test_holidays_of_a_country_are_known_and_an_organisation_has_none() -> None:
    assert date(2017, 9, 16) in public_holidays("mx", 2016, 2017)
    assert not public_holidays("int", 2016, 2017)


# From the ledger.


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, clock)


def crawled(ledger: Ledger, state: str = "finished", **counts: int) -> str:
    opened = ledger.open_run(RunRequest("mx_sre", started_by="schedule"))
    ledger.beat(opened, counts)
    ledger.close_run(opened, state, {}, None if state == "finished" else "index: challenge: status 503")
    return opened


def test_a_backfill_and_a_file_do_not_disturb_the_judgement_of_daily_runs(
    database: Database, ledger: Ledger, clock: Clock
) -> None:
    crawled(ledger, listed=20, listed_known=20)
    for request in (
        RunRequest("mx_sre", since=date(2010, 1, 1), until=date(2010, 12, 31)),
        RunRequest("mx_sre", limit=5),
        RunRequest("mx_sre", started_by="ingest"),
    ):
        clock.advance(minutes=1)
        opened = ledger.open_run(request)
        ledger.beat(opened, {"failed": 50, "failed/challenge": 50})
        ledger.close_run(opened, "failed", {}, "challenge")
    with database.read() as connection:
        found = gather(connection, source_named("mx_sre"), clock(), {})
    assert len(found.runs) == 1
    assert found.runs[0].state == "finished"


def test_a_crawl_that_was_refused_because_another_is_at_work_says_nothing_of_the_source(
    database: Database, ledger: Ledger, clock: Clock
) -> None:
    crawled(ledger, listed=20, listed_known=20)
    clock.advance(minutes=1)
    at_work = ledger.open_run(RunRequest("mx_sre"))
    second = ledger.plan_run(RunRequest("mx_sre"), None)
    with pytest.raises(RunInProgress):
        ledger.open_run(RunRequest("mx_sre", run_id=second))
    ledger.close_run(at_work, "finished", {}, None)
    with database.read() as connection:
        found = gather(connection, source_named("mx_sre"), clock(), {})
        assert latest_runs(connection)["mx_sre"].id == at_work
    assert [each.run for each in found.runs[:1]] == [at_work]
    assert [each.state for each in found.runs] == ["finished", "finished"]


def test_an_index_whose_newest_entries_are_gone_is_an_old_copy(
    database: Database, ledger: Ledger, clock: Clock
) -> None:
    today = clock().date()

    def judged(*days_ago: int, index: str = "es") -> Judgement:
        clock.advance(minutes=5)
        run = ledger.open_run(RunRequest("mx_sre"))
        walk = ledger.open_walk(run, "mx_sre", index, None)
        shown = [
            Discovered(f"x/{days}", f"https://x.test/{days}", index, posted_on=today - timedelta(days=days))
            for days in days_ago
        ]
        ledger.record(run, walk, "mx_sre", shown)
        ledger.close_walk(walk, complete=True)
        ledger.beat(run, {"listed": len(shown), "listed_known": len(shown)})
        ledger.close_run(run, "finished", {}, None)
        with database.read() as connection:
            return judge_source(connection, source_named("mx_sre"), clock())

    assert judged(1, 2, 3, 4, 5, 6).health is Health.HEALTHY
    old = judged(3, 4, 5, 6, 7, 8)
    assert old.health is Health.SILENT
    assert f"nothing after {today - timedelta(days=3)}, but it showed 2 addresses" in old.reason
    assert judged(10, 11, 12, index="en").health is Health.HEALTHY, "another index has a past of its own"
    assert judged(2, 3, 4, 5, 6, 7).health is Health.HEALTHY, "one may have been taken away"
    assert judged(0, 1, 2, 3, 4, 5).health is Health.HEALTHY


def test_numbers_of_held_records_are_found(database: Database, ledger: Ledger, clock: Clock) -> None:
    run = ledger.open_run(RunRequest("mx_sre"))
    read: tuple[dict[str, object], ...] = ({"folio": "056", "title": "One"}, {"title": "Without a number"})
    records = [
        Held("mx_sre", f"https://x.test/{number}", f"x.test/{number}", "normalize", "no date", "", each)
        for number, each in enumerate(read)
    ]
    with database.write() as connection:
        save_held(connection, run, records, clock())
        assert held_folios(connection, "mx_sre") == [HeldFolio("056", clock())]
        assert held_folios(connection, "us_dhs") == []


def test_what_addresses_became_is_evidence_by_kind(database: Database, ledger: Ledger, clock: Clock) -> None:
    opened = ledger.open_run(RunRequest("mx_sre"))
    walk = ledger.open_walk(opened, "mx_sre", "index", None)
    found = Discovered("prensa/a", "https://www.gob.mx/sre/prensa/a", "index", posted_on=date(2017, 2, 27))
    ledger.record(opened, walk, "mx_sre", [found])
    failed = Outcome("prensa/a", AddressState.FAILED, "checking your browser", FailureKind.CHALLENGE, 503)
    ledger.settle(opened, "mx_sre", [failed])
    ledger.beat(opened, {"listed": 1, "discovered": 1, "failed": 1, "failed/challenge": 1, "status/503": 1})
    ledger.close_run(opened, "failed", {}, "none of the 1 releases could be fetched and read")
    with database.read() as connection:
        assert judge_source(connection, source_named("mx_sre"), clock()).health is Health.CHALLENGED
        assert gather(connection, source_named("mx_sre"), clock(), {}).posted == {date(2017, 2, 27): 1}


def test_a_change_is_kept_once_and_says_since_when(database: Database, ledger: Ledger, clock: Clock) -> None:
    told: list[HealthChange] = []
    watch = HealthWatch(database, lambda change, now: told.append(change))
    counts = {"listed": 0, "broken/challenge": 1}
    first = crawled(ledger, "failed", **counts)
    began = clock()
    watch.run_ended("mx_sre", first, began)
    clock.advance(days=1)
    watch.run_ended("mx_sre", crawled(ledger, "failed", **counts), clock())
    with database.read() as connection:
        kept = find_health(connection)["mx_sre"]
        (change,) = health_changes(connection, "mx_sre")
    assert (kept.state, kept.since, kept.judged_at) == ("challenged", began, clock())
    assert (change.before, change.after, change.run) == (None, "challenged", first)
    assert told == [change]


def judge_all(watch: HealthWatch, clock: Clock) -> None:
    for _ in crawled_sources():
        watch.tick(clock())


def test_a_pause_is_seen_without_any_run(database: Database, ledger: Ledger, clock: Clock) -> None:
    watch = HealthWatch(database)
    watch.started(clock())
    judge_all(watch, clock)
    with database.write() as connection:
        override(connection, "mx_sre", PAUSED, "yes", "Ana", "their site moves", clock())
    clock.advance(hours=2)
    judge_all(watch, clock)
    with database.read() as connection:
        found = find_health(connection)
    assert found["mx_sre"].state == "paused"
    assert found["us_state"].state == "never run"


def test_breaks_of_twelve_kinds_are_told_at_the_first_run_in_a_simulated_year() -> None:
    result = simulate(2, seed=4)
    assert set(result.scores) == set(Breakage)
    assert result.right >= 0.9, {kind.value: score.wrong for kind, score in result.scores.items()}
    assert sum(result.false_alarms.values()) <= 2, result.reasons
