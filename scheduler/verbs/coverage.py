"""`coverage`: what is there of a source, day by day, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from scheduler.names import check_source_name
from scheduler.options import (
    DatabaseOption,
    DataOption,
    JsonOption,
    SinceOption,
    UntilOption,
    check_window,
    place_of,
)
from scheduler.screen import out, plain, say, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from crawler.source import Source
    from storage.coverage import DayCoverage, Expectation

YEAR = timedelta(days=364)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHADES = ((10, "█", "green"), (5, "▓", "green"), (2, "▒", "green"), (1, "░", "green"))
"""From so many releases on: character and color."""
LEGEND = "░ 1  ▒ 2-4  ▓ 5-9  █ 10 and more   ? missing   x failed   h held back   · nothing, none expected"
COUNTS = ("indexed", "fetched", "stored", "held", "failed", "missing", "gone", "skipped")


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    examples = ending(
        "communique coverage mx_sre --since 2017-01-01 --until 2017-12-31",
        "communique coverage mx_sre --json | jq 'select(.missing > 0) | .day'",
        codes="0 done, 1 no database there, 2 wrong usage",
    )
    app.command("coverage", epilog=examples)(coverage)


def coverage(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Name of the source.")],
    since: SinceOption = None,
    until: UntilOption = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how complete a source is, day by day: expected, seen in an index, stored, held, failed, missing.

    Without --since, the year before --until; without --until, up to today.
    """
    place = place_of(context, data, database, as_json)
    check_window(since, until)

    from crawler.source import registry
    from storage.coverage import coverage as cover

    check_source_name(source)
    definition = registry()[source]
    today = datetime.now(UTC).date()
    last = until or max(today, since or today)
    first = since or last - YEAR
    with place.reading() as connection:
        days = cover(connection, source, first, last, expectation=expectation_of(definition), today=today)
    if place.json:
        for each in days:
            write_json(each)
        return
    show(days)


def expectation_of(definition: type[Source]) -> Expectation | None:
    """What a definition says of how much there should be; None of sources that are never crawled."""
    from storage.coverage import Expectation

    if not definition.discoveries():
        return None
    expect = definition.expect
    return Expectation(expect.at_least, expect.at_most, definition.archive_from)


def show(days: Sequence[DayCoverage]) -> None:
    """The days as a calendar, a block a year, and their sums."""
    by_year: dict[int, list[DayCoverage]] = {}
    for each in days:
        by_year.setdefault(each.day.year, []).append(each)
    for year, shown in by_year.items():
        out().print(heat_map(year, shown), soft_wrap=True)
    say(LEGEND)
    totals = ", ".join(f"{sum(getattr(each, name) for each in days):,} {name}" for name in COUNTS)
    say(f"{plain(days[0].source)}, {days[0].day} to {days[-1].day}: {totals}; "
        f"{sum(each.expected for each in days):,.0f} expected")  # fmt: skip
    holes = [each.day for each in days if each.missing]
    if holes:
        named = ", ".join(str(day) for day in holes[:10]) + (", ..." if len(holes) > 10 else "")
        say(f"{len(holes)} days with something missing: {named}", "yellow")


def heat_map(year: int, days: Sequence[DayCoverage]) -> Text:
    """The days of one year: a row a weekday, a column a week, one character a day."""
    begin = days[0].day - timedelta(days=days[0].day.weekday())
    weeks = (days[-1].day - begin).days // 7 + 1
    by_day = {each.day: each for each in days}
    text = Text(f"{year}  {_months(begin, weeks)}\n", style="bold")
    for weekday, name in enumerate(_WEEKDAYS):
        text.append(f"{name:<6}", "dim")
        for week in range(weeks):
            each = by_day.get(begin + timedelta(days=7 * week + weekday))
            text.append(*(_cell(each) if each is not None else (" ", "")))
        text.append("\n")
    return text


def _months(begin: date, weeks: int) -> str:
    """Names of months over the week in which each begins."""
    line = [" "] * (weeks + 3)
    for week in range(weeks):
        inside = [begin + timedelta(days=7 * week + number) for number in range(7)]
        first = next((day for day in inside if day.day == 1), None)
        if first is not None:
            line[week : week + 3] = f"{first:%b}"
    return "".join(line).rstrip()


def _cell(each: DayCoverage) -> tuple[str, str]:
    if each.missing:
        return "?", "bold yellow"
    if each.failed:
        return "x", "bold red"
    if each.held and not each.stored:
        return "h", "yellow"
    shade = next(((sign, color) for least, sign, color in _SHADES if each.stored >= least), None)
    return shade or ("·", "dim")
