"""Fixtures for every folder of tests: a database of each kind, and a clock that stands still."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from typer.main import get_command

from storage.database import Database, default_url
from tests import nursery
from tests.clock import Clock

if TYPE_CHECKING:
    from tests.postgresql import Server

# A busy machine is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


SLOW_FIRST = ("whole", "workers", "web", "scheduler", "reading", "crawler", "linking")
"""Folders whose tests wait for processes and servers: begun last, one would keep the other cores idle."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files by what is to be waited for."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return SLOW_FIRST.index(folder) if folder in SLOW_FIRST else len(SLOW_FIRST)

    items.sort(key=place)


def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto`: two on each core, since half of the time a test waits for what it has started."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(autouse=True, scope="session")
def no_encoder() -> Iterator[None]:
    """Texts are compared without vectors, also in child processes: an encoder takes seconds to load."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COMMUNIQUE_ENCODER", "none")
        yield


@pytest.fixture(autouse=True, scope="session")
def forked_crawls() -> Iterator[None]:
    """Commands that start a crawl or two fork them: each interpreter would take seconds to import it all."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("scheduler.crawl.start_anew", nursery.start)
        yield


@pytest.fixture(autouse=True, scope="session")
def commands_built_once() -> Iterator[None]:
    """The verbs are gathered once: Typer's runner would build all of them for each command that is typed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("typer.testing._get_command", cache(get_command))
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    database = Database(default_url(folder))
    database.upgrade()
    database.close()
    return folder / "communique.db"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server; without one the test is skipped, where CI is set it fails."""
    try:
        from tests.postgresql import NoPostgreSQL, running_server
    except ModuleNotFoundError as error:
        _cannot_test(f"{error}. Install the extra `test`.")
    running = running_server()
    try:
        server = running.__enter__()
    except NoPostgreSQL as error:
        _cannot_test(str(error))
    yield server
    running.__exit__(None, None, None)


def _cannot_test(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: Server) -> Iterator[str]:
    """URL of an empty PostgreSQL database with all tables, to be copied."""
    url = postgresql_server.create_database()
    database = Database(url)
    database.upgrade()
    database.close()
    yield url
    postgresql_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on: every test that uses it runs on both."""
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without tables."""
    if backend == "sqlite":
        yield default_url(tmp_path)
        return
    server: Server = request.getfixturevalue("postgresql_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database of the test's own, with all tables, empty."""
    if backend == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "communique.db")
        yield default_url(tmp_path)
        return
    server: Server = request.getfixturevalue("postgresql_server")
    url = server.lend_database(request.getfixturevalue("postgresql_template"))
    yield url
    server.take_back(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database of the test's own, with all tables, empty."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still at noon UTC on 1 March 2017 until `advance` moves it."""
    return Clock()
