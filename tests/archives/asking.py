"""A process that asks an archive on loopback within the shared budget.

    python -m tests.archives.asking ORDER

The order is JSON: `port`, `data` or `database`, how many `index` calls and `pages`, both rates, `unasked`. It
prints a line before each answer is dealt with; with `stuck` it waits for ever there, to be killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from crawler.archives.archive import WAYBACK
from crawler.archives.budget import Budget, pace_of
from crawler.archives.pauses import FilePauses, Pauses
from crawler.turns import FileTurns, Turns
from storage.database import Database
from storage.pauses import DatabasePauses
from storage.turns import DatabaseTurns


def shared(order: dict[str, Any]) -> tuple[Pauses, Turns]:
    if order.get("database"):
        database = Database(order["database"])
        return DatabasePauses(database, order["unasked"]), DatabaseTurns(database)
    return FilePauses(Path(order["data"]) / "pauses", order["unasked"]), FileTurns(
        Path(order["data"]) / "turns"
    )


def get(port: int, path: str) -> tuple[int, str | None]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, None
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Retry-After")


async def ask(order: dict[str, Any]) -> None:
    pauses, turns = shared(order)
    pace = pace_of(WAYBACK, order["index_calls"], order["replays"], mapped=True)
    budget = Budget(WAYBACK, pauses, turns, pace, lambda: False, order["unasked"])

    async def ask_for(path: str, number: int, turn: Callable[[], Awaitable[bool]]) -> None:
        left = number
        while left:
            assert await turn()
            status, wait = await asyncio.to_thread(get, order["port"], path)
            print(status, flush=True)
            if order.get("stuck"):
                await asyncio.sleep(3600)
            if status == 429:
                await budget.pause(float(wait) if wait else None, "status 429")
            left -= status == 200
            await budget.end()

    index = [ask_for("/index", order["index"], budget.index_turn)]
    await asyncio.gather(*index, *[ask_for("/page", order["pages"], budget.replay_turn) for _ in range(3)])
    budget.close()


if __name__ == "__main__":
    asyncio.run(ask(json.loads(sys.argv[1])))
