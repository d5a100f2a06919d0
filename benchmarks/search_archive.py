"""Fills a database with made-up statements: any number of releases, the same for the same seed.

Written in bulk into the tables that a crawl writes, with the columns that `storage.releases` gives them:
statements, releases, revisions, issuers, addresses of the ledger, sources with a finished run each. The index
of lists and search is made by `storage.search.index.rebuild` from that, as it would be for any archive.

Made up: the texts (160 words of an invented vocabulary by Zipf's law, so that some words stand in half of the
texts and most in a few), days, issuers and sources (real names, drawn at random), and how versions belong
together (one to four, in up to three languages). From DRAWN releases on, the rest are copies of them
(`benchmarks.search_copies`). Left out: captures, and what linking keeps beside a release (bands, claims,
anchors, the queue, links), which neither list, facets nor search read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import Any

import numpy as np
from sqlalchemy import Connection, event, func, insert, select

from benchmarks.search_copies import fill_with_copies
from crawler.issuers import ISSUERS as KNOWN_ISSUERS
from crawler.items import AddressState, KindOfRelease, KindOfSource, Release, Role
from crawler.source import crawled_sources
from storage.database import Database
from storage.inserting import insert_many
from storage.release_rows import COLUMNS, columns_of, detail_digest, own_statement, revision_row
from storage.search.index import count_entries, rebuild
from storage.tables import (
    AddressRow,
    IssuerRow,
    ReleaseIssuerRow,
    ReleaseRow,
    RevisionRow,
    RunRow,
    SourceRow,
    StatementRow,
    Table,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAST_DAY = date(2026, 6, 30)
DAYS = 12 * 365
WORDS = 40_000
IN_A_TEXT = 160
SOURCES = tuple(sorted(crawled_sources()))
ISSUERS = tuple(sorted(KNOWN_ISSUERS))[:108]
LANGUAGES = ("es", "en", "fr", "de", "pt", "ru")
ROLES = (Role.ORIGINAL, Role.TRANSLATION, Role.REPOST, Role.EXCERPT)
KINDS = tuple(KindOfRelease)[:6]
_SYLLABLES = (
    *("ba", "co", "du", "fe", "gi", "la", "mo", "nu"),
    *("pe", "ri", "sa", "to", "vu", "ze", "che", "tra"),
)
STEP = 4_000
"""Statements that are made and stored at once."""
DRAWN = 20_000
"""Releases that are drawn, each with texts of its own."""


def word(number: int) -> str:
    """A made-up word; small numbers are frequent words."""
    made = ""
    rest = number + 17
    while rest:
        made += _SYLLABLES[rest % len(_SYLLABLES)]
        rest //= len(_SYLLABLES)
    return made


VOCABULARY = [word(number) for number in range(WORDS)]
_WORDS = np.array(VOCABULARY, dtype=object)


def _releases(seed: int, step: int) -> Iterator[list[Release]]:
    """The versions of each of STEP statements."""
    random = np.random.default_rng((seed, step))
    versions = random.choice((1, 2, 3, 4), size=STEP, p=(0.6, 0.25, 0.1, 0.05)).tolist()
    days = random.integers(DAYS, size=STEP).tolist()
    kinds = random.integers(len(KINDS), size=STEP).tolist()
    sources = (len(SOURCES) * random.random(STEP) ** 2).astype(int).tolist()
    speakers = random.integers(1, 3, size=STEP).tolist()
    withdrawn = (random.random(sum(versions)) < 0.01).tolist()
    # Small numbers more often: Zipf's law over the vocabulary.
    numbers = (np.exp(random.random((sum(versions), IN_A_TEXT)) * np.log(WORDS)) - 1).astype(int)
    texts = iter(zip(_WORDS[numbers].tolist(), withdrawn, strict=True))
    for at in range(STEP):
        identity = hashlib.sha256(f"{seed} {step} {at}".encode()).hexdigest()[:16]
        day, source = LAST_DAY - timedelta(days=days[at]), sources[at]
        issuers = tuple(ISSUERS[(source * 7 + each) % len(ISSUERS)] for each in range(speakers[at]))
        made = []
        for version in range(versions[at]):
            words, taken_back = next(texts)
            key = f"{identity}/{version}"
            body = ". ".join(" ".join(words[place : place + 16]) for place in range(0, IN_A_TEXT, 16))
            made.append(
                replace(
                    _PATTERN,
                    id=f"r{identity}{version:04x}",
                    source=SOURCES[(source + version * 5) % len(SOURCES)],
                    source_kind=KindOfSource.MIRROR if version else KindOfSource.MINISTRY,
                    url=f"https://source.example/{key}",
                    key=key,
                    language=LANGUAGES[(source + version % 3) % len(LANGUAGES)],
                    kind=KINDS[kinds[at]],
                    role_hint=ROLES[version],
                    title=" ".join(words[:8]).capitalize(),
                    body=body,
                    said_on=day,
                    posted_on=day + timedelta(days=version),
                    issuers=issuers,
                    withdrawn="Withdrawn." if taken_back else None,
                    content_digest=f"sha256:{identity}{version}",
                )
            )
        yield made


def _pattern() -> Release:
    from tests.storage.records import MEETING

    return replace(
        MEETING, claims=(), signature=b"", folio=None, summary=None, native_id=None, capture=None, etag=None
    )


_PATTERN = _pattern()
_DETAIL = detail_digest(_PATTERN)


def fill(
    database: Database, releases: int, tell: Callable[[str], object], seed: int = 1, until: float = inf
) -> None:
    """Fill with a number of releases, with their index. Interrupted, it goes on where it stopped.

    `until`: after that time (`time.monotonic`) there are as many as there are.
    """
    _hurry(database)
    database.upgrade()
    drawn = min(releases, DRAWN)
    with database.read() as connection:
        have = connection.scalar(select(func.count()).select_from(ReleaseRow)) or 0
        step = (connection.scalar(select(func.count()).select_from(StatementRow)) or 0) // STEP
        indexed = count_entries(connection)
    if have >= releases and indexed:
        return
    if have == 0:
        with database.write() as connection:
            _begin(connection)
    while have < drawn:
        with database.write() as connection:
            have += _store(connection, list(_releases(seed, step)))
        step += 1
        tell(f"{have:,} releases")
    if indexed == 0:
        with database.write() as connection:
            rebuild(connection, lambda done: done % 20_000 or tell(f"{done:,} statements indexed"))
    fill_with_copies(database, releases, tell, until)
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    if database.is_sqlite:
        with database.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    tell("ready")


def _hurry(database: Database) -> None:
    """What is lost when the machine stops can be made again."""

    def hurry(driver_connection: Any, _record: object) -> None:  # noqa: ANN401 - of either driver
        if database.is_sqlite:
            driver_connection.execute("PRAGMA synchronous=OFF")
            driver_connection.execute("PRAGMA cache_size=-1000000")
            driver_connection.execute("PRAGMA wal_autocheckpoint=100000")

    event.listen(database.engine, "connect", hurry)


def _begin(connection: Connection) -> None:
    bodies = [{"key": each, "country": each.split(".")[0], "names": {"en": [each]}} for each in ISSUERS]
    connection.execute(insert(IssuerRow), bodies)
    times = {"first_run_at": NOW, "last_run_at": NOW, "last_new_at": NOW}
    connection.execute(insert(SourceRow), [{"name": each, **times} for each in SOURCES])
    connection.execute(
        insert(RunRow),
        [
            {
                "id": f"run-{each}", "source": each, "started_by": "person", "state": "finished",
                "started_at": NOW, "beat_at": NOW, "ended_at": NOW, "host": "host", "process": 1,
                "counts": {"discovered": 1, "stored": 1},
            }
            for each in SOURCES
        ],
    )  # fmt: skip


def _store(connection: Connection, statements: Sequence[Sequence[Release]]) -> int:
    heads, releases, revisions, issuers, addresses = [], [], [], [], []
    for number, versions in enumerate(statements):
        first = versions[0]
        statement = own_statement(first)
        heads.append((statement, NOW, first.said_on, first.title, first.kind))
        for each in versions:
            edited = number % 30 == 0
            values = columns_of(each, _DETAIL)
            states = [replace(each, body=each.body[: len(each.body) // 2]), each] if edited else [each]
            releases.append(
                (
                    *(values[name] for name in COLUMNS),
                    each.id,
                    each.role_hint,
                    len(states),
                    statement,
                    NOW,
                    NOW,
                )
            )
            for count, state in enumerate(states, 1):
                row = revision_row(state, count, "run", NOW)
                revisions.append(tuple(row[name] for name in _REVISION))
            issuers += [(each.id, place, issuer) for place, issuer in enumerate(each.issuers)]
            addresses.append(
                (
                    each.source,
                    each.key,
                    each.url,
                    "listing",
                    AddressState.STORED,
                    1,
                    NOW,
                    "run",
                    NOW,
                    NOW,
                    200,
                )
            )
    for table, names, rows in (
        (StatementRow, ("id", "created_at", "said_on", "title", "kind"), heads),
        (
            ReleaseRow,
            (*COLUMNS, "id", "role", "revision", "statement_id", "first_seen_at", "changed_at"),
            releases,
        ),
        (RevisionRow, _REVISION, revisions),
        (ReleaseIssuerRow, ("release_id", "position", "issuer"), issuers),
        (AddressRow, _ADDRESS, addresses),
    ):
        _insert(connection, table, names, rows)
    return len(releases)


_REVISION = (
    "release_id", "number", "content_digest", "title", "body", "fields", "seen_at", "run_id",
    "capture_file", "capture_offset", "capture_length",
)  # fmt: skip
_ADDRESS = (
    "source", "key", "url", "found_in", "state", "attempts", "discovered_at", "discovered_run", "seen_at",
    "fetched_at", "status",
)  # fmt: skip


def _insert(
    connection: Connection, table: type[Table], names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows whose values are as Python knows them, each made into what its column holds."""
    columns = []
    for name, values in zip(names, zip(*rows, strict=True), strict=True):
        kind = table.__table__.c[name].type
        to_driver = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        columns.append(values if to_driver is None else map(to_driver, values))
    insert_many(connection, table, names, list(zip(*columns, strict=True)))
