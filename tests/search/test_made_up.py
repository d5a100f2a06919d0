"""The archive that lists and search are measured on is what a crawl would have left."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.search.filters import Filter
from storage.search.finding import count, facets, find_statements, volume
from storage.search.index import rebuild
from storage.tables import Table

pytest.importorskip("numpy")


def shown(database: Database) -> list[object]:
    with database.read() as connection:
        counted = facets(connection, Filter())
        word = next(iter(find_statements(connection, Filter()).items)).title.split()[0]
        return [
            counted,
            volume(connection, Filter(), "day"),
            facets(connection, Filter(issuer=next(iter(counted.values["issuer"])))),
            volume(connection, Filter(language="en"), "month"),
            count(connection, Filter(query=word)),
            sorted(each.id for each in find_statements(connection, Filter(query=word), limit=100).items),
            {
                name: len(connection.execute(table.select()).all())
                for name, table in Table.metadata.tables.items()
            },
        ]


def test_copies_are_in_the_index_as_if_it_had_been_made_of_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchmarks import search_archive

    monkeypatch.setattr(search_archive, "STEP", 20)
    monkeypatch.setattr(search_archive, "DRAWN", 30)
    search_archive.fill(database, 90, lambda _told: None)
    made = shown(database)
    with database.write() as connection:
        rebuild(connection)
    assert shown(database) == made
    counted = made[0]
    assert counted.total.number >= 60  # type: ignore[attr-defined]
