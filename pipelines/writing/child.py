"""The writer's process: batches in, what became of them out, one at a time and in order.

It ends when the crawl closes its end of the stream, also by being killed; on Linux the kernel sees to that
even in the middle of a transaction, which then never was.
"""

from __future__ import annotations

import logging
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime

from crawler.children import end_with
from crawler.cycles import collect_less
from crawler.frames import Broken, Ready, pack, read_message
from pipelines.batch import Record, keep_what_can_be, sum_of_counts
from pipelines.writing.messages import TYPES, Stored, WriterOrder
from storage.clock import clock_of
from storage.database import Database


def serve(descriptor: int, parent: int) -> int:
    """Store batches until there are no more; the exit code."""
    end_with(parent)
    with socket.socket(fileno=descriptor) as connection, connection.makefile("rb", 2**20) as stream:
        order = read_message(stream.read, TYPES)
        if not isinstance(order, WriterOrder):
            return 0
        sys.path[:] = order.path
        logging.basicConfig(
            level=order.log_level,
            format="%(asctime)s [%(name)s] %(levelname)s: %(message)s",
            datefmt="%Y-%m-%d %H:%M:%S",
        )
        database = Database(order.database)
        database.patience = order.patience
        clock = clock_of(order.clock)
        collect_less()
        try:
            connection.sendall(pack(Ready()))
            while (batch := read_message(stream.read, TYPES)) is not None:
                connection.sendall(pack(_store(database, order.run, batch.records, clock)))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the crawl is gone
        database.close()
    return 0


def _store(
    database: Database, run: str, records: Sequence[Record], clock: Callable[[], datetime]
) -> Stored | Broken:
    try:
        kept, failed = keep_what_can_be(database, run, records, clock())
    except Exception as error:  # noqa: BLE001 - told to the crawl, which ends by it
        return Broken(f"{type(error).__name__}: {error}", traceback.format_exc())
    positions = {id(record): position for position, record in enumerate(records)}
    return Stored(sum_of_counts(kept), tuple((positions[id(each.record)], each.reason) for each in failed))
