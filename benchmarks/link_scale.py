"""What it costs to link a release by content when 10,000, 100,000, 1,000,000 are stored.

    python -m benchmarks.link_scale --sizes 10000 100000 --data /var/tmp/link-scale

One SQLite database grows from size to size; at each, some hundred new releases are saved and linked, as a
crawl and the linker do it. The corpus grows as archives do, by days: every size holds `--per-day` releases
on each day. Texts are the replica's. Of the stored ones 4,000 are really taken apart; the others are these
with other figures, names and words (most of their anchors renamed: see `renamed`), which is what other
releases of the same publishers look like to the linker. Interrupted, it goes on: what is stored is counted
first.

The peer, in the same run on the same texts: datasketch's MinHashLSH in memory, which finds copies in one
language only.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from crawler.cycles import collecting_less
from crawler.items import (
    Claim,
    ClaimKind,
    KindOfRelease,
    KindOfSource,
    Origin,
    ReadBy,
    Release,
    Role,
)
from crawler.replica.world import World
from pipelines.content import ContentLinker
from pipelines.identify import release_id
from pipelines.link import link_releases
from pipelines.linking.candidate_keys import candidate_keys, lasting_keys
from pipelines.linking.judge import Encoded
from pipelines.linking.passage_judge import PassageJudge, judge_named
from pipelines.linking.prepared import (
    COARSE,
    COGNATE,
    CONCEPT,
    DATE,
    FINE,
    NAME,
    NUMBER,
    WORD,
    Prepared,
    pack,
    prepare,
)
from pipelines.signature import shingles, signature_of
from storage.anchors import pack_keys
from storage.database import Database, default_url
from storage.inserting import insert_many
from storage.links import ReleaseText
from storage.release_rows import columns_of, detail_digest, parts_of
from storage.releases import save_releases
from storage.tables import (
    AnchorRow,
    ClaimRow,
    ContentRow,
    DayAnchorsRow,
    ReleaseRow,
    StatementRow,
    Table,
    UnlinkedRow,
)
from storage.vectors import StoredVectors, save_vectors

LAST_DAY = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
POOL = 4000
"""Texts that are really taken apart."""
STEP = 4000
_ENCODED_TOGETHER = 200
SOURCES = ("mx_sre", "us_state", "ca_gac", "mexidata")
_RENAMED = (NUMBER, DATE, NAME, FINE, COARSE, COGNATE, CONCEPT, WORD)
_RENAMED_OF, _OF = 29, 40
"""What part of these anchors is another in each stored release."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the replica."""

    title: str
    body: str
    language: str
    statement: int


@functools.cache
def _world(seed: int, releases: int) -> World:
    return World(releases, seed)


def written(seed: int, releases: int, number: int) -> Written:
    """The text of a release of a world."""
    world = _world(seed, releases)
    entry = world.entry(number)
    return Written(entry.title, "\n\n".join(world.body(number)), entry.language, world.plan.statement[number])


def make_release(text: Written, source: str, key: str, day: date) -> Release:
    """A release as the pipelines make them."""
    content = f"{text.title}\n{text.body}\n{day}"
    return Release(
        id=release_id(source, None, key), source=source,
        source_kind=KindOfSource.MIRROR if source == "mexidata" else KindOfSource.MINISTRY,
        url=f"https://{source}.example/{key}", key=key, native_id=None, language=text.language,
        kind=KindOfRelease.COMMUNIQUE, kind_raw=None,
        role_hint=Role.REPOST if source == "mexidata" else Role.ORIGINAL, standing=None, title=text.title,
        summary=None, body=text.body, said_on=day, said_raw=None, posted_on=day, posted_at=None,
        posted_raw=None, timezone="UTC", issuers=("mx.sre",), issuers_raw=(), folio=None, attribution=None,
        translator=None, insertions=0, claims=(Claim(ClaimKind.ADDRESS, f"{source}|{key}"),), attachments=(),
        withdrawn=None, withdrawn_at=None, modified=None, read_by=ReadBy.RULES, notes=(),
        content_digest="sha256:" + hashlib.sha256(content.encode()).hexdigest(),
        signature=signature_of(text.body.split("\n\n"), text.language), captured_at=NOW, origin=Origin.FILE,
        capture=None,
    )  # fmt: skip


def renamed(prepared: Prepared, salt: int) -> Prepared:
    """The same text about something else: most of its figures, names and words are others, the form is not.

    So many that of the releases of the same weeks about as many are candidates as in the development corpus
    of linking (21 %); as the replica writes them, of one stock of sentences, three quarters would be.
    """
    mark = np.uint64((salt * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    drawn = ((prepared.hashes ^ mark) * np.uint64(0xD6E8FEB86659FD93)) >> np.uint64(32)
    chosen = np.isin(prepared.kinds, _RENAMED) & (drawn % np.uint64(_OF) < np.uint64(_RENAMED_OF))
    hashes = np.where(chosen, prepared.hashes ^ mark, prepared.hashes)
    order = np.lexsort((prepared.places, prepared.kinds, hashes))
    return Prepared(
        prepared.language, prepared.lengths, prepared.marks, hashes[order], prepared.kinds[order],
        prepared.places[order],
    )  # fmt: skip


def grow(database: Database, size: int, per_day: int, judge: PassageJudge) -> float:
    """Store releases until there are so many; seconds that it took."""
    began = time.perf_counter()
    with database.read() as connection:
        there = connection.scalar(
            select(func.count()).select_from(ReleaseRow).where(ReleaseRow.source.in_(("stored",)))
        )
    at = there or 0
    if at >= size:
        return 0.0
    texts = [written(7, POOL * 4, number) for number in range(POOL)]
    pool = [prepare(each.title, each.body, each.language) for each in texts]
    vectors = _encoded(texts, judge)
    while at < size:
        numbers = range(at, min(size, at + STEP))
        with database.write() as connection:
            made = _store(connection, numbers, per_day, texts, pool, judge)
            if judge.vectors is not None:
                kept = {
                    each: StoredVectors(made_of, found.dimension, found.data)
                    for (each, made_of), number in zip(made, numbers, strict=True)
                    if (found := vectors[number % POOL]) is not None
                }
                save_vectors(connection, kept, judge.vectors)
        at = numbers.stop
        _tell(f"stored {at:,} of {size:,}, {time.perf_counter() - began:.0f} s")
    return time.perf_counter() - began


def _encoded(texts: list[Written], judge: PassageJudge) -> list[Encoded | None]:
    """Vectors of the texts that are really taken apart."""
    found: list[Encoded | None] = []
    for start in range(0, len(texts) if judge.vectors is not None else 0, _ENCODED_TOGETHER):
        some = enumerate(texts[start : start + _ENCODED_TOGETHER])
        found += judge.encode(
            [ReleaseText(str(at), each.language, each.title, each.body, None, b"") for at, each in some]
        )
        _tell(f"encoded {len(found):,} of {len(texts):,}")
    return found


def _store(
    connection: Connection,
    numbers: range,
    per_day: int,
    texts: list[Written],
    pool: list[Prepared],
    judge: PassageJudge,
) -> list[tuple[str, str]]:
    """Store them; their ids, and what their contents are made of."""
    rows: dict[type[Table], list[tuple[Any, ...]]] = {
        each: [] for each in (StatementRow, ReleaseRow, ClaimRow, ContentRow, DayAnchorsRow, AnchorRow)
    }
    parts: dict[type[Table], list[Any]] = {}
    columns: tuple[str, ...] = ()
    stamp = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
    for number in numbers:
        text, prepared = texts[number % POOL], pool[number % POOL]
        day = LAST_DAY - timedelta(days=number // per_day)
        made = make_release(text, "mx_sre", str(number), day)
        salted = renamed(prepared, number + 1)
        own = f"s{made.id[1:]}"
        values = {
            **columns_of(made, detail_digest(made)),
            "source": "stored",
            "id": made.id,
            "role": made.role_hint,
            "revision": 1,
            "statement_id": own,
            "first_seen_at": stamp,
            "changed_at": stamp,
        }
        for name in ("issuers", "issuers_raw", "attachments", "notes"):
            values[name] = json.dumps(values[name])
        for name in ("said_on", "posted_on"):
            values[name] = values[name].isoformat()
        values["captured_at"] = stamp
        columns = tuple(values)
        rows[ReleaseRow].append(tuple(_plain(value) for value in values.values()))
        rows[StatementRow].append((own, stamp, day.isoformat(), text.title, "communique"))
        lasting = lasting_keys(salted)
        made_of = f"{judge.reading}|{made.language}|{made.content_digest}"
        rows[ContentRow].append((made.id, made_of, day.isoformat(), pack_keys(lasting), pack(salted)))
        rows[DayAnchorsRow].append((day.isoformat(), made.id, pack_keys(candidate_keys(salted))))
        rows[AnchorRow] += [(value, made.id) for value in lasting]
        for table, some in parts_of([made]).items():
            parts.setdefault(table, []).extend(some)
    insert_many(
        connection, StatementRow, ("id", "created_at", "said_on", "title", "kind"), rows[StatementRow]
    )
    insert_many(connection, ReleaseRow, columns, rows[ReleaseRow])
    for part, some_rows in parts.items():
        names = tuple(column.name for column in part.__table__.columns)
        insert_many(connection, part, names, some_rows)
    names = ("release_id", "made_of", "day", "lasting", "prepared")
    insert_many(connection, ContentRow, names, rows[ContentRow])
    insert_many(connection, DayAnchorsRow, ("day", "release_id", "keys"), rows[DayAnchorsRow])
    insert_many(connection, AnchorRow, ("value", "release_id"), sorted(rows[AnchorRow]))
    return [(row[0], row[1]) for row in rows[ContentRow]]


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return str(value.value) if hasattr(value, "value") else value


@dataclass(frozen=True, slots=True)
class Measured:
    """What linking new releases cost."""

    stored: int
    where: str
    """last days, or anywhere in the years that are stored"""
    releases: int
    saving: float
    """CPU milliseconds a release: saving, with the crawl's own linking."""
    linking: float
    """CPU milliseconds a release: the linker."""
    wall: float
    """Seconds by the clock for both."""
    pairs: float
    """Pairs weighed for a release."""
    joined: int


def measure(
    database: Database, size: int, new: int, per_day: int, judge: PassageJudge, scattered: bool
) -> Measured:
    """Save and link new releases, in batches as a crawl does."""
    with database.read() as connection:
        before = connection.scalar(select(func.count()).select_from(ReleaseRow)) or 0
    chance = random.Random(before)  # noqa: S311 - the same for the same database
    seed = 1000 + before
    days = max(1, size // per_day)
    releases: list[Release] = []
    of_statement: dict[int, date] = {}
    for number in range(new):
        text = written(seed, new * 4, number)
        offset = chance.randrange(days) if scattered else chance.randrange(3)
        day = of_statement.setdefault(text.statement, LAST_DAY - timedelta(days=offset))
        source = SOURCES[number % len(SOURCES)]
        releases.append(make_release(text, source, f"{seed}-{number}", day))
    wall, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(releases), 100):
        some = releases[start : start + 100]
        with database.write() as connection:
            save_releases(connection, "benchmark", some, NOW)
            link_releases(connection, [each.id for each in some], NOW)
    saved = time.process_time()
    with collecting_less():
        done = ContentLinker(database, judge, lambda: NOW).drain()
    ended = time.process_time()
    return Measured(
        size,
        "scattered" if scattered else "last days",
        new,
        (saved - cpu) / new * 1000,
        (ended - saved) / max(1, done.linked) * 1000,
        time.perf_counter() - wall,
        done.weighed / max(1, done.linked),
        len(done.changes.joined),
    )


def peer(size: int, new: int) -> float:
    """CPU milliseconds a release: datasketch's MinHashLSH in memory, asked and then told of each new text."""
    from datasketch import LeanMinHash, MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)
    chance = np.random.default_rng(1)
    with index.insertion_session() as session:
        for number in range(size):
            values = chance.integers(0, 1 << 32, 128, dtype=np.uint64)
            made = LeanMinHash(seed=1, hashvalues=values, scheme="legacy")
            session.insert(str(number), made, check_duplication=False)
    texts = [written(1001, new * 4, number) for number in range(new)]
    began = time.process_time()
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=128, scheme="legacy")
        for each in shingles(text.body, text.language):
            sketch.update(each.encode())
        index.query(sketch)
        index.insert(f"new {number}", sketch)
    return (time.process_time() - began) / new * 1000


def run(arguments: argparse.Namespace) -> Iterator[dict[str, object]]:
    """All sizes, smallest first; a record for each measurement."""
    folder: Path = arguments.data
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(default_url(folder))
    database.upgrade()
    judge = judge_named(arguments.encoder)
    for size in sorted(arguments.sizes):
        took = grow(database, size, arguments.per_day, judge)
        with database.write() as connection:
            connection.execute(UnlinkedRow.__table__.delete())  # type: ignore[attr-defined]
        file = folder / "communique.db"
        yield {"stored": size, "stored_in_seconds": round(took), "bytes": file.stat().st_size}
        for scattered in (False, True):
            # Once to warm up what is made once: statements, tables of words.
            measure(database, size, 20, arguments.per_day, judge, scattered)
            found = measure(database, size, arguments.new, arguments.per_day, judge, scattered)
            yield {
                "stored": found.stored, "where": found.where, "encoder": arguments.encoder,
                "saving_ms": round(found.saving, 2), "linking_ms": round(found.linking, 2),
                "releases_a_second": round(1000 / (found.saving + found.linking), 1),
                "pairs": round(found.pairs, 1), "joined": found.joined, "wall_seconds": round(found.wall, 1),
            }  # fmt: skip
        if size <= arguments.peer_up_to:
            cost = peer(size, arguments.new)
            yield {"stored": size, "peer": "datasketch MinHashLSH in memory", "ms": round(cost, 2)}
    database.close()


def _tell(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> None:
    """Run and print a JSON line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--new", type=int, default=300)
    parser.add_argument("--per-day", type=int, default=100)
    parser.add_argument("--encoder", default="none")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peer-up-to", type=int, default=100_000)
    for record in run(parser.parse_args()):
        sys.stdout.write(json.dumps(record) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
