"""`export FILE`: statements with their texts in one file, and a card that says what is in it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crawler.extras import how_to_install
from scheduler.options import Place
from scheduler.screen import Refusal, err, say, write_json

if TYPE_CHECKING:
    from scheduler.export import Wish
    from storage.search.filters import Filter


def wish_of(
    target: str,
    wanted: Filter,
    format: str | None,  # noqa: A002 - as the option is called
    only_official: bool,
    one_per_statement: bool,
    pairs: str | None,
) -> Wish:
    """What the options ask for. BadParameter when they contradict each other."""
    from scheduler.export import FORMATS, Wish, format_of

    named = format_of(target, format)
    if named not in FORMATS:
        raise typer.BadParameter(
            f"expected --format {', '.join(FORMATS)}, or a file that ends so, found {format or target!r}"
        )
    languages: tuple[str, str] | None = None
    if pairs is not None:
        left, dash, right = pairs.lower().partition("-")
        if not (dash and left.isalpha() and right.isalpha()) or left == right:
            raise typer.BadParameter(f"expected --pairs to name two languages as in es-en, found {pairs!r}")
        if named == "atom" or one_per_statement:
            raise typer.BadParameter("--pairs writes rows: expected jsonl, csv or parquet, all versions")
        languages = (left, right)
    return Wish(wanted, named, only_official, one_per_statement, languages)


def export_statements_to(place: Place, target: str, wish: Wish, card: Path | None) -> int:
    """Write the file and its card; returns the exit code."""
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from crawler.source import registry
    from scheduler.export import card_of, write_card, write_export
    from storage.export import export_statements

    if target != "-" and not Path(target).absolute().parent.is_dir():
        raise Refusal(f"expected a folder at {Path(target).absolute().parent}, found none: make it first", 2)
    if target == "-" and place.json:
        raise typer.BadParameter("--json tells of a file; rows on standard output are JSON lines anyway")
    now = datetime.now(UTC)
    columns = (TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    with place.reading() as connection, Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task("rows", total=None)
        found = export_statements(
            connection,
            wish.wanted,
            only_official=wish.only_official,
            one_per_statement=wish.one_per_statement,
        )
        with closing(found):
            try:
                tally = write_export(
                    found, wish, target, now, lambda told: progress.update(task, completed=told.rows)
                )
            except ModuleNotFoundError as error:
                raise Refusal(
                    f"{wish.format} needs {error.name}, which is not installed: "
                    f"{how_to_install('export')}, or take --format jsonl"
                ) from None
    told = card_of(wish, tally, target, now, registry())
    where = card or (None if target == "-" else Path(f"{target}.card.json"))
    if where is not None:
        write_card(told, where)
    if place.json:
        write_json({**told, "card": where})
    else:
        say(f"{tally.rows:,} rows of {tally.statements:,} statements in {target}", "green")
        if where is not None:
            say(f"what is in it, and terms of use: {where}", whole=True)
    return 0 if tally.rows else 1
