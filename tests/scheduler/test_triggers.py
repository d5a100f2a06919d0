"""Exactly one firing for each local period, whatever clocks do (a larger oracle: benchmarks/triggers.py)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from benchmarks.triggers import expected_firings, periods_of
from crawler.declare.cron import read_cron
from scheduler.triggers import CronTrigger, IntervalTrigger, every_in_words, read_every
from tests.scheduler.commands import type_command

YEARS = {
    "Europe/Brussels": 2026,
    "America/Los_Angeles": 2026,
    "Australia/Lord_Howe": 2025,
    "America/Sao_Paulo": 2018,
    "Asia/Beirut": 2023,
    "Africa/Cairo": 2024,
    "America/Santiago": 2024,
    "America/St_Johns": 2010,
    "America/Nuuk": 2024,
    "Africa/Casablanca": 2024,
    "Pacific/Apia": 2011,
}


@pytest.mark.parametrize("jitter", [0, 7200])
@pytest.mark.parametrize("cron", ["0 0 * * *", "30 2 * * *", "45 23 * * *", "30 0 * * 5"])
@pytest.mark.parametrize("zone", YEARS)
def test_daily_and_weekly_fire_once_in_every_local_period_of_a_year(
    zone: str, cron: str, jitter: int
) -> None:
    compare(zone, cron, jitter, datetime(YEARS[zone], 1, 1, tzinfo=UTC), timedelta(days=371))


@pytest.mark.parametrize("jitter", [0, 7200])
@pytest.mark.parametrize("cron", ["0 * * * *", "30 * * * *"])
@pytest.mark.parametrize("zone", YEARS)
def test_hourly_fires_once_in_every_local_hour_around_every_change(zone: str, cron: str, jitter: int) -> None:
    for day in changes(zone, YEARS[zone]):
        compare(zone, cron, jitter, day - timedelta(days=1), timedelta(days=3))


def changes(zone: str, year: int) -> list[datetime]:
    """Days (UTC) of the year on which the offset changes."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=each) for each in range(365)]
    place = ZoneInfo(zone)
    return [
        day
        for day in days
        if day.astimezone(place).utcoffset() != (day + timedelta(days=1)).astimezone(place).utcoffset()
    ]


def compare(zone: str, cron: str, jitter: int, since: datetime, length: timedelta) -> None:
    """Every whole period has one firing in it; without jitter it is the oracle's, to the minute."""
    trigger = CronTrigger(read_cron(cron), ZoneInfo(zone), "mx_sre", timedelta(seconds=jitter))
    fired = [each.fires_at for each in trigger.firings(since, since + length)]
    assert fired == sorted(set(fired))
    expected = expected_firings(zone, cron, since, since + length)
    if jitter == 0:
        assert fired == [moment for moment, _ in expected]
        return
    found = Counter(periods_of(zone, cron, fired))
    wanted = [period for _, period in expected[1:-1]]
    assert {found[period] for period in wanted} == {1}
    assert set(found) <= set(range(expected[0][1] - 1, expected[-1][1] + 1))


def test_a_day_that_did_not_exist_has_no_firing_and_its_week_has_one() -> None:
    apia = ZoneInfo("Pacific/Apia")
    since, until = datetime(2011, 12, 26, tzinfo=apia), datetime(2012, 1, 2, tzinfo=apia)
    daily = list(CronTrigger(read_cron("0 12 * * *"), apia).firings(since, until))
    assert [each.local.day for each in daily] == [26, 27, 28, 29, 31, 1]
    weekly = list(CronTrigger(read_cron("0 9 * * fri"), apia).firings(since, until))
    assert [(each.local.day, each.local.hour, each.period) for each in weekly] == [(31, 0, "2011-W52")]


def test_a_time_that_does_not_exist_fires_at_the_first_that_does() -> None:
    zone = ZoneInfo("Europe/Brussels")
    (firing,) = CronTrigger(read_cron("30 2 * * *"), zone).firings(
        datetime(2026, 3, 29, tzinfo=zone), datetime(2026, 3, 30, tzinfo=zone)
    )
    assert firing.fires_at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert firing.local.isoformat() == "2026-03-29T03:00:00+02:00"
    assert firing.period == "2026-03-29"


def test_jitter_is_the_same_everywhere_and_differs_between_sources_and_days() -> None:
    zone = ZoneInfo("Europe/Brussels")
    since, until = datetime(2026, 1, 1, tzinfo=zone), datetime(2026, 1, 31, tzinfo=zone)

    def delays(name: str) -> list[int]:
        trigger = CronTrigger(read_cron("0 6 * * *"), zone, name, timedelta(hours=1))
        firings = trigger.firings(since, until)
        return [int((each.fires_at - datetime.fromisoformat(each.slot)).total_seconds()) for each in firings]

    assert delays("mx_sre")[:3] == [1423, 1151, 1606]
    assert delays("mx_sre") != delays("us_dhs")
    spread = [delay for name in ("a", "b", "c", "d", "e") for delay in delays(name)]
    assert min(spread) < 300
    assert 3300 < max(spread) <= 3600
    assert len(set(spread)) > 100


@given(
    minutes=some.integers(1, 3000),
    jitter=some.integers(0, 10_000),
    since=some.integers(0, 2**30).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
@settings(max_examples=100, deadline=None)
def test_intervals_fire_once_in_each_and_the_last_and_next_agree(
    minutes: int, jitter: int, since: datetime
) -> None:
    interval = timedelta(minutes=minutes)
    trigger = IntervalTrigger(interval, ZoneInfo("Asia/Beirut"), "x", timedelta(seconds=jitter))
    fired = list(trigger.firings(since, since + 5 * interval))
    slots = [datetime.fromisoformat(each.slot) for each in fired]
    assert all(after - before == interval for before, after in pairwise(slots))
    assert 4 <= len(fired) <= 6
    last, following = trigger.last(since), trigger.next(since)
    assert last is not None
    assert following is not None
    assert last.fires_at <= since < following.fires_at
    assert datetime.fromisoformat(following.slot) - datetime.fromisoformat(last.slot) == interval


@given(
    zone=some.sampled_from(sorted(YEARS)),
    fields=some.tuples(
        some.sampled_from(["0", "30", "*/20", "59"]),
        some.sampled_from(["0", "2", "*", "*/6", "1-5", "23"]),
        some.sampled_from(["*", "1", "last", "29-31"]),
        some.sampled_from(["*", "*/3", "10"]),
        some.sampled_from(["*", "0", "1-5", "fri-sun"]),
    ),
    day=some.integers(0, 364),
    jitter=some.sampled_from([0, 600]),
)
@settings(max_examples=60, deadline=None)
def test_every_way_of_asking_gives_the_same_firings(
    zone: str, fields: tuple[str, ...], day: int, jitter: int
) -> None:
    trigger = CronTrigger(read_cron(" ".join(fields)), ZoneInfo(zone), "x", timedelta(seconds=jitter))
    since = datetime(YEARS[zone], 1, 1, tzinfo=UTC) + timedelta(days=day)
    first = trigger.next(since)
    assert first is not None
    assert trigger.last(first.fires_at) == first
    fired = list(trigger.firings(since, first.fires_at + timedelta(days=3)))
    assert fired[0] == first or fired[0].fires_at == since
    assert len({each.slot for each in fired}) == len(fired)
    assert [each.fires_at for each in fired] == sorted({each.fires_at for each in fired})


@pytest.mark.parametrize(
    ("cron", "days"),
    [
        ("0 0 * * 0", [4, 11, 18, 25]),
        ("0 0 * * 7", [4, 11, 18, 25]),
        ("0 0 * * mon", [5, 12, 19, 26]),
        ("0 0 * * fri-sun", [2, 3, 4, 9, 10, 11, 16, 17, 18, 23, 24, 25, 30, 31]),
        ("0 0 13 * 1", [5, 12, 13, 19, 26]),
        ("0 0 last * *", [31]),
        ("@weekly", [4, 11, 18, 25]),
        ("0 0 */10 * 1", []),
    ],
)
def test_cron_means_what_it_means_everywhere(cron: str, days: list[int]) -> None:
    zone = ZoneInfo("UTC")
    trigger = CronTrigger(read_cron(cron), zone)
    fired = trigger.firings(datetime(2026, 1, 1, tzinfo=zone), datetime(2026, 2, 1, tzinfo=zone))
    assert [each.local.day for each in fired] == days


@pytest.mark.parametrize(
    "text", ["", "0 0 * *", "61 0 * * *", "0 0 * * 8", "0 0 31 2 *", "a b c d e", "5-1 * * * *"]
)
def test_what_is_no_cron_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        read_cron(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("6h", "6 h"),
        ("1d12h", "1 d 12 h"),
        ("30min", "30 min"),
        ("90 m", "1 h 30 min"),
        ("0 9 * * 1", "0 9 * * 1"),
    ],
)
def test_how_often_is_read_and_said_as_a_person_says_it(text: str, words: str) -> None:
    assert every_in_words(read_every(text)) == words


@pytest.mark.parametrize("text", ["", "often", "0h", "-6h", "6", "0 9 * *"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected an interval"):
        read_every(text)


def test_preview_prints_one_line_for_every_day_of_a_year_of_changing_clocks() -> None:
    shown = type_command(
        "schedule", "preview", "--cron", "0 0 * * *", "--timezone", "Europe/Brussels",
        "--from", "2026-01-01", "--until", "2027-01-01", "--jitter", "600", "--json",
    )  # fmt: skip
    assert shown.code == 0, shown.err
    assert len(shown.lines) == 365
    assert [line["period"] for line in shown.lines] == sorted({line["local"][:10] for line in shown.lines})
    for line in shown.lines:
        assert datetime.fromisoformat(line["local"]) == datetime.fromisoformat(line["fires_at"])
        assert line["fires_at"].endswith("+00:00")


def test_preview_of_an_interval_counts_elapsed_time_from_its_beginning() -> None:
    shown = type_command(
        "schedule", "preview", "--every", "2h", "--timezone", "Europe/Brussels",
        "--from", "2026-03-29", "--until", "2026-03-30", "--json",
    )  # fmt: skip
    hours = [datetime.fromisoformat(line["local"]).hour for line in shown.lines]
    assert hours == [0, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cron", "0 0 * *"), "five fields"),
        (("--every", "soon"), "an interval"),
        (("--cron", "0 0 * * *", "--every", "2h"), "one of"),
        ((), "one of"),
        (("--cron", "0 0 * * *", "--timezone", "Europe/Atlantis"), "Europe/Atlantis"),
        (("--source", "xx_none"), "xx_none"),
        (("--cron", "0 0 * * *", "--from", "yesterday"), "yesterday"),
        (("--cron", "0 0 * * *", "--from", "0001-01-01"), "from 1900 to 2400"),
        (("--cron", "0 0 * * *", "--from", "2027-01-02"), "exchange them"),
    ],
)
def test_preview_refuses_what_it_cannot_show(words: tuple[str, ...], said: str) -> None:
    shown = type_command("schedule", "preview", "--from", "2026-01-01", "--until", "2027-01-01", *words)
    assert shown.code == 2
    assert said in shown.err


def test_a_sources_own_trigger_is_shown_with_its_jitter() -> None:
    shown = type_command(
        "schedule", "preview", "--source", "mx_sre", "--from", "2026-01-01", "--until", "2026-01-02", "--json"
    )
    assert shown.lines
    assert all(line["slot"] <= line["fires_at"] for line in shown.lines)
