"""What a person or a program reads of a command: tables and progress, or JSON lines.

With `--json` standard output carries JSON lines and nothing else; messages and progress go to standard
error. Texts of releases come from other people's sites: characters that steer a terminal are never printed.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROWEST = 100
"""Width in columns when the output is no terminal (a file, a pipe), so that tables stay whole."""

# C0 but tab and line feed, DEL, C1, and the marks that turn the direction of what follows.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# What json.dumps leaves as it is although a terminal or a line reader acts on it.
_STEERING_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Refusal(Exception):
    """A command cannot do what it was asked to; the message says what was expected, found, and what to do.

    `code` is the exit code of the command, as its help lists it.
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def plain(text: object) -> str:
    """The text without characters that steer a terminal; each is shown as the replacement character."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", str(text))


def cell(text: object, style: str = "") -> Text:
    """A table cell that shows the text as it is: square brackets are no markup."""
    return Text(plain("" if text is None else text), style=style)


def _console(*, stderr: bool) -> Console:
    # Made anew for every use, because tests and callers may replace sys.stdout.
    stream = sys.stderr if stderr else sys.stdout
    console = Console(file=stream, highlight=False, soft_wrap=False)
    if not console.is_terminal and console.width < NARROWEST:
        console = Console(file=stream, highlight=False, width=NARROWEST)
    return console


def out() -> Console:
    """Standard output."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error: messages and progress."""
    return _console(stderr=True)


def say(message: str, style: str = "", *, whole: bool = False) -> None:
    """A message for the person at the terminal, on standard error.

    `whole` lines are not broken into several: commands and paths that somebody may want to copy. Where
    there is no terminal, no line is.
    """
    console = err()
    console.print(Text(plain(message), style=style), soft_wrap=whole or not console.is_terminal)


def table(*columns: str, title: str | None = None, right: Sequence[str] = ()) -> Table:
    """An empty table in the house style; columns named in `right` are numbers.

    Names of sources are never broken: people copy them into the next command.
    """
    made = Table(box=SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in right else "left",
            overflow="fold",
            no_wrap=name == "source",
        )
    return made


def in_zone(moment: datetime | None, zone: ZoneInfo | None = None) -> str:
    """A time to the minute in the given zone (UTC when none is given), with the zone's abbreviation."""
    if moment is None:
        return ""
    shown = moment.astimezone(zone) if zone is not None else moment
    return shown.strftime("%Y-%m-%d %H:%M %Z").strip()


_FIELDS: dict[type, tuple[str, ...] | None] = {}
"""Of dataclasses that were met; None of other types. Asked once for each of thousands of values."""


def _fields_of(value: object) -> tuple[str, ...] | None:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return tuple(each.name for each in dataclasses.fields(value))
    return None


def json_ready(value: object) -> object:
    """The value as JSON has it: dates in ISO 8601, dataclasses as objects."""
    kind = type(value)
    if kind not in _FIELDS:
        _FIELDS[kind] = _fields_of(value)
    names = _FIELDS[kind]
    if names is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def json_line(value: object) -> str:
    """One value as one line of JSON, in UTF-8 text without characters that steer a terminal."""
    line = json.dumps(value, ensure_ascii=False, default=json_ready)
    return _STEERING_IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", line)


def write_json(value: object) -> None:
    """One JSON line on standard output."""
    sys.stdout.write(json_line(value) + "\n")
