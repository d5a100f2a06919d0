"""What persons say about sources: the latest word counts, none is forgotten."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.schedules import EVERY, PAUSED, override, override_history, overrides
from tests.clock import Clock


def test_the_latest_word_of_a_person_is_in_force_and_says_who_and_why(
    database: Database, clock: Clock
) -> None:
    with database.write() as connection:
        override(connection, "mx_sre", EVERY, "6h", "Ana", "busy week", clock())
        clock.advance(hours=1)
        override(connection, "mx_sre", EVERY, "2h", "Ben", "summit", clock())
        override(connection, "us_dhs", PAUSED, "yes", "Ana", "redesign", clock())
    with database.read() as connection:
        found = overrides(connection)
    assert found["mx_sre"][EVERY].value == "2h"
    assert (found["mx_sre"][EVERY].made_by, found["mx_sre"][EVERY].reason) == ("Ben", "summit")
    assert found["mx_sre"][EVERY].made_at == clock()
    assert set(found["us_dhs"]) == {PAUSED}


def test_what_is_taken_back_is_no_longer_in_force_and_still_told(database: Database, clock: Clock) -> None:
    with database.write() as connection:
        override(connection, "mx_sre", PAUSED, "yes", "Ana", "redesign", clock())
        override(connection, "mx_sre", PAUSED, None, "Ben", "done", clock())
    with database.read() as connection:
        assert overrides(connection) == {}
        history = [(each.value, each.made_by) for each in override_history(connection, "mx_sre")]
    assert history == [(None, "Ben"), ("yes", "Ana")]


def test_nothing_is_overridden_without_a_person_or_under_an_unknown_name(
    database: Database, clock: Clock
) -> None:
    with database.write() as connection:
        with pytest.raises(ValueError, match="who says so"):
            override(connection, "mx_sre", PAUSED, "yes", " ", "", clock())
        with pytest.raises(ValueError, match="paused, every, origins"):
            override(connection, "mx_sre", "colour", "red", "Ana", "", clock())
