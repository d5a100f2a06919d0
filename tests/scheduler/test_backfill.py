"""`communique backfill`: what would be asked for, before anything is."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.archives.archive import WAYBACK
from crawler.archives.budget import INDEX_CALLS, REPLAYS, pace_of
from crawler.source import source_named
from scheduler.backfill.days import Unit
from scheduler.backfill.plan import unit_of
from tests.scheduler.commands import numbers, type_command


def test_a_plan_shows_holes_and_cost_and_changes_nothing(tmp_path: Path) -> None:
    typed = type_command(
        "backfill", "mexidata", "us_dhs", "--since", "2010-01-01", "--until", "2012-12-31",
        "--plan", "--json", "--data", tmp_path,
    )  # fmt: skip
    assert typed.code == 0
    *parts, total = typed.lines
    shown = [(each["plan"]["source"], each["plan"]["origin"]) for each in parts]
    assert shown == [("mexidata", "wayback"), ("mexidata", "live"), ("us_dhs", "live"), ("us_dhs", "wayback")]
    archive = parts[0]["plan"]
    # Captures are looked for until a year after the last day, and asked for together.
    assert archive["windows"] == [["2010-01-01", "2014-01-01"]]
    # The mirror's own pages begin in 2017.
    assert parts[1]["plan"]["windows"] == []
    assert total["plan_total"]["requests"] > 0
    assert total["plan_total"]["hours"] > 0
    assert numbers(tmp_path, "backfill_windows") == 0
    assert numbers(tmp_path, "runs") == 0


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("nobody",), "no source 'nobody'"),
        (("mexidata", "--origin", "mars"), "no origin 'mars'"),
        (("mexidata", "--archive", "collection"), "no address of an archive"),
        (("mexidata", "--since", "2012-01-01", "--until", "2010-01-01"), "on or before"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(
    tmp_path: Path, words: tuple[str, ...], problem: str
) -> None:
    typed = type_command("backfill", *words, "--plan", "--data", tmp_path)
    assert typed.code == 2
    assert problem in " ".join(typed.err.replace("│", " ").split())


def test_windows_are_as_small_as_an_index_can_be_asked_for() -> None:
    assert unit_of(source_named("mexidata")) is Unit.WHOLE
    assert {unit_of(source_named(name)) for name in ("us_state_2009", "us_dhs")} <= set(Unit)


def test_nobody_asks_the_wayback_machine_faster_than_it_allows() -> None:
    allowed = pace_of(WAYBACK, INDEX_CALLS, REPLAYS, mapped=False)
    assert pace_of(WAYBACK, 10_000, 10_000, mapped=False) == allowed
    assert allowed.index > 60 / INDEX_CALLS
    assert allowed.replay > 1 / REPLAYS
    assert pace_of(WAYBACK, 12, 4, mapped=False).index > allowed.index
