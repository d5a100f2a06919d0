"""Limits on what a question may cost: rows, and time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

SECONDS = 10.0
"""What one question may take of the database."""
MOST_ITEMS = 200
"""Statements on one page of an answer."""
COUNTED = 5_000
"""Entries that are counted one by one, the latest first, where no count was kept ready."""
COUNTED_BY_TIME = 50_000
"""Entries that a volume over time counts one by one."""
_STEPS = 20_000
"""Steps of SQLite between two looks at the clock."""


class TooLong(RuntimeError):
    """The question took more time than it may; ask for less (a shorter time, one more word)."""


@contextmanager
def bounded(connection: Connection, seconds: float = SECONDS) -> Iterator[None]:
    """What is asked inside is broken off after some seconds. Raises TooLong."""
    driver = connection.connection.driver_connection
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        end = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)  # type: ignore[union-attr]
    else:
        # A plan that serves any question serves none of them: words differ in how often they occur.
        connection.execute(
            text(
                "SELECT set_config('statement_timeout', :limit, true), "
                "set_config('plan_cache_mode', 'force_custom_plan', true), "
                # Five thousand entries by their numbers, not by reading all there are: no disk turns here.
                "set_config('random_page_cost', '1.1', true), set_config('jit', 'off', true)"
            ),
            {"limit": f"{int(seconds * 1000)}ms"},
        )
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
    finally:
        if sqlite:
            driver.set_progress_handler(None, 0)  # type: ignore[union-attr]
