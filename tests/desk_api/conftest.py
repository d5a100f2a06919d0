"""An archive that is served: one for all tests of the folder, which only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from crawler.frontier import RunRequest
from crawler.issuers import ISSUERS
from storage import runs
from storage.database import Database, default_url
from storage.health import keep_health
from storage.held import save_held
from storage.issuers import save_issuers
from tests.desk_api.serving import application, serving
from tests.search.archive import TEXTS, many, save, text
from tests.storage.records import NOON, held

HOSTILE = '<script>alert("1")</script> & \u202eevil\u202c ]]> =cmd()'


@pytest.fixture(scope="session")
def served_database(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("served")
    shutil.copyfile(sqlite_template, folder / "communique.db")
    database = Database(default_url(folder))
    save(database, *many(45), *(text(language) for language in TEXTS))
    save(
        database, text("es", "changed"), text("en", "hostile", title=HOSTILE, body=f"{HOSTILE}\x0b\x00 body")
    )
    save(database, text("es", "changed", body="Otra cosa.", withdrawn="Retirado."))
    with database.write() as connection:
        save_issuers(connection, ISSUERS.values())
        save_held(connection, "run1", [held("withheld")], NOON)
        for number in range(3):
            run = runs.plan(connection, RunRequest("mx_sre"), None, NOON)
            runs.close(connection, run, ("failed", "finished", "failed")[number], {}, "It broke: <b>.", NOON)
        keep_health(connection, "mx_sre", "healthy", "As usual.", {}, None, NOON)
        keep_health(connection, "mx_sre", "silent", "Nothing for <9> days.", {}, None, NOON)
    yield database
    database.close()


@pytest.fixture(scope="session")
def app(served_database: Database) -> FastAPI:
    return application(served_database)


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=120) as made:
        yield made
