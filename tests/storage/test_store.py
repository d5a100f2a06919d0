"""Opening everything that is kept."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.frontier import CaptureStore, Frontier, RunRequest, Store
from storage.database import Database, DatabaseUnusable
from storage.issuers import save_issuers
from storage.store import SqlStore, open_store
from storage.tables import IssuerRow
from tests.storage.test_captures import PAGE, capture


def test_a_store_is_made_where_the_settings_say(tmp_path: Path) -> None:
    store = open_store({"COMMUNIQUE_DATA": str(tmp_path / "data"), "COMMUNIQUE_DATABASE": ""})
    run = store.frontier.open_run(RunRequest("mx_sre"))
    place = store.captures.write(run, capture(), PAGE).place
    store.close()
    assert (tmp_path / "data" / "communique.db").exists()
    assert place is not None
    assert (tmp_path / "data" / "captures" / place.file).exists()


def test_another_database_can_be_named(tmp_path: Path, database_url: str) -> None:
    store = open_store({"COMMUNIQUE_DATA": tmp_path, "COMMUNIQUE_DATABASE": database_url})
    store.frontier.open_run(RunRequest("mx_sre"))
    other = Database(database_url)
    assert other.info().counts["runs"] == 1
    other.close()
    store.close()


def test_the_same_database_opened_twice_is_one_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stores = [
        open_store({"COMMUNIQUE_DATA": str(tmp_path)}),
        open_store({"COMMUNIQUE_DATA": "."}),
        open_store({"COMMUNIQUE_DATA": tmp_path, "COMMUNIQUE_DATABASE": "sqlite:///communique.db"}),
    ]
    assert len({id(store.database) for store in stores}) == 1
    for store in stores:
        store.close()
    assert stores[0].database.info().counts["runs"] == 0


def test_opening_a_store_finishes_what_a_killed_process_left(tmp_path: Path) -> None:
    settings = {"COMMUNIQUE_DATA": str(tmp_path)}
    store = open_store(settings)
    place = store.captures.write("run1", capture(), PAGE).place
    store.close()
    assert place is not None
    path = tmp_path / "captures" / place.file
    path.rename(path.with_name(path.name + ".open"))
    open_store(settings).close()
    assert path.exists()


def test_the_size_at_which_a_file_of_captures_is_full_is_a_setting(tmp_path: Path) -> None:
    store = open_store({"COMMUNIQUE_DATA": str(tmp_path), "COMMUNIQUE_WARC_MIB": str(2**-10)})
    for number in range(3):
        page = random.Random(number).randbytes(2_000)
        store.captures.write("run1", replace(capture(), body=page, url=f"https://a.example/{number}"), page)
    store.close()
    files = sorted((tmp_path / "captures").rglob("*.warc.gz"))
    assert len(files) == 3
    assert all(1_024 < each.stat().st_size < 4_096 for each in files)


def test_a_store_without_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="COMMUNIQUE_DATA is not set"):
        open_store({})
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnusable, match="cannot be made"):
        open_store({"COMMUNIQUE_DATA": str(tmp_path / "file" / "data")})


def test_the_store_is_what_the_crawler_asks_for(tmp_path: Path) -> None:
    sql: SqlStore = open_store({"COMMUNIQUE_DATA": str(tmp_path)})
    store: Store = sql
    frontier: Frontier = store.frontier
    captures: CaptureStore = store.captures
    assert (frontier, captures) == (sql.frontier, sql.captures)
    store.close()


class _Issuer:
    def __init__(self, key: str, name: str) -> None:
        self.key = key
        self.country = key.partition(".")[0]
        self.names = {"es": (name,)}


def test_issuers_are_copied_and_never_forgotten(database: Database) -> None:
    for issuers in ([_Issuer("mx.sre", "SRE"), _Issuer("mx.old", "Old")], [_Issuer("mx.sre", "Relaciones")]):
        with database.write() as connection:
            save_issuers(connection, issuers)
    with database.read() as connection:
        names = {row.key: row.names for row in connection.execute(select(IssuerRow))}
    assert names == {"mx.sre": {"es": ["Relaciones"]}, "mx.old": {"es": ["Old"]}}
