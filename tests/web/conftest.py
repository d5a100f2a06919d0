"""One archive for all tests of the desk; each test that changes something gets a copy."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from crawler.extras import how_to_install

pytest.importorskip("fastapi", reason=f"the desk comes with: {how_to_install('web')}")

with warnings.catch_warnings():
    # Starlette would rather be tested with a successor of httpx that few know yet.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

from storage.access import add_token, add_user
from storage.database import Database, default_url
from tests.clock import Clock
from tests.web.archive import NOW, Archive, fill
from web.app import create_app
from web.desk import Desk, DeskSettings
from web.keys import digest, password_hash

PASSWORD = "a horse, correctly stapled"
TOKEN = "cq_a-token-of-the-tests"


@dataclass(frozen=True)
class Filled:
    """An archive and where it lies."""

    folder: Path
    archive: Archive


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Filled:
    """The archive; not to be changed."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copyfile(sqlite_template, folder / "communique.db")
    database = Database(default_url(folder))
    archive = fill(database, folder)
    # Stretched a little only: tests log in often.
    kept = password_hash(PASSWORD, (2**10, 8, 1))
    with database.write() as connection:
        for name, may in (("ana", "run"), ("ben", "decide"), ("cleo", "read")):
            add_user(connection, name, kept, may, NOW)
        add_token(connection, "newsroom", digest(TOKEN), "decide", NOW, None)
    with database.read() as connection:
        # What is copied must not wait in the log that SQLite writes ahead.
        connection.exec_driver_sql("SELECT 1")
    database.close()
    return Filled(folder, archive)


@dataclass
class Site:
    """A desk that runs in this process."""

    desk: Desk
    client: TestClient
    clock: Clock

    def log_in(self, name: str = "ana", password: str = PASSWORD) -> int:
        """Log in as a browser does; the status of the answer."""
        page = self.client.get("/login")
        answer = self.client.post(
            "/login", data={"name": name, "password": password, "form": form_of(page.text), "next": "/runs"}
        )
        return int(answer.status_code)

    def form(self, path: str) -> str:
        """What the forms of a page carry."""
        return form_of(self.client.get(path).text)


def form_of(page: str) -> str:
    """The hidden value that ties a form to its session."""
    return page.split('name="form" value="')[1].split('"')[0]


@pytest.fixture
def site_at(filled: Filled, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes a desk over a copy of the archive, with settings of its own."""
    made: list[Database] = []

    def make(at: datetime = NOW, **settings: object) -> Site:
        folder = tmp_path / "desk"
        shutil.copytree(filled.folder, folder, dirs_exist_ok=True)
        database = Database(default_url(folder))
        made.append(database)
        clock = Clock(at)
        options = DeskSettings(folder, None, **settings)  # type: ignore[arg-type]
        desk = Desk(options, database, clock)
        client = TestClient(create_app(options, desk), "http://127.0.0.1", follow_redirects=False)
        return Site(desk, client, clock)

    yield make
    for database in made:
        database.close()


@pytest.fixture
def site(site_at: Callable[..., Site]) -> Site:
    """A desk as `communique serve` runs it without options."""
    return site_at()
