"""`ingest`: saved pages and WARC files, taken in without asking any site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, cell, err, out, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from scheduler.ingest import Fate, Result
    from scheduler.saved import SavedFile

SHOWN_ONE_BY_ONE = 10
"""Up to so many pages of a file are listed one by one; of a larger WARC the counts and the first reasons."""


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(
        "ingest",
        epilog=ending(
            "communique ingest id4410.txt --source mexidata --url http://mexidata.info/id4410.html",
            "communique ingest old-crawl.warc.gz saved-pages/",
            codes=(
                "0 everything was read (what is held back is said), 1 something failed, 2 wrong usage, "
                "3 interrupted: begin again, nothing is doubled, 4 another run has the source"
            ),
        ),
    )(ingest)


def ingest(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Saved HTML, page text, JSON record, WARC, WARC.gz, or folders of them."
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="NAME", help="Source of the pages (else by address).", show_default=False
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url",
            metavar="URL",
            help="Address of the one saved page (else as it says).",
            show_default=False,
        ),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in what you have: saved pages, page texts, API records, WARC files, whole folders.

    Pages go to the source that knows their address. A single page of no known source is read by general
    extraction (source `saved`); such pages of a WARC are skipped unless --source is given.
    """
    place = place_of(context, data, database, as_json)

    from crawler.frontier import RunInProgress
    from crawler.source import registry
    from scheduler.ingest import Fate, Intake, Wish
    from scheduler.saved import Form, files_under, is_web_address

    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"expected a file or folder, found nothing at {path}")
    if source is not None and source not in registry():
        raise typer.BadParameter(f"no source {source!r}. There are: {', '.join(registry())}")
    files = list(files_under(paths))
    if not files:
        raise typer.BadParameter(f"no files in {', '.join(map(str, paths))}")
    if url is not None:
        if len(files) != 1 or files[0].form is Form.WARC:
            raise typer.BadParameter(f"--url is the address of one saved page; found {_many(files)}")
        if not is_web_address(url):
            raise typer.BadParameter(f"expected --url to be an http(s) address with a host, found {url!r}")

    store = place.open()
    told = Told()
    tell = write_json if place.json else told.add
    wish = Wish(registry()[source] if source is not None else None, url)
    try:
        with Intake(store, wish, tell) as intake, _progress(files) as advance:
            for file in files:
                intake.take(file)
                advance(intake.counts)
    except RunInProgress as error:
        raise Refusal(str(error), 4) from None
    except KeyboardInterrupt:
        say("Interrupted. Begin again with the same files: what is in already is found again.", "yellow")
        raise typer.Exit(3) from None
    finally:
        store.close()
    told.show()
    _sum_up(intake.counts, place.options())
    raise typer.Exit(1 if intake.counts[Fate.FAILED] else 0)


class Told:
    """What became of the pages, by file, as far as a person will read it."""

    def __init__(self) -> None:
        self._first: dict[Path, list[Result]] = {}
        self._counts: dict[Path, Counter[tuple[str, str]]] = {}

    def add(self, result: Result) -> None:
        """Take down one page."""
        first = self._first.setdefault(result.file, [])
        if len(first) <= SHOWN_ONE_BY_ONE:
            first.append(result)
        # The reason up to its colon is the stable part.
        counts = self._counts.setdefault(result.file, Counter())
        counts[(result.fate.value, (result.reason or "").partition(":")[0])] += 1

    def show(self) -> None:
        """A table on standard output."""
        shown = table("file", "page", "became", "why")
        for file, first in self._first.items():
            if len(first) <= SHOWN_ONE_BY_ONE:
                for result in first:
                    shown.add_row(
                        cell(file.name), cell(result.url), _fate(result.fate.value), cell(result.reason)
                    )
            else:
                for (fate, reason), number in self._counts[file].most_common():
                    shown.add_row(cell(file.name), cell(f"{number} pages"), _fate(fate), cell(reason))
        if shown.row_count:
            out().print(shown)


_STYLES = {"new": "green", "revised": "green", "held": "yellow", "failed": "red"}


def _fate(fate: str) -> Text:
    return cell(fate, _STYLES.get(fate, ""))


def _many(files: Sequence[SavedFile]) -> str:
    return "a WARC, whose pages have their own" if len(files) == 1 else f"{len(files)} files"


@contextmanager
def _progress(files: Sequence[SavedFile]) -> Iterator[Callable[[Mapping[Fate, int]], None]]:
    """A bar over the files, on standard error."""
    console = err()
    columns = (
        BarColumn(bar_width=28),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("reading", total=len(files))
        yield lambda counts: progress.update(task, advance=1, description=_in_words(counts))


def _in_words(counts: Mapping[Fate, int]) -> str:
    return ", ".join(f"{number} {fate.value}" for fate, number in counts.items() if number)


def _sum_up(counts: Mapping[Fate, int], options: str) -> None:
    from scheduler.ingest import Fate

    say(_in_words(counts) or "nothing to do")
    if counts.get(Fate.HELD):
        number = counts[Fate.HELD]
        say(
            f"{number} held back, not lost: communique held {options} says why and what to do.", "bold yellow"
        )
    if counts.get(Fate.NEW) or counts.get(Fate.REVISED):
        say(f"See them with: communique statements {options}")
