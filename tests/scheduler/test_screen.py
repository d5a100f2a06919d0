"""What commands print: JSON lines that are JSON, tables that nobody's text can steer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.items import Role
from scheduler.screen import cell, json_line, out, plain, table

STEERING = "\x1b]0;owned\x07 \x9b31m \u202egnp.exe \r\x00"


@dataclass(frozen=True)
class _Told:
    day: date
    moment: datetime
    role: Role
    path: Path
    several: tuple[str, ...]


def test_dates_and_nested_values_have_the_forms_of_json() -> None:
    told = _Told(
        date(2017, 2, 23), datetime(2017, 2, 27, 8, tzinfo=UTC), Role.REPOST, Path("/x"), ("es", "en")
    )
    assert json.loads(json_line({"told": told})) == {
        "told": {
            "day": "2017-02-23",
            "moment": "2017-02-27T08:00:00+00:00",
            "role": "repost",
            "path": "/x",
            "several": ["es", "en"],
        }
    }


def test_a_json_line_is_one_line_keeps_the_text_and_steers_no_terminal() -> None:
    text = STEERING + "\u2028 Secretaría \ud800"
    line = json_line({"title": text})
    assert len(line.splitlines()) == 1
    assert not set(line) & set("\x1b\x07\x9b\u202e\u2028\x00\r")
    assert json.loads(line) == {"title": text}
    assert "Secretaría" in line


def test_an_unknown_type_is_an_error_and_not_its_repr() -> None:
    with pytest.raises(TypeError, match="object has no form in JSON"):
        json_line({"what": object()})


def test_a_terminal_shows_titles_without_characters_that_steer_it(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table("title")
    shown.add_row(cell(STEERING))
    out().print(shown)
    printed = capsys.readouterr().out
    assert "owned" in printed
    assert not set(printed) & set("\x1b\x07\x9b\u202e\x00\r")


def test_square_brackets_in_a_text_are_not_markup(capsys: pytest.CaptureFixture[str]) -> None:
    shown = table("title")
    shown.add_row(cell("the fight [against] organized crime [bold]"))
    out().print(shown)
    assert "the fight [against] organized crime [bold]" in capsys.readouterr().out


def test_line_feeds_and_tabs_stay() -> None:
    assert plain("a\n\tb") == "a\n\tb"
