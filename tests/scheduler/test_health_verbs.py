"""`coverage`: a calendar for people, days for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database, default_url
from storage.releases import save_releases
from tests.scheduler.commands import type_command
from tests.storage.records import NOON, release


@pytest.fixture
def data(tmp_path: Path) -> Path:
    database = Database(default_url(tmp_path))
    database.upgrade()
    with database.write() as connection:
        save_releases(connection, "file", [release()], NOON)
    database.close()
    return tmp_path


def test_coverage_is_a_day_a_line_for_programs(data: Path) -> None:
    typed = type_command(
        "coverage", "mx_sre", "--since", "2017-02-20", "--until", "2017-02-26", "--json", "--data", data
    )
    assert [each["day"] for each in typed.lines] == [f"2017-02-{day}" for day in range(20, 27)]
    assert [each["stored"] for each in typed.lines] == [0, 0, 0, 1, 0, 0, 0]


def test_coverage_is_a_calendar_for_people(data: Path) -> None:
    typed = type_command(
        "coverage", "mx_sre", "--since", "2017-02-20", "--until", "2017-03-05", "--data", data
    )
    rows = dict(line.split(maxsplit=1) for line in typed.out.splitlines() if line[:3] in ("Thu", "Sun"))
    assert rows["Thu"].startswith("░"), "one release on the first Thursday"
    assert rows["Sun"] == "··"
    assert "1 stored" in typed.err


def test_coverage_of_what_nobody_knows_is_wrong_usage(data: Path) -> None:
    typed = type_command("coverage", "mx_sri", "--data", data)
    assert typed.code == 2
    assert "mx_sre" in typed.err
