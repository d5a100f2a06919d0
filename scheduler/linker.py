"""The linker as commands run it: after crawls and intakes, and by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scheduler.screen import err, say

if TYPE_CHECKING:
    from pipelines.content import LinkerProgress
    from pipelines.linking.judge import Judge
    from storage.database import Database


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of the queue."""

    releases: int = 0
    """Releases linked."""
    pairs: int = 0
    """Pairs weighed."""
    joined: int = 0
    """Releases that share a statement with one that they did not share it with before."""
    split: int = 0
    """Releases that lost one that they shared a statement with."""
    asked: int = 0
    """Pairs about which a person is newly asked: `communique review`."""
    waiting: int = 0
    """Releases that still wait."""
    judge: str | None = None
    """Weights and encoder; None when nothing was linked."""
    problem: str | None = None
    """Why what waits was not linked; None when it was."""

    def in_words(self) -> str:
        """For a person."""
        words = f"{self.releases} releases compared with their neighbours ({self.pairs} pairs)"
        parts = [
            f"{number} {what}"
            for number, what in (
                (self.joined, "joined"), (self.split, "separated"), (self.asked, "pairs to be reviewed")
            )
            if number
        ]  # fmt: skip
        return f"{words}: {', '.join(parts) or 'nothing changed'}"


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def link_what_waits(
    database: Database, encoder: str | None = None, judge: Judge[Any] | None = None
) -> Linked:
    """Link everything in the queue, showing how far it is; `encoder` as `encoders.open_encoder` names it,
    None: as COMMUNIQUE_ENCODER says, or the one that comes with the program.

    What cannot be done now waits for the next time, and the answer says why: another process links, or the
    weights or the encoder cannot be loaded.
    """
    from crawler.cycles import collecting_less
    from pipelines.content import ContentLinker
    from pipelines.linking.encoders.protocol import EncoderError
    from pipelines.linking.weights import WeightsError
    from storage.linkers import LinkerBusy
    from storage.unlinked import count_unlinked

    with database.read() as connection:
        waiting = count_unlinked(connection)
    if not waiting:
        return Linked()
    try:
        if judge is None:
            from crawler.settings import environment_now
            from pipelines.linking.passage_judge import open_judge

            judge, notice = open_judge(encoder or environment_now().encoder or None)
            if notice:
                say(notice, "yellow")
        linker = ContentLinker(database, judge, now)
        with _bar(waiting) as tell, collecting_less():
            done = linker.drain(tell)
    except (EncoderError, WeightsError, LinkerBusy) as error:
        return Linked(waiting=waiting, problem=str(error))
    changes = done.changes
    return Linked(
        done.linked,
        done.weighed,
        len(changes.joined),
        len(changes.split),
        len(changes.asked),
        done.waiting,
        judge.identity,
    )


@contextmanager
def _bar(waiting: int) -> Iterator[Callable[[LinkerProgress], object]]:
    console = err()
    columns = (
        TextColumn("linking"), BarColumn(bar_width=28), MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True), TextColumn("{task.fields[joined]} joined"),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("linking", total=waiting, joined=0)

        def tell(done: LinkerProgress) -> None:
            # The queue grows while crawls go on, and by what a new hub shakes.
            progress.update(
                task,
                completed=done.linked,
                total=done.linked + done.waiting,
                joined=len(done.changes.joined),
            )

        yield tell


def say_linked(linked: Linked) -> None:
    """Tell a person what the linker did, when it did anything."""
    if linked.problem is not None:
        say(f"{linked.waiting} releases wait to be linked by content: {linked.problem}", "yellow")
        say("  communique link run takes it up again.", whole=True)
    elif linked.releases:
        say(f"Linked by content: {linked.in_words()}.")
        if linked.asked:
            say("  communique review shows the pairs that a person should decide.", whole=True)
