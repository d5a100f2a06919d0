"""Pauses that archives ask for, and requests under way: shared by all processes, whatever kills one of them.

A pause is written down before anything else happens with the answer that asked for it. A process that is
killed between that answer and the note of it can tell nobody: so every request is noted before it leaves and
struck out when its answer is dealt with. What a dead process leaves noted may have been answered with "leave
me alone", and the archive is left alone for as long as it is when it does not say for how long.

The processes of one data folder share files. Where the setting COMMUNIQUE_PAUSES names something that more
processes share (storage: the database, when it is a server), that is used instead.
"""

from __future__ import annotations

import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from crawler.turns import write_moment

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: who died there is not noticed
    fcntl = None  # type: ignore[assignment]

UNASKED_PAUSE = 60.0
"""Seconds to be silent when nobody knows for how long the archive wants it."""
LONGEST_PAUSE = 3600.0
"""Seconds; an archive that asks for more is asked again after this all the same."""


class Pauses(Protocol):
    """Who may ask an archive now. Methods block for as long as others write the same few bytes."""

    def begin(self, archive: str) -> float:
        """Note that a request is about to leave: 0.0 when it may, else the seconds for which the archive is
        to be left alone, and nothing is noted.
        """

    def end(self, archive: str) -> None:
        """The answer to one request that was noted is dealt with, or will never come."""

    def hold(self, archive: str, seconds: float, reason: str) -> None:
        """Nobody is to ask the archive for so long. Of two pauses the one that ends later counts."""

    def close(self) -> None:
        """This process asks for nothing more. What was under way is struck out; its `end` may still come."""


class FilePauses:
    """Pauses of the processes that share a folder. OSError when it cannot be written.

    A file for each process with requests under way, locked for as long as the process lives: a file that is
    there and not locked was left by a dead one.
    """

    def __init__(
        self, folder: Path, unasked: float = UNASKED_PAUSE, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._unasked = unasked
        self._clock = clock
        self._own = threading.Lock()
        self._under_way: dict[str, tuple[int, Path, int]] = {}
        """By archive: how many requests, and this process's file with its descriptor."""

    def begin(self, archive: str) -> float:
        """See Pauses."""
        with self._alone(archive) as file:
            now = self._clock()
            until = _until(file, now)
            if self._left_by_the_dead(archive):
                until = max(until, now + self._unasked)
                write_moment(file, until)
            if until > now:
                return until - now
            number, path, own = self._under_way.get(archive) or (0, *self._note(archive))
            self._under_way[archive] = (number + 1, path, own)
            return 0.0

    def end(self, archive: str) -> None:
        """See Pauses."""
        with self._alone(archive):
            noted = self._under_way.pop(archive, None)
            if noted is None:
                return  # all was closed meanwhile
            number, path, own = noted
            if number > 1:
                self._under_way[archive] = (number - 1, path, own)
                return
            path.unlink(missing_ok=True)
            os.close(own)

    def hold(self, archive: str, seconds: float, reason: str) -> None:
        """See Pauses."""
        with self._alone(archive) as file:
            now = self._clock()
            write_moment(file, max(_until(file, now), now + min(seconds, LONGEST_PAUSE)))

    def close(self) -> None:
        """See Pauses."""
        for archive in list(self._under_way):
            while archive in self._under_way:
                self.end(archive)

    def _note(self, archive: str) -> tuple[Path, int]:
        path = self._folder / f"{_named(archive)}.{uuid.uuid4().hex}.asking"
        own = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        if fcntl is not None:
            fcntl.flock(own, fcntl.LOCK_EX)
        return path, own

    def _left_by_the_dead(self, archive: str) -> bool:
        """Whether a process died with requests under way; its note is struck out."""
        form = re.compile(re.escape(_named(archive)) + r"\.[0-9a-f]{32}\.asking")
        mine = self._under_way.get(archive)
        found = False
        for path in self._folder.iterdir():
            if form.fullmatch(path.name) and (mine is None or path != mine[1]) and _is_abandoned(path):
                path.unlink(missing_ok=True)
                found = True
        return found

    @contextmanager
    def _alone(self, archive: str) -> Iterator[int]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._own:
            file = os.open(self._folder / _named(archive), os.O_RDWR | os.O_CREAT, 0o644)
            try:
                if fcntl is not None:
                    fcntl.flock(file, fcntl.LOCK_EX)
                yield file
            finally:
                os.close(file)


def _named(archive: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", archive)[:160] or "_"


def _is_abandoned(path: Path) -> bool:
    file = os.open(path, os.O_RDWR)
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except BlockingIOError:
        pass  # its process lives
    finally:
        os.close(file)
    return False


def _until(file: int, now: float) -> float:
    """When the pause ends; 0.0: there is none. One that ends later than any may was written by a clock that
    was wrong, or is read by one.
    """
    os.lseek(file, 0, os.SEEK_SET)
    text = os.read(file, 64).decode("ascii", "replace")
    until = float(text) if re.fullmatch(r"\d+\.\d+", text) else 0.0
    return min(until, now + LONGEST_PAUSE)


def open_pauses(settings: BaseSettings) -> Pauses:
    """The pauses of this crawl: those that COMMUNIQUE_PAUSES gives, or the files of the data folder.

    COMMUNIQUE_PAUSES is the dotted path of a callable `(settings) -> Pauses | None`.
    """
    from scrapy.utils.misc import load_object

    path = settings.get("COMMUNIQUE_PAUSES")
    shared: Pauses | None = load_object(path)(settings) if path else None
    unasked = settings.getfloat("COMMUNIQUE_UNASKED_PAUSE", UNASKED_PAUSE)
    return shared or FilePauses(Path(settings["COMMUNIQUE_DATA"]) / "pauses", unasked)
