"""Progress bars of crawls, one per source, on standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from scheduler.crawl import GOOD, Report, Watch
from scheduler.crawl import Progress as Where
from scheduler.screen import err, plain

_SHOWN = (
    "stored", "revised", "revisited", "unchanged", "not_modified", "held", "skipped", "gone", "vacant",
    "failed", "errors", "by_fallback",
)  # fmt: skip
_LABELS = {
    "stored": "new",
    "not_modified": "not modified",
    "by_fallback": "read without rules",
    "revisited": "looked at again",
    "vacant": "numbers without a page",
}


def counts_in_words(counts: object, nothing: str = "nothing new") -> str:
    """The counts of a run that are not zero: "33 new, 2 held"."""
    if not isinstance(counts, dict):
        return ""
    parts = [f"{counts[name]} {_LABELS.get(name, name)}" for name in _SHOWN if counts.get(name)]
    return ", ".join(parts) or nothing


def report_in_words(report: Report) -> str:
    """What a crawl brought, and what still waits: "33 new, 2 failed; 5 wait for another try"."""
    words = counts_in_words(dict(report.counts), "nothing new" if report.ending in GOOD else "")
    waiting = f"{report.waiting} wait for another try" if report.waiting else ""
    return "; ".join(each for each in (words, waiting) if each)


@contextmanager
def bars(sources: Sequence[str]) -> Iterator[Watch]:
    """A bar per source; the total is what the ledger knows of it so far, which grows while it is walked."""
    console = err()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[amount]}", justify="right"),
        TextColumn("{task.fields[time]}", justify="right"),
        TextColumn("{task.fields[state]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        width = max(map(len, sources), default=0)
        tasks: dict[str, TaskID] = {
            name: progress.add_task(
                name.ljust(width), total=None, start=False, amount="", time="", state="waiting"
            )
            for name in sources
        }
        told: set[str] = set()

        def watch(crawls: Sequence[Where]) -> None:
            for where in crawls:
                _show(progress, tasks[where.source], where)
                if where.report is not None and where.source not in told:
                    told.add(where.source)
                    progress.stop_task(tasks[where.source])
                    if not console.is_terminal:
                        console.print(plain(_line(where.report)), markup=False, soft_wrap=True)

        yield watch


def _show(progress: Progress, task: TaskID, where: Where) -> None:
    if where.state in ("waiting", "not begun"):
        progress.update(task, state=where.state)
        return
    if not progress.tasks[task].started:
        progress.start_task(task)
    report = where.report
    good = report is not None and report.ending in GOOD
    # A bar of a source without any address would pulse for ever.
    total = where.known or (1 if report is not None else None)
    done = total if good else where.known - where.open
    state = where.state
    if report is not None:
        color = "green" if good else "red"
        words = report_in_words(report)
        state = f"[{color}]{where.state}[/{color}]" + (f": {words}" if words else "")
    amount = f"{where.known - where.open}/{where.known}" if where.known else ""
    time = f"{where.seconds:.0f} s"
    progress.update(task, total=total, completed=done, amount=amount, time=time, state=state)


def _line(report: Report) -> str:
    words = report_in_words(report)
    return f"{report.source}: {report.ending.value}" + (f": {words}" if words else "")
