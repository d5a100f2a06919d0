"""`communique crawl --all` runs the entire catalogue: every source, as it would be started at night.

Real child processes against a loopback web of all samples (`tests.replica.catalogue`). What is stored must be
what the samples' expectations say; an address that an index shows and nobody has a sample of is gone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.items import AddressState
from crawler.source import crawled_sources, source_named
from scheduler.samples import Sample, all_samples, expectation
from storage.database import Database, default_url
from storage.tables import AddressRow, ReleaseRow
from tests.replica.catalogue import CatalogueReplica

ROOT = Path(__file__).parents[2]
PATIENCE = 900
FIELDS = ("title", "language", "kind", "said_on", "posted_on", "issuers", "folio")


@dataclass(frozen=True)
class Crawled:
    """What the crawl of everything left behind."""

    runs: dict[str, dict[str, Any]]
    states: dict[tuple[str, str], str]
    """By source and key: how an address ended."""
    releases: dict[tuple[str, str], dict[str, Any]]


def crawl(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", "crawl", "--json", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    data = tmp_path_factory.mktemp("catalogue")
    with CatalogueReplica() as replica:
        environment = {**os.environ, **replica.environment, "COMMUNIQUE_DATA": str(data)}
        done = crawl(environment, "--all")
        runs = {line["source"]: line for line in map(json.loads, done.stdout.splitlines())}
        # What was read before its index told the day is asked for once more by the next run.
        with Database(default_url(data)).read() as connection:
            due = select(AddressRow.source).where(AddressRow.state == AddressState.DISCOVERED).distinct()
            waiting = sorted(connection.execute(due).scalars())
        if waiting:
            crawl(environment, *waiting)
    with Database(default_url(data)).read() as connection:
        addresses = connection.execute(select(AddressRow.source, AddressRow.key, AddressRow.state)).all()
        releases = connection.execute(select(ReleaseRow.__table__)).mappings().all()
    return Crawled(
        runs,
        {(row.source, row.key): row.state for row in addresses},
        {(row["source"], row["key"]): dict(row) for row in releases},
    )


def listed(source: str) -> list[Sample]:
    """The sample releases that the indexes of a source show."""
    samples = [each for each in all_samples() if each.folder.parent.name == source]
    shown = {
        entry["key"]
        for sample in samples
        if sample.is_index
        for entry in (expectation(sample) or {}).get("index", {}).get("entries", ())
    }
    return [
        each
        for each in samples
        if not each.is_index and source_named(source).address_key(each.meta["url"]) in shown
    ]


@pytest.mark.parametrize("source", sorted(crawled_sources()))
def test_every_source_is_crawled_to_its_end(crawled: Crawled, source: str) -> None:
    run = crawled.runs[source]
    assert (run["ending"], run["error"]) == ("finished", None)
    assert run["counts"]["stored"] > 0
    states = {state for (name, _), state in crawled.states.items() if name == source}
    assert states <= {"stored", "held", "skipped", "gone"}


@pytest.mark.parametrize(
    "sample",
    [each for name in sorted(crawled_sources()) for each in listed(name)],
    ids=lambda each: each.name,
)
def test_what_an_index_shows_ends_as_its_sample_says(crawled: Crawled, sample: Sample) -> None:
    expected = expectation(sample)
    assert expected is not None
    source = sample.source
    place = (source.name, source.address_key(sample.meta["url"]) or "")
    if "release" not in expected or "held" in expected["release"]:
        assert crawled.states[place] == ("held" if "release" in expected else "skipped")
        assert place not in crawled.releases
        return
    assert crawled.states[place] == "stored"
    stored = crawled.releases[place]
    for name in FIELDS:
        value = expected["release"].get(name)
        found = stored[name].isoformat() if name.endswith("_on") and stored[name] else stored[name]
        assert found == ([] if name == "issuers" and value is None else value), name
