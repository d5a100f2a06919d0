"""Fills a database with made-up statements: any number of releases, the same for the same seed.

Words follow Zipf's law, so that some stand in half of the texts and most in a few; statements have one to
four versions in up to three languages. Bulk inserts, not the pipelines: what linking needs is left out, and
so are the texts of first revisions, which no list shows. The index is made at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, insert, select

from storage.database import Database
from storage.search.index import count_entries, rebuild
from storage.tables import IssuerRow, ReleaseIssuerRow, ReleaseRow, RevisionRow, StatementRow

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAST_DAY = date(2026, 6, 30)
DAYS = 12 * 365
WORDS = 40_000
IN_A_TEXT = 160
SOURCES = tuple(f"source_{number}" for number in range(76))
ISSUERS = tuple(
    f"{country}.body{number}" for country in ("mx", "us", "ca", "fr", "de", "jp") for number in range(18)
)
LANGUAGES = ("es", "en", "fr", "de", "pt", "ru")
ROLES = ("original", "translation", "repost", "excerpt")
KINDS = ("communique", "statement", "remarks", "speech", "transcript", "readout")
_SYLLABLES = (
    "ba",
    "co",
    "du",
    "fe",
    "gi",
    "la",
    "mo",
    "nu",
    "pe",
    "ri",
    "sa",
    "to",
    "vu",
    "ze",
    "che",
    "tra",
)
STEP = 2_000


def word(number: int) -> str:
    """A made-up word; small numbers are frequent words."""
    made = ""
    rest = number + 17
    while rest:
        made += _SYLLABLES[rest % len(_SYLLABLES)]
        rest //= len(_SYLLABLES)
    return made


VOCABULARY = [word(number) for number in range(WORDS)]


def _numbers(random: np.random.Generator, size: int) -> Any:  # noqa: ANN401 - an array
    """Numbers of words, small ones more often (Zipf's law over the vocabulary)."""
    return (np.exp(random.random(size) * np.log(WORDS)) - 1).astype(int)


def _statements(seed: int, first: int, until: int) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Statements from one number to another, with their releases."""
    for number in range(first, until):
        random = np.random.default_rng((seed, number))
        identity = hashlib.sha256(f"{seed} {number}".encode()).hexdigest()
        day = LAST_DAY - timedelta(days=int(random.integers(DAYS)))
        versions = int(random.choice((1, 2, 3, 4), p=(0.6, 0.25, 0.1, 0.05)))
        words = [VOCABULARY[each] for each in _numbers(random, IN_A_TEXT)]
        title = " ".join(words[:8]).capitalize()
        kind = KINDS[int(random.integers(len(KINDS)))]
        source = int(len(SOURCES) * random.random() ** 2)
        issuers = [ISSUERS[(source * 7 + each) % len(ISSUERS)] for each in range(int(random.integers(1, 3)))]
        releases = []
        for version in range(versions):
            release = f"r{identity[:16]}{version:04x}"
            language = LANGUAGES[(source + (version % 3)) % len(LANGUAGES)]
            if version:
                words = [VOCABULARY[each] for each in _numbers(random, IN_A_TEXT)]
            key = f"{identity[:16]}/{version}"
            releases.append(
                {
                    "id": release, "source": SOURCES[(source + version * 5) % len(SOURCES)],
                    "source_kind": "ministry" if version == 0 else "mirror",
                    "url": f"https://source.example/{key}", "key": key, "native_id": None,
                    "language": language, "kind": kind, "kind_raw": None, "role_hint": ROLES[version],
                    "role": ROLES[version], "standing": None, "title": title, "summary": None,
                    "body": ". ".join(" ".join(words[at : at + 16]) for at in range(0, len(words), 16)),
                    "said_on": day, "said_raw": None, "posted_on": day + timedelta(days=version),
                    "posted_at": None, "posted_raw": None, "timezone": "UTC", "issuers": issuers,
                    "issuers_raw": [], "folio": None, "attribution": None, "translator": None,
                    "insertions": 0, "attachments": [],
                    "withdrawn": "Withdrawn." if random.random() < 0.01 else None, "withdrawn_at": None,
                    "modified": None, "read_by": "rules", "notes": [], "content_digest": f"sha256:{release}",
                    "detail_digest": f"sha256:{release}", "signature": b"", "revision": 1,
                    "statement_id": f"s{identity[:20]}", "first_seen_at": NOW, "changed_at": NOW,
                    "captured_at": NOW, "origin": "file", "capture_file": None, "capture_offset": None,
                    "capture_length": None, "capture_digest": None,
                }
            )  # fmt: skip
        head = {
            "id": f"s{identity[:20]}", "merged_into": None, "created_at": NOW, "said_on": day,
            "title": title, "kind": kind,
        }  # fmt: skip
        yield head, releases


def fill(database: Database, releases: int, tell: Callable[[str], object], seed: int = 1) -> None:
    """Fill up to a number of releases, and make the index anew. Interrupted, it goes on where it stopped."""
    database.upgrade()
    with database.read() as connection:
        have = connection.scalar(select(func.count()).select_from(ReleaseRow)) or 0
        number = connection.scalar(select(func.count()).select_from(StatementRow)) or 0
    while have < releases:
        heads, rows = [], []
        for head, versions in _statements(seed, number, number + STEP):
            heads.append(head)
            rows += versions
        with database.write() as connection:
            if number == 0:
                bodies = [{"key": each, "country": each[:2], "names": {"en": [each]}} for each in ISSUERS]
                connection.execute(insert(IssuerRow), bodies)
            connection.execute(insert(StatementRow), heads)
            connection.execute(insert(ReleaseRow), rows)
            connection.execute(insert(RevisionRow), [_revision(each) for each in rows])
            connection.execute(
                insert(ReleaseIssuerRow),
                [
                    {"release_id": each["id"], "position": place, "issuer": issuer}
                    for each in rows
                    for place, issuer in enumerate(each["issuers"])
                ],
            )
        have += len(rows)
        number += STEP
        tell(f"{have:,} releases")
    with database.read() as connection:
        if count_entries(connection) >= number:
            return
    with database.write() as connection:
        rebuild(connection, lambda done: done % 10_000 or tell(f"{done:,} statements indexed"))
        if not database.is_sqlite:
            return
        connection.exec_driver_sql("ANALYZE")


def _revision(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "release_id": row["id"], "number": 1, "content_digest": row["content_digest"],
        "title": row["title"], "body": "", "fields": {}, "seen_at": NOW, "run_id": "run",
        "capture_file": None, "capture_offset": None, "capture_length": None,
    }  # fmt: skip
