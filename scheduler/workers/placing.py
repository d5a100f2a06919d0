"""The queue of the place that a command was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scheduler.screen import Refusal, say, write_json

if TYPE_CHECKING:
    from scheduler.options import Place
    from scheduler.workers.deferring import Deferrer


@contextmanager
def deferrer_at(place: Place) -> Iterator[Deferrer]:
    """Puts work into the queue of that place's database; Refusal where there can be none."""
    from scheduler.workers.app import refuse_sqlite
    from scheduler.workers.deferring import open_deferrer
    from storage.database import Database, DatabaseUnusable

    try:
        refuse_sqlite(Database(place.url))
        store = place.open()
        try:
            with open_deferrer(store.database) as deferrer:
                yield deferrer
        finally:
            store.close()
    except DatabaseUnusable as error:
        raise Refusal(str(error)) from None


def defer_commands(
    place: Place, commands: Mapping[str, Sequence[str]], *, queue: str, locks: Mapping[str, str]
) -> None:
    """Put commands into the queue, told by their names; what waits there already is not put there twice."""
    from scheduler.workers.deferring import AlreadyQueued

    with deferrer_at(place) as deferrer:
        for name, words in commands.items():
            try:
                job: int | None = deferrer.command(list(words), queue=queue, lock=locks[name])
            except AlreadyQueued:
                job = None
            if place.json:
                write_json({"name": name, "job": job, "queued": job is not None})
            elif job is not None:
                say(f"{name}: waits for a worker, job {job}", "green")
            else:
                say(f"{name}: waits in the queue already", "yellow")
