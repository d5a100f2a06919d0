"""A PostgreSQL server for the length of a test session, and a fresh database for each test."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

HOW_TO_GET_IT = (
    "PostgreSQL was not found. Install it (Debian: apt install postgresql; it need not be started), "
    "or set COMMUNIQUE_TEST_POSTGRESQL to the URL of a server on which databases may be made."
)
_NAME = "communique"


_OTHERS_GO = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SHAPE = """
    SELECT (SELECT count(*) FROM pg_namespace), (SELECT count(*) FROM pg_class),
        (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_constraint),
        (SELECT sum(relnatts) FROM pg_class WHERE relkind = 'r'),
        (SELECT string_agg(version_num, ' ') FROM alembic_version)
"""
_MOST_BYTES = 2 * 2**20
"""Of a table that is emptied row by row."""
_FULL = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0
"""


class NoPostgreSQL(Exception):
    """There is no server to test with; the message says how to get one."""


class Server:
    """A running server. Databases that tests make on it are named `communique_test_...`."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._numbers = itertools.count(1)
        self._idle: list[str] = []
        self._shapes: dict[str, tuple[object, ...]] = {}
        self._connection = psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        )
        self._is_superuser = self._connection.info.parameter_status("is_superuser") == "on"

    def create_database(self, template: str | None = None) -> str:
        """Make a database (a copy of the one at the URL `template`) and return its URL."""
        name = f"communique_test_{os.getpid()}_{next(self._numbers)}"
        made_from = sql.Identifier("template0" if template is None else make_url(template).database or "")
        # Copying files is several times as fast as logging every page; older servers know nothing else.
        copied = "STRATEGY FILE_COPY" if self._connection.info.server_version >= 150_000 else ""
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' {}")
        self._connection.execute(make.format(sql.Identifier(name), made_from, sql.SQL(copied)))
        return self._url.set(database=name).render_as_string(hide_password=False)

    def lend_database(self, template: str) -> str:
        """URL of a copy of a template, made for this test or emptied after another: making one takes as long
        as many a test."""
        if self._idle:
            return self._idle.pop()
        url = self.create_database(template)
        with _connected(url) as connection:
            self._shapes[url] = _shape(connection)
        return url

    def take_back(self, url: str) -> None:
        """Empty a database that was lent, for the next test; one whose tables are not what they were goes."""
        with _connected(url) as connection:
            connection.execute(_OTHERS_GO)
            # Whoever is no superuser cannot let references rest while rows go.
            is_emptied = self._is_superuser and _shape(connection) == self._shapes[url]
            if is_emptied:
                _empty(connection)
        if is_emptied:
            self._idle.append(url)
        else:
            self.drop_database(url)

    def drop_database(self, url: str) -> None:
        """Remove a database that create_database made, whoever is still connected to it."""
        name = sql.Identifier(make_url(url).database or "")
        self._connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


def _connected(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def _shape(connection: psycopg.Connection[tuple[Any, ...]]) -> tuple[object, ...]:
    found = connection.execute(_SHAPE).fetchone()
    assert found is not None
    return found


def _empty(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    # Rows go in any order: triggers, and with them references, rest meanwhile.
    connection.execute("SET session_replication_role = replica")
    for name, size in connection.execute(_FULL).fetchall():
        how = "DELETE FROM {}" if size < _MOST_BYTES else "TRUNCATE {} CASCADE"
        connection.execute(sql.SQL(how).format(sql.Identifier(name)))
    counted = "SELECT sequencename FROM pg_sequences WHERE last_value > 0"
    for (name,) in connection.execute(counted).fetchall():
        connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))


@contextmanager
def running_server() -> Iterator[Server]:
    """The server that COMMUNIQUE_TEST_POSTGRESQL names, or one started from installed binaries."""
    named = os.environ.get("COMMUNIQUE_TEST_POSTGRESQL")
    if named:
        server = Server(make_url(named).set(drivername="postgresql+psycopg"))
        try:
            yield server
        finally:
            server.close()
        return
    with (
        tempfile.TemporaryDirectory(prefix="communique-postgresql-") as folder,
        running_cluster(Path(folder)) as cluster,
    ):
        server = Server(cluster.url)
        try:
            yield server
        finally:
            server.close()


class Cluster:
    """A server of our own in a folder, which can be stopped and started again. Raises NoPostgreSQL."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._data = folder, folder / "data"
        self._binaries = _binaries()
        self._process: subprocess.Popen[bytes] | None = None
        self._data.mkdir(mode=0o700, parents=True)
        self.url = URL.create(
            "postgresql+psycopg", username=_NAME, database="postgres", query={"host": str(folder)}
        )
        # PostgreSQL refuses to run as root, so root lends it to another user.
        self._lend: list[str] = []
        self._end_with_parent = ["setpriv", "--pdeathsig=INT"] if shutil.which("setpriv") else []
        if os.geteuid() == 0:
            user = _other_user()
            for path in (folder, self._data):
                os.chown(path, user.pw_uid, user.pw_gid)
            if shutil.which("setpriv"):
                self._lend = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
                self._end_with_parent = [*self._lend, "--pdeathsig=INT"]
            else:
                self._lend = self._end_with_parent = ["runuser", "-u", user.pw_name, "--"]
        make = [str(self._binaries / "initdb"), "-D", str(self._data), "-U", _NAME, "-A", "trust"]
        make += ["-E", "UTF8", "--no-sync"]
        made = subprocess.run([*self._lend, *make], cwd=folder, capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr or made.stdout}")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        serve = [str(self._binaries / "postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            serve += ["-c", f"{name}={value}"]
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*self._end_with_parent, *serve], cwd=self._folder, stdout=output, stderr=output
            )
        _wait_until_it_answers(self.url, self._process, log)

    def stop(self) -> None:
        """Disconnect whoever is left ("fast" shutdown), and end it."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait(timeout=60)
            self._process = None

    def restart(self) -> None:
        """As an administrator does, at the worst moment."""
        self.stop()
        self.start()


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """A server of our own, for so long."""
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def _binaries() -> Path:
    places: list[Path] = []
    config = shutil.which("pg_config")
    if config:
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        places.append(Path(told.stdout.strip()))
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Path(on_path).parent)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgreSQL(HOW_TO_GET_IT)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.split(".") if part.isdigit())


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgreSQL(f"Running as root, and there is no user postgres or nobody. {HOW_TO_GET_IT}")


def _wait_until_it_answers(url: URL, process: subprocess.Popen[bytes], log: Path) -> None:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from error
            time.sleep(0.02)
        else:
            return
