"""Limits on what a question may cost: rows, and time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam
from sqlalchemy.exc import DBAPIError

SECONDS = 10.0
"""What one question may take of the database."""
MOST_ITEMS = 200
"""Statements on one page of an answer."""
COUNTED = 5_000
"""Entries that are counted one by one, the latest first, where no count was kept ready."""
SORTS = 20_000
"""Sorts of entries from which counts under several filters are added up; where there are more, entries are
counted one by one."""
COUNTED_BY_TIME = 50_000
"""Entries that a volume over time counts one by one."""
_STEPS = 20_000
"""Steps of SQLite between two looks at the clock."""


def spelled_out(value: int | str) -> BindParameter[Any]:
    """A value that stands in the text of a query. A plan that serves any question serves none of them, since
    traits and words differ in how often they occur: so a server has to plan for this one."""
    return bindparam(None, value, literal_execute=True)


class TooLong(RuntimeError):
    """The question took more time than it may; ask for less (a shorter time, one more word)."""


LIMITED = "communique_seconds"
"""Execution option of a connection to a server: its transactions begin with these limits, in seconds."""


def limits(seconds: float) -> str:
    """What PostgreSQL is told, within a transaction, before it is asked what anybody may ask."""
    settings = {
        "statement_timeout": f"{seconds * 1000:.0f}",
        # Five thousand entries by their numbers, not by reading all there are: no disk turns here.
        "random_page_cost": "1.1",
        "jit": "off",
        # Others ask too: a helper has to be started, and takes a core from them.
        "max_parallel_workers_per_gather": "0",
        # An index's answer must fit: else it tells pages, and of each entry on them all pairs of words are
        # made anew to look whether it was meant (eight seconds for a phrase of two usual words).
        "work_mem": "'64MB'",
    }
    return "; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items())


@contextmanager
def bounded(connection: Connection, seconds: float = SECONDS) -> Iterator[None]:
    """What is asked inside is broken off after some seconds. Raises TooLong."""
    with told_as_too_long(seconds):
        if connection.dialect.name != "sqlite":
            if connection.get_execution_options().get(LIMITED) != seconds:
                connection.exec_driver_sql(limits(seconds), execution_options={"no_parameters": True})
            yield
            return
        driver = connection.connection.driver_connection
        end = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)  # type: ignore[union-attr]
        try:
            yield
        finally:
            driver.set_progress_handler(None, 0)  # type: ignore[union-attr]


@contextmanager
def told_as_too_long(seconds: float) -> Iterator[None]:
    """Queries that are broken off inside are told as TooLong."""
    try:
        yield
    except DBAPIError as error:
        told = str(error.orig)
        if "interrupted" in told or "statement timeout" in told:
            raise TooLong(
                f"the question took more than {seconds:g} seconds and was broken off; "
                "ask for a shorter time, or with one more word"
            ) from error
        raise
