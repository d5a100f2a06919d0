"""Progress of a backfill on standard error: a bar for each source, with what is left by the pace so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from scheduler.backfill.work import Standing, Watch
from scheduler.screen import err, plain

_ENDED = ("done", "failed", "interrupted", "not begun")


def duration(seconds: float) -> str:
    """A time as a person says it: "40 s", "25 min", "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


@contextmanager
def bars(sources: Sequence[str]) -> Iterator[Watch]:
    """A bar for each source; without a terminal one line when its work has ended."""
    console = err()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[amount]}", justify="right"),
        TextColumn("{task.fields[left]}", justify="right"),
        TextColumn("{task.fields[state]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        width = max(map(len, sources), default=0)
        tasks: dict[str, TaskID] = {
            name: progress.add_task(name.ljust(width), total=None, amount="", left="", state="waiting")
            for name in sources
        }
        told: set[str] = set()

        def watch(standings: Sequence[Standing]) -> None:
            for each in standings:
                _show(progress, tasks[each.source], each)
                if each.state in _ENDED and each.source not in told:
                    told.add(each.source)
                    if not console.is_terminal:
                        console.print(plain(_line(each)), markup=False, soft_wrap=True)

        yield watch


def _show(progress: Progress, task: TaskID, where: Standing) -> None:
    done = where.known - where.open + where.windows_done
    left = where.seconds_left
    progress.update(
        task,
        total=(where.known + where.windows) or None,
        completed=done,
        amount=f"{where.windows_done}/{where.windows} windows, {where.known - where.open}/{where.known}",
        left=f"{duration(left)} left" if left else "",
        state=where.state,
    )


def _line(where: Standing) -> str:
    return (
        f"{where.source}: {where.state}; {where.windows_done} of {where.windows} windows, "
        f"{where.known - where.open} of {where.known} addresses, {duration(where.seconds)}"
    )
