"""Which kept pages are asked for again: young and edited ones often, old ones seldom, within the budget."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from crawler.revisits import SHORTEST, Visited, choose, interval
from tests.crawler.crawling import Crawls
from tests.crawler.demo import definition, settings_for, web_of
from tests.crawler.server import serving

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def page(age: int, key: str = "a", looked_at: timedelta = timedelta(0)) -> Visited:
    """A page posted so many days ago, last looked at then."""
    return Visited(key, NOW - looked_at, (NOW - looked_at - age * DAY).date())


PAGES = st.builds(
    Visited,
    st.text("abcdef", min_size=1, max_size=4),
    st.integers(0, 6000 * 24).map(lambda hours: NOW - timedelta(hours=hours)),
    st.one_of(st.none(), st.dates(date(2005, 1, 1), date(2026, 11, 27))),
    st.just(NOW - 900 * DAY),
    st.integers(0, 9),
    st.sampled_from(["communique", "advisory", "transcript"]),
    st.booleans(),
    st.one_of(st.none(), st.just(NOW - DAY), st.just(NOW + DAY)),
)


@given(PAGES, st.integers(0, 3000))
def test_older_pages_are_never_looked_at_more_often_than_younger_ones(each: Visited, days: int) -> None:
    born = each.visited_at.date()
    younger, older = replace(each, posted_on=born), replace(each, posted_on=born - days * DAY)
    assert SHORTEST <= interval(younger) <= interval(older)


@given(PAGES)
def test_every_edit_makes_the_next_look_come_no_later(each: Visited) -> None:
    assert interval(replace(each, edits=each.edits + 1)) <= interval(each)


@given(st.lists(PAGES, max_size=40, unique_by=lambda each: each.key), st.integers(0, 10))
def test_a_run_never_asks_for_more_than_its_budget_nor_for_a_page_before_its_turn(
    pages: list[Visited], budget: int
) -> None:
    chosen = choose(pages, NOW, budget)
    assert len(chosen) == len(set(chosen)) <= budget
    by_key = {each.key: each for each in pages}
    for key in chosen:
        each = by_key[key]
        turn = each.asked_for_at or each.visited_at + interval(each)
        assert turn <= NOW
    assert choose(list(reversed(pages)), NOW, budget) == chosen


def test_a_year_of_daily_runs_looks_at_a_young_page_much_more_often_than_at_an_old_one() -> None:
    young, old = page(0), page(1500)
    looks = {"young": 0, "old": 0}
    for name, each in (("young", young), ("old", old)):
        seen = each
        for days in range(366):
            now = NOW + days * DAY
            if choose([seen], now, 1):
                looks[name] += 1
                seen = replace(seen, visited_at=now)
    assert looks == {"young": 16, "old": 1}


def test_what_is_missing_goes_first_and_then_what_is_most_overdue() -> None:
    pages = [
        page(1, "young", looked_at=2 * DAY),
        page(3000, "old", looked_at=400 * DAY),
        page(1, "fresh", looked_at=timedelta(hours=1)),
        replace(page(3000, "missing", looked_at=DAY), asked_for_at=NOW - DAY),
        replace(page(1, "waiting", looked_at=9 * DAY), asked_for_at=NOW + DAY),
    ]
    assert choose(pages, NOW, 10) == ["missing", "young", "old"]
    assert choose(pages, NOW, 1) == ["missing"]


def test_a_run_ends_with_looks_at_kept_pages_within_its_budget(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path)
    web = web_of([[9, 8, 7], [6, 5, 4], [3, 2, 1]])
    with serving(web):
        demo = crawls.define(definition())
        crawls.crawl(definition=demo, settings=settings_for(web))
        old = {**settings_for(web), "COMMUNIQUE_STORE": "tests.crawler.stores.old"}

        def looked_at(budget: int, **arguments: str) -> int:
            asked = len(web.paths())
            crawled = crawls.crawl(
                definition=demo, settings={**old, "COMMUNIQUE_REVISITS": budget}, **arguments
            )
            assert crawled.result["outcome"] in ("finished", "stopped")
            return sum(path.startswith("/news/n") for path in web.paths()[asked:])

        assert looked_at(4) == 4
        assert looked_at(4, limit="2") == 2
        # A window is a question of its own.
        assert looked_at(4, since="2026-01-01") == 0
        assert looked_at(0) == 0
