"""`search` and `db reindex`, and the index of a database that is older than the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import migrations
from storage.database import Database, default_url
from storage.search.filters import Filter
from storage.search.finding import find_statements
from storage.search.index import count_entries
from tests.scheduler.commands import type_command
from tests.search.archive import TEXTS, save, text


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    (tmp_path / "communique.db").write_bytes(sqlite_template.read_bytes())
    database = Database(default_url(tmp_path))
    save(database, *(text(language) for language in TEXTS))
    database.close()
    return tmp_path


def test_a_search_shows_statements_with_the_words_in_their_place(data: Path) -> None:
    made = type_command("search", "capital -title:border", "--data", data)
    assert made.code == 0
    assert "Reunión sobre la frontera" in made.out
    assert "Meeting on the border" not in made.out
    assert "en la capital para la negociación" in " ".join(made.out.split())
    assert "1 statement" in made.err


def test_a_search_tells_programs_everything(data: Path) -> None:
    found = type_command("search", "capital", "--language", "en", "--json", "--data", data).lines
    assert [each["title"] for each in found] == ["Meeting on the border"]
    snippet = found[0]["snippet"]
    assert [snippet["text"][start:end] for start, end in snippet["marks"]] == ["capital"]
    assert found[0]["versions"][0]["source"] == "mx_sre"


def test_a_search_for_what_nobody_bears_is_refused(data: Path) -> None:
    assert type_command("search", "capital", "--source", "nobody", "--data", data).code == 2
    assert type_command("search", "nosuchword", "--data", data).code == 0
    assert type_command("search", "capital", "--data", data / "elsewhere").code == 1


def test_reindexing_makes_what_was_there(data: Path) -> None:
    before = type_command("search", "delegations", "--json", "--data", data).out
    made = type_command("db", "reindex", "--json", "--data", data)
    assert made.lines[0]["statements"] == len(TEXTS)
    assert type_command("search", "delegations", "--json", "--data", data).out == before != ""


def test_an_upgrade_indexes_what_was_stored_before_there_was_an_index(empty_url: str) -> None:
    database = Database(empty_url)
    database.upgrade()
    save(database, *(text(language) for language in TEXTS))
    with database.write() as connection:
        migrations.downgrade(connection, "0005")
    database.upgrade()
    with database.read() as connection:
        assert count_entries(connection) == len(TEXTS)
        (found,) = find_statements(connection, Filter(query="переговоров")).items
        assert found.languages == ("ru",)
    database.close()
