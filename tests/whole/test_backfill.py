"""The history of a source through the replica's web archive: every address ends, killed or not.

Five sources and twenty kills: `python -m benchmarks.backfill`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crawler.replica.archive import Behaviour
from storage.database import Database, default_url
from tests.whole.archived import SINCE, Archived, contents, most_in

SOURCES = ("mx_sre",)
INDEX_CALLS, REPLAYS = 1800, 60
BEHAVIOUR = Behaviour(storm_every=30, storm_length=2, broken_every=41, widest=800, largest_answer=40)


@pytest.fixture(scope="module")
def archived() -> Iterator[Archived]:
    made = Archived(SOURCES, 110, 350, BEHAVIOUR, index_calls=INDEX_CALLS, replays=REPLAYS)
    with made.replica:
        yield made


@pytest.fixture(scope="module")
def calm(archived: Archived, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    data = tmp_path_factory.mktemp("calm")
    return data, archived.finish(data)


def test_every_address_of_twenty_years_is_accounted_for(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]]
) -> None:
    data, printed = calm
    plans = [line["plan"] for line in printed if "plan" in line]
    assert [(each["source"], each["origin"]) for each in plans] == [(name, "wayback") for name in SOURCES]
    proofs = [line["proof"] for line in printed if "proof" in line]
    assert [each["source"] for each in proofs] == list(SOURCES)
    for proof in proofs:
        ends = ("stored", "skipped", "held", "failed", "gone", "pending")
        assert sum(proof[name] for name in ends) == proof["addresses"]
        assert proof["shown"] == proof["ours"] + proof["repeated"] + proof["others"]
        assert (proof["unaccounted"], proof["pending"], proof["windows_open"]) == (0, 0, 0)
    readable = archived.archive.readable(SOURCES)
    with Database(default_url(data)).read() as connection:
        rows = connection.execute(text("select source, key, revision, origin from releases"))
        stored = {(row.source, row.key): row.revision for row in rows if row.origin == "wayback"}
    truth = archived.replica.truth
    assert stored == {
        (truth.release(number).source, truth.release(number).key): states
        for number, states in readable.items()
        if truth.release(number).posted_on >= SINCE
    }


def test_no_second_goes_over_the_budget_and_no_pause_is_disregarded(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]]
) -> None:
    ledger = archived.archive.ledger
    assert most_in(ledger.index, 10.0) <= INDEX_CALLS / 6
    assert most_in(ledger.replays, 1.0) <= REPLAYS
    assert ledger.refused > 0
    assert ledger.disregarded == 0


def test_the_same_command_again_asks_for_nothing(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]]
) -> None:
    data, _ = calm
    before, asked = contents(data), archived.answered
    archived.finish(data)
    assert contents(data) == before
    assert archived.answered == asked


def test_killed_on_the_way_a_backfill_ends_like_one_that_was_never_killed(
    archived: Archived, calm: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    chance = random.Random(20100101)
    kills = 0
    while kills < 2:
        kills += archived.kill_after(chance.randint(10, 60), tmp_path)
    archived.finish(tmp_path)
    assert contents(tmp_path) == contents(calm[0])
