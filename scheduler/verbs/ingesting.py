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

from scheduler.names import check_source_name
from scheduler.options import DatabaseOption, DataOption, JsonOption, place_of
from scheduler.screen import Refusal, cell, err, out, plain, say, table, write_json
from scheduler.verbs import ending

if TYPE_CHECKING:
    from scheduler.ingest import Fate, Result
    from scheduler.saved import SavedFile

SHOWN_ONE_BY_ONE = 30
"""Up to so many pages that were kept are listed."""
NAMED = 5
"""Up to so many pages that ended for the same reason are named."""


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
            metavar="PATH",
            help="Saved HTML, page text, JSON record, WARC, WARC.gz, WACZ, or folders of them.",
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
    """Take in what you have: saved pages, page texts, API records, WARC and WACZ files, whole folders.

    Pages go to the source that knows their address. A single page of no known source is read by general
    extraction (source `saved`); such pages of a WARC are skipped unless --source is given.
    """
    place = place_of(context, data, database, as_json)

    from crawler.frontier import RunInProgress
    from crawler.source import registry
    from scheduler.ingest import Fate, Intake, Wish
    from scheduler.linker import link_what_waits, say_linked
    from scheduler.saved import Form, files_under, is_web_address

    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"expected a file or folder, found nothing at {path}")
    check_source_name(source)
    files = list(files_under(paths))
    if not files:
        raise typer.BadParameter(f"no files in {', '.join(map(str, paths))}")
    if url is not None:
        if len(files) != 1 or files[0].form in (Form.WARC, Form.WACZ):
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
        linked = link_what_waits(store.database)
    except RunInProgress as error:
        raise Refusal(str(error), 4) from None
    except KeyboardInterrupt:
        say("Interrupted. Begin again with the same files: what is in already is found again.", "yellow")
        raise typer.Exit(3) from None
    finally:
        store.close()
    told.show()
    _sum_up(intake.counts, place.options())
    say_linked(linked)
    raise typer.Exit(1 if intake.counts[Fate.FAILED] else 0)


class Told:
    """What became of the pages, as far as a person will read it: kept ones as a table, others by reason."""

    def __init__(self) -> None:
        self._kept = table("file", "became", "address")
        self._more = 0
        self._reasons: dict[tuple[str, str], list[str]] = {}
        self._numbers: Counter[tuple[str, str]] = Counter()

    def add(self, result: Result) -> None:
        """Take down one page."""
        fate, name = result.fate.value, plain(result.url or result.file)
        if result.reason is None:
            if self._kept.row_count < SHOWN_ONE_BY_ONE:
                self._kept.add_row(cell(result.file.name), _fate(fate), cell(result.url))
            else:
                self._more += 1
            return
        group = (fate, result.reason)
        self._numbers[group] += 1
        names = self._reasons.setdefault(group, [])
        if len(names) < NAMED:
            names.append(name)

    def show(self) -> None:
        """On standard output."""
        console = out()
        if self._kept.row_count:
            console.print(self._kept)
        if self._more:
            console.print(f"... and {self._more} more")
        for (fate, reason), names in self._reasons.items():
            number = self._numbers[(fate, reason)]
            console.print(Text.assemble(_fate(fate), f" ({number}): ", cell(reason)))
            for name in names:
                console.print(cell(f"  {name}", "dim"), soft_wrap=True)
            if number > len(names):
                console.print(f"  ... and {number - len(names)} more")


_STYLES = {"new": "green", "revised": "green", "held": "bold yellow", "failed": "bold red", "skipped": "bold"}


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
        say(f"{number} held back, not lost. Why, and what to do:", "bold yellow")
        say(f"  communique held {options}", whole=True)
    if counts.get(Fate.NEW) or counts.get(Fate.REVISED):
        say(f"See them with: communique statements {options}", whole=True)
