"""How long lists, facets, statements and searches take while fifty readers read and a writer writes.

    python -m benchmarks.search_load --releases 100000 --database sqlite:////var/tmp/load/communique.db
    python -m benchmarks.search_load --releases 100000 --database postgresql://...
    python -m benchmarks.search_load ... --datasette env/bin/datasette    # an environment of its own

`communique serve --read-only --processes 2`, asked over HTTP on loopback by 50 readers. A reader thinks
between an answer and the next question, for a time drawn as benchmarks of web servers draw it (TPC-W:
exponentially, at most ten times the mean; here of 2 s), so that about 25 questions come each second; with
`--think 0` 50 questions are always open, which measures what the machine can answer and nothing else.
Another process stores releases all the while. Datasette
serves the same SQLite file afterwards to the same readers: the latest statements, facets by kind, one
statement's row, and the same full-text question as SQL; of versions it shows nothing, so it has less to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from benchmarks.search_archive import ISSUERS, LANGUAGES, NOW, SOURCES, VOCABULARY, fill
from storage.database import Database

GOALS = {"list": 100, "facets": 100, "statement": 100, "search": 200}
"""Milliseconds at the 95th percentile on PostgreSQL; SQLite may take twice as long."""
WARM = 10.0
"""Seconds at the beginning that do not count: a server that has just started has met no word yet."""
Ask = Callable[[random.Random, str], str]


@contextmanager
def _serving(url: str, port: int, processes: int) -> Iterator[int]:
    """The desk as `communique serve` runs it, in processes of its own."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "scheduler", "serve", "--read-only", "--processes", str(processes)]
        server = subprocess.Popen([*command, "--port", str(port), "--database", url, "--data", data])
        try:
            yield server.pid
        finally:
            server.terminate()
            server.wait()


def _cpu(pids: set[int]) -> float:
    """Milliseconds of CPU that these processes, and what they started, have taken; those that ended do not
    count."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    wanted = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    took = 0.0
    for pid in wanted:
        with suppress(OSError):
            took += sum(
                int(each.read_text().split()[0]) / 1e6
                for each in Path(f"/proc/{pid}/task").glob("[0-9]*/schedstat")
            )
    return took


def _backends(database: Database) -> set[int]:
    """Processes of PostgreSQL that serve the desk; none of SQLite, which works in the desk's own."""
    if database.is_sqlite:
        return set()
    with database.read() as connection:
        return set(
            connection.exec_driver_sql(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND application_name NOT IN ('writer', 'watcher')"
            ).scalars()
        )


def _named(url: str, name: str) -> str:
    """The address, for a connection of that name; SQLite's have none."""
    return url if url.startswith("sqlite") else f"{url}{'&' if '?' in url else '?'}application_name={name}"


def _write(url: str, stop: Any, written: Any) -> None:  # noqa: ANN401 - an event and a value
    from storage.releases import save_releases
    from tests.storage.records import MEETING

    database = Database(url)
    number = 0
    seed = time.time_ns()
    while not stop.is_set():
        batch = []
        for _ in range(10):
            number += 1
            words = random.Random(number).choices(VOCABULARY, k=160)  # noqa: S311
            key = f"load/{seed}/{number}"
            batch.append(
                replace(
                    MEETING, id=f"r{abs(hash(key)):020x}"[:21], key=key, url=f"https://x.example/{key}",
                    body=" ".join(words), content_digest=key, claims=(), issuers=("mx.body1",),
                )
            )  # fmt: skip
        with database.write() as connection:
            save_releases(connection, "load", batch, NOW)
        written.value += len(batch)
        stop.wait(0.25)


def _filters(chosen: random.Random) -> dict[str, str]:
    some = {
        "issuer": chosen.choice(ISSUERS),
        "language": chosen.choice(LANGUAGES),
        "source": chosen.choice(SOURCES[:20]),
        "since": f"{chosen.randint(2015, 2025)}-03-05",
        "has_translation": "true",
    }
    names = chosen.sample(sorted(some), chosen.choice((0, 1, 1, 2)))
    return {name: some[name] for name in names}


def _question(chosen: random.Random) -> str:
    """Words as people search: some frequent, some rare; a phrase now and then."""
    one = VOCABULARY[int(10 ** chosen.uniform(0.5, 4.2))]
    other = VOCABULARY[int(10 ** chosen.uniform(0.5, 3.0))]
    return chosen.choice((one, f"{one} {other}", f"{one} -{other}", f'"{other} {one}"', f"title:{one}"))


OURS: dict[str, Ask] = {
    "list": lambda chosen, _id: f"/api/v1/statements?{urlencode(_filters(chosen))}",
    "facets": lambda chosen, _id: f"/api/v1/facets?{urlencode(_filters(chosen))}",
    "statement": lambda _chosen, identity: f"/api/v1/statements/{identity}",
    "search": lambda chosen, _id: f"/api/v1/statements?q={quote(_question(chosen))}",
}


def _sql(chosen: random.Random) -> str:
    one = VOCABULARY[int(10 ** chosen.uniform(0.5, 4.2))]
    query = (
        "select s.id, s.title, s.said_on from statement_words w "
        "join statement_entries e on e.number = w.rowid join statements s on s.id = e.statement_id "
        "where statement_words match :q order by w.rowid desc limit 20"
    )
    return f"/communique.json?sql={quote(query)}&q={one}&_shape=array"


DATASETTE: dict[str, Ask] = {
    "list": lambda chosen, _id: "/communique/statements.json?_sort_desc=said_on&_size=20&_shape=array",
    "facets": lambda chosen, _id: "/communique/statements.json?_facet=kind&_size=0",
    "statement": lambda _chosen, identity: f"/communique/statements/{identity}.json?_shape=array",
    "search": lambda chosen, _id: _sql(chosen),
}


async def _read(
    base: str, asks: dict[str, Ask], ids: list[str], readers: int, seconds: float, think: float
) -> dict[str, list[float]]:
    took: defaultdict[str, list[float]] = defaultdict(list)
    refused: defaultdict[str, int] = defaultdict(int)
    # Shorter than servers keep a connection that nobody uses: no question meets one that is being closed.
    limits = httpx.Limits(max_connections=readers, max_keepalive_connections=readers, keepalive_expiry=2)
    warm = time.perf_counter() + WARM
    end = time.monotonic() + WARM + seconds

    async def reader(number: int, client: httpx.AsyncClient) -> None:
        chosen = random.Random(number)  # noqa: S311
        await asyncio.sleep(chosen.uniform(0, min(think, WARM)))
        while time.monotonic() < end:
            name = chosen.choice(sorted(asks))
            address = asks[name](chosen, chosen.choice(ids))
            begun = time.perf_counter()
            answer = await client.get(base + address)
            if begun > warm:
                took[name].append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                refused[f"{name} {answer.status_code}"] += 1
            if think:
                await asyncio.sleep(min(chosen.expovariate(1 / think), 10 * think))

    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        await asyncio.gather(*(reader(number, client) for number in range(readers)))
    if refused:
        print("refused:", dict(refused))
    return took


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(base: str) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            httpx.get(base, timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers at {base}")


def _show(name: str, took: dict[str, list[float]], seconds: float) -> dict[str, float]:
    told = {}
    answers = sum(map(len, took.values()))
    print(f"{name}: {answers / seconds:.1f} answers a second, load {os.getloadavg()[0]:.1f}")
    for kind in GOALS:
        values = took.get(kind, [])
        told[kind] = _percentile(values, 0.95)
        print(
            f"{name:12} {kind:10} n={len(values):5}  p50 {_percentile(values, 0.5):7.1f} ms  "
            f"p95 {told[kind]:7.1f} ms"
        )
    return told


def main() -> None:
    """Fill, serve, read, tell."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--database", required=True, metavar="URL")
    options.add_argument("--releases", type=int, default=20_000)
    options.add_argument("--readers", type=int, default=50)
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument(
        "--think", type=float, default=2.0, help="Seconds between answer and next question, on average."
    )
    options.add_argument("--processes", type=int, default=2, help="Processes of the desk that answer.")
    options.add_argument(
        "--minutes", type=float, default=float("inf"), help="Stop filling then; called again, it goes on."
    )
    options.add_argument("--datasette", type=Path, help="Program of Datasette, in an environment of its own.")
    asked = options.parse_args()
    if asked.database.startswith("sqlite"):
        Path(asked.database.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    database = Database(asked.database)
    begun = time.perf_counter()
    until = time.monotonic() + 60 * asked.minutes
    say = lambda told: print(f"  {told}, {time.perf_counter() - begun:.0f} s", flush=True)  # noqa: E731
    fill(database, asked.releases, say, until=until)
    with database.read() as connection:
        number = connection.exec_driver_sql("SELECT count(*) FROM releases").scalar()
        print(f"{number:,} releases")
        ids = list(connection.exec_driver_sql("SELECT id FROM statements LIMIT 2000").scalars())
    database.close()

    context = multiprocessing.get_context("spawn")
    stop, written, port = context.Event(), context.Value("i", 0), _free_port()
    writer = context.Process(
        target=_write, args=(_named(asked.database, "writer"), stop, written), daemon=True
    )
    base = f"http://127.0.0.1:{port}"
    watcher = Database(_named(asked.database, "watcher"))
    with _serving(asked.database, port, asked.processes) as server:
        _wait_for(f"{base}/api/v1/held")
        writer.start()
        before = [_cpu({server}), _cpu(_backends(watcher))]
        try:
            took = asyncio.run(_read(base, OURS, ids, asked.readers, asked.seconds, asked.think))
        finally:
            stop.set()
            writer.join()
        after = [_cpu({server}), _cpu(_backends(watcher))]
    ours = _show("communique", took, asked.seconds)
    # The answers of the warming up are in the CPU time too, so they are in the number of answers.
    answers = sum(map(len, took.values())) * (WARM + asked.seconds) / asked.seconds
    desk, backends = ((end - begin) / answers for begin, end in zip(before, after, strict=True))
    print(f"CPU an answer: {desk:.1f} ms of the desk, {backends:.1f} ms of the database's server")
    print(f"{written.value} releases were stored meanwhile")
    if asked.datasette is not None:
        file, port = asked.database.removeprefix("sqlite:///"), _free_port()
        program = subprocess.Popen(
            [asked.datasette, "serve", file, "--port", str(port), "--setting", "sql_time_limit_ms", "10000"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/-/versions.json")
            took = asyncio.run(
                _read(f"http://127.0.0.1:{port}", DATASETTE, ids, asked.readers, asked.seconds, asked.think)
            )
        finally:
            program.terminate()
            program.wait()
        theirs = _show("datasette", took, asked.seconds)
        print("ratio of p95:", json.dumps({kind: round(ours[kind] / theirs[kind], 2) for kind in GOALS}))


if __name__ == "__main__":
    main()
