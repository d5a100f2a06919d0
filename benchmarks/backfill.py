"""Twenty simulated years of five sources through the replica's archive, with its faults, and killed on the
way.

python -m benchmarks.backfill --releases 2400 --kills 20
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from crawler.replica.archive import Behaviour
from storage.database import Database, default_url
from tests.whole.archived import SINCE, Archived, contents, most_in

SOURCES = ("mx_sre", "mx_segob", "us_state", "us_dhs", "mexidata")
INDEX_CALLS, REPLAYS = 600.0, 100.0
"""A minute, a second: 25 and 12 times the budget of the Wayback Machine, under the same rules."""
ENDS = ("stored", "skipped", "held", "failed", "gone", "pending")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releases", type=int, default=2400)
    parser.add_argument("--kills", type=int, default=20)
    chosen = parser.parse_args()
    # So many days from one day with releases to the next that all of them fill twenty years.
    step = max(1, round(20 * 365 * 4.6 / chosen.releases))
    behaviour = Behaviour(storm_every=211, broken_every=67, overloaded_every=19)
    archived = Archived(SOURCES, chosen.releases, step, behaviour, index_calls=INDEX_CALLS, replays=REPLAYS)
    with archived.replica, tempfile.TemporaryDirectory(prefix="backfill-") as folder:
        calm, killed = Path(folder) / "calm", Path(folder) / "killed"
        began = time.monotonic()
        printed = archived.finish(calm)
        print(f"calm: {time.monotonic() - began:.0f} s", flush=True)
        addresses = show(printed, archived, calm)
        ledger = archived.archive.ledger
        print(
            f"index calls {len(ledger.index)}: 1 for {addresses / len(ledger.index):.1f} addresses; "
            f"pages {len(ledger.replays)}; refused with 429: {ledger.refused}",
            flush=True,
        )
        # So that the last kill comes before the end.
        most = max(30, 2 * len(ledger.replays) // (chosen.kills + 5) - 20)
        chance = random.Random(20050101)  # noqa: S311 - reproducible, not secret
        kills = 0
        while kills < chosen.kills:
            # Of five kills one takes everything; the others take a crawl, which the backfill begins again.
            parent = archived.start(killed)
            while archived.wait_for(chance.randint(20, most), parent) and kills < chosen.kills:
                if kills % 5 == 4:
                    kills += archived.kill_all(parent, killed)
                    break
                kills += archived.kill_child(killed, chance)
            else:
                if parent.poll() is None:
                    archived.kill_all(parent, killed)
            print(f"killed {kills} times, {archived.answered} requests answered", flush=True)
            if parent.poll() == 0:
                print("ended before the kills did; begin with more releases", flush=True)
                break
        show(archived.finish(killed), archived, killed)
        same = contents(killed) == contents(calm)
        print(f"the same content as without kills: {same}")
        print(
            f"most index calls in 60 s: {most_in(ledger.index, 60)} of {INDEX_CALLS:.0f}; most pages in 1 s: "
            f"{most_in(ledger.replays, 1)} of {REPLAYS:.0f}; pauses disregarded: {ledger.disregarded}"
        )
        assert same


def show(printed: list[dict[str, Any]], archived: Archived, data: Path) -> int:
    """Print the proofs against what is true; the number of addresses."""
    addresses = 0
    for proof in (line["proof"] for line in printed if "proof" in line):
        ends = " ".join(f"{name} {proof[name]}" for name in ENDS)
        assert sum(proof[name] for name in ENDS) == proof["addresses"]
        print(
            f"{proof['source']}: {proof['addresses']} addresses = {ends}; unaccounted {proof['unaccounted']}"
        )
        addresses += proof["addresses"]
    truth = archived.replica.truth
    expected = {
        (truth.release(number).source, truth.release(number).key): states
        for number, states in archived.archive.readable(SOURCES).items()
        if truth.release(number).posted_on >= SINCE
    }
    with Database(default_url(data)).read() as connection:
        rows = connection.execute(text("select source, key, revision from releases"))
        stored = {(row.source, row.key): row.revision for row in rows}
    wrong = [key for key, states in expected.items() if stored.get(key) != states]
    print(f"stored {len(stored)} of {len(expected)} readable releases; with other revisions: {len(wrong)}")
    return addresses


if __name__ == "__main__":
    main()
