"""The captures folder: every response in WARC files that stay readable, whenever a process dies.

A process writes to a file of its own, `<month>/<name>.warc.gz.open`, which it holds locked, and gives it its
final name when it is done. A record is written with one system call, so that a kill can only tear the last
one; `recover` cuts that off, whoever comes next. The table `captures` is the index; it is written in
batches, and `recover` adds what a kill kept from it. A body that the store has of the same address already
is not written again: the record refers to the one that holds it.
"""

from __future__ import annotations

import fcntl
import io
import os
import re
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from warcio.recordloader import ArcWarcRecord

from crawler.frontier import WARC_MIB
from crawler.items import Capture, CapturePlace
from storage.clock import utc_now
from storage.database import Database
from storage.encodings import MOST_BYTES, BodyUnreadable
from storage.inserting import insert_into
from storage.sqlite_transactions import DatabaseBusy
from storage.tables import CaptureRow
from storage.warc import (
    Raw,
    WarcBroken,
    capture_of,
    captures_in,
    digest_of,
    head_of,
    members,
    parse,
    place_referred_to,
    raw_of,
    refers_elsewhere,
)
from storage.warc_members import (
    RUN,
    Original,
    payload_digest,
    response_member,
    revisit_member,
    warcinfo_member,
)

__all__ = ["CaptureUnreadable", "Recovered", "WarcStore", "captures_in", "read_capture", "record_at"]

FULL = WARC_MIB * 2**20
"""A file is closed when it has grown to so many bytes."""
BATCH = 64
"""Captures whose rows are written together."""
MOST_ROWS = 1_024
"""Rows that may wait while the database is written to by others; then captures wait too."""
SHORTEST_REPEATED = 1_000
"""Bytes; a shorter body is simply written again."""
OPEN = ".open"


# Asked for with every capture: built once.
_ORIGINALS = (
    select(
        CaptureRow.url,
        CaptureRow.payload_digest,
        CaptureRow.captured_at,
        CaptureRow.file,
        CaptureRow.record_offset,
        CaptureRow.record_length,
    )
    .where(
        CaptureRow.url.in_(bindparam("urls", expanding=True)),
        CaptureRow.payload_digest.in_(bindparam("payloads", expanding=True)),
        CaptureRow.record_type == "response",
    )
    .order_by(CaptureRow.id)
)


class CaptureUnreadable(LookupError):
    """A capture that should be there cannot be read; the message names file and offset and says why."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A file that a killed process left open, and what was done about it."""

    file: str
    captures: int
    """Responses in it; a file without any is removed."""
    added: int
    """Those of them that the database did not know."""
    cut: int
    """Bytes of a torn record that were cut off its end."""


@dataclass(slots=True)
class _OpenFile:
    name: str
    path: Path
    descriptor: int
    size: int

    def finish(self) -> None:
        """Give it its final name and let go of it."""
        os.fsync(self.descriptor)
        self.path.with_name(self.path.name + OPEN).rename(self.path)
        os.close(self.descriptor)


class WarcStore:
    """Implements `crawler.frontier.CaptureStore`. May be used by several threads."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        *,
        clock: Callable[[], datetime] = utc_now,
        full: int = FULL,
        batch: int = BATCH,
    ) -> None:
        self._folder = folder
        self._database = database
        self._clock = clock
        self._full = full
        self._batch = batch
        self._lock = threading.Lock()
        self._file: _OpenFile | None = None
        self._rows: list[dict[str, Any]] = []
        self._full_files: list[_OpenFile] = []
        self._saving = threading.Lock()

    def write(self, run: str, capture: Capture, raw_body: bytes) -> Capture:
        """See CaptureStore. Raises OSError when it cannot be written (disk full); the file stays whole."""
        (written,) = self.write_all(run, [(capture, raw_body)])
        return written

    def write_all(self, run: str, several: Sequence[tuple[Capture, bytes]]) -> list[Capture]:
        """See CaptureStore. Raises OSError as `write` does."""
        payloads = [payload_digest(raw_body) for _, raw_body in several]
        originals = self._originals(several, payloads)
        return [
            self._write(
                run,
                capture,
                raw_body,
                payload,
                originals.get((capture.url, payload)) if _may_refer(capture, raw_body) else None,
            )
            for (capture, raw_body), payload in zip(several, payloads, strict=True)
        ]

    def _write(
        self, run: str, capture: Capture, raw_body: bytes, payload: str, original: Original | None
    ) -> Capture:
        digest = digest_of(capture.body)
        if (
            original is None
            or not _may_refer(capture, raw_body)
            or original.captured_at > capture.captured_at
        ):
            original = None
            member = response_member(run, capture, raw_body, payload)
        else:
            member = revisit_member(run, replace(capture, digest=digest), raw_body, original)
        with self._lock:
            file = self._file_to_write()
            place = CapturePlace(file.name, file.size, len(member))
            self._append(file, member)
            self._rows.append(_row(run, capture, place, digest, payload, revisit=original is not None))
            enough = len(self._rows) % self._batch == 0
            if file.size >= self._full:
                # Rows first: while the file bears its open name, recovery looks after it.
                self._full_files.append(file)
                self._file = None
        if file.size >= self._full:
            self.flush()
        elif enough:
            try:
                self.flush(patient=len(self._rows) >= MOST_ROWS)
            except DatabaseBusy:
                pass  # they wait for the next ones
        return replace(capture, place=place, digest=digest)

    def flush(self, *, patient: bool = True) -> None:
        """Write the rows of all captures to the database; raises DatabaseBusy as `Database.write` does."""
        # One after another, so that what the index knows of a file is always its beginning.
        with self._saving:
            with self._lock:
                rows, self._rows = self._rows, []
                full, self._full_files = self._full_files, []
            try:
                self._save(rows, patient=patient)
            except BaseException:
                with self._lock:
                    self._rows = rows + self._rows
                    self._full_files = full + self._full_files
                raise
            for file in full:
                file.finish()

    def close(self) -> None:
        """See CaptureStore."""
        with self._lock:
            if self._file is not None:
                self._full_files.append(self._file)
                self._file = None
        self.flush()

    def read(self, place: CapturePlace) -> Capture:
        """See `read_capture`."""
        return read_capture(self._folder, place)

    def find(self, capture: Capture) -> CapturePlace | None:
        """Where the same capture lies already (address, time and body are equal); None when it does not.

        Knows what was written by `flush`ed and closed stores.
        """
        query = select(CaptureRow.file, CaptureRow.record_offset, CaptureRow.record_length).where(
            CaptureRow.url == capture.url,
            CaptureRow.captured_at == capture.captured_at,
            CaptureRow.digest == digest_of(capture.body),
        )
        with self._database.read() as connection:
            row = connection.execute(query.order_by(CaptureRow.id).limit(1)).first()
        return None if row is None else CapturePlace(row.file, row.record_offset, row.record_length)

    def recover(self) -> list[Recovered]:
        """Finish the files that killed processes left open; says what was done to each."""
        if not self._folder.is_dir():
            return []
        found = [self._recover(path) for path in sorted(self._folder.glob(f"*/*.warc.gz{OPEN}"))]
        return [each for each in found if each is not None]

    def _originals(
        self, several: Sequence[tuple[Capture, bytes]], payloads: Sequence[str]
    ) -> dict[tuple[str, str], Original]:
        """The records that hold bodies already, by address and digest; the first of each.

        Only records that the index has: its file is looked after.
        """
        asked = [
            (capture.url, payload)
            for (capture, raw_body), payload in zip(several, payloads, strict=True)
            if _may_refer(capture, raw_body)
        ]
        if not asked:
            return {}
        found: dict[tuple[str, str], Original] = {}
        wanted = {"urls": [url for url, _ in asked], "payloads": [payload for _, payload in asked]}
        with self._database.read() as connection:
            for row in connection.execute(_ORIGINALS, wanted):
                place = CapturePlace(row.file, row.record_offset, row.record_length)
                found.setdefault((row.url, row.payload_digest), Original(row.url, row.captured_at, place))
        return found

    def _file_to_write(self) -> _OpenFile:
        if self._file is None:
            self._file = self._start()
        return self._file

    def _start(self) -> _OpenFile:
        while True:
            file = self._create()
            # Recovery may have taken the empty file away before it was locked.
            if os.fstat(file.descriptor).st_nlink:
                break
            os.close(file.descriptor)
        try:
            self._append(file, warcinfo_member(file.path.name, "Communique"))
        except OSError:
            os.close(file.descriptor)  # empty as it is, recovery removes it
            raise
        return file

    def _create(self) -> _OpenFile:
        """An empty file, named as unfinished ones are: recovery finds it whenever we are killed."""
        now = self._clock()
        host = re.sub(r"[^A-Za-z0-9-]+", "-", socket.gethostname())[:40]
        # The random part keeps two stores of one process apart, and processes in two containers.
        stem = f"{now:%Y%m%dT%H%M%S}-{host}-{os.getpid()}-{secrets.token_hex(3)}.warc.gz"
        name = f"{now:%Y-%m}/{stem}"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            path.with_name(stem + OPEN), os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o644
        )
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return _OpenFile(name, path, descriptor, 0)

    def _append(self, file: _OpenFile, member: bytes) -> None:
        written = 0
        try:
            while written < len(member):
                written += os.write(file.descriptor, memoryview(member)[written:])
        except OSError:
            os.ftruncate(file.descriptor, file.size)
            raise
        file.size += len(member)

    def _save(self, rows: list[dict[str, Any]], *, patient: bool = True) -> None:
        if rows:
            with self._database.write(patient=patient) as connection:
                put = insert_into(connection, CaptureRow)
                put = put.on_conflict_do_nothing(index_elements=["file", "record_offset"])
                connection.execute(put, rows)

    def _recover(self, path: Path) -> Recovered | None:
        name = path.relative_to(self._folder).as_posix().removesuffix(OPEN)
        try:
            file = path.open("r+b")
        except FileNotFoundError:
            return None  # its process has just finished it
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None  # its process lives
            if not path.exists():
                return None  # another one has recovered it meanwhile
            size = file.seek(0, os.SEEK_END)
            known, end = self._known(name, size)
            rows, end = _rows_of(file, name, start=end)
            file.truncate(end)
            os.fsync(file.fileno())
            self._save(rows)
            with self._database.write() as connection:
                # After a power failure the index may know records that the disk does not.
                connection.execute(
                    delete(CaptureRow).where(CaptureRow.file == name, CaptureRow.record_offset >= end)
                )
            if known or rows:
                path.rename(self._folder / name)
            else:
                path.unlink()
        return Recovered(name, captures=known + len(rows), added=len(rows), cut=size - end)

    def _known(self, name: str, size: int) -> tuple[int, int]:
        """How many captures of a file the index has, and where the last ends; none if the file is shorter."""
        ends = func.max(CaptureRow.record_offset + CaptureRow.record_length)
        query = select(func.count(), ends).where(CaptureRow.file == name)
        with self._database.read() as connection:
            count, end = connection.execute(query).one()
        return (0, 0) if end is None or end > size else (count, end)


def _may_refer(capture: Capture, raw_body: bytes) -> bool:
    """Whether the capture may say of its body that an earlier record holds it.

    Where redirects led elsewhere the record bears another address than its row: neither refers to the other.
    """
    return capture.final_url is None and len(raw_body) >= SHORTEST_REPEATED


def path_of(folder: Path, name: str) -> Path:
    """The file of that name in the captures folder. Raises ValueError for what is no such name."""
    path = _finished(folder, name)
    if path.exists():
        return path
    # Perhaps its process still writes to it.
    return path.with_name(path.name + OPEN)


@lru_cache(maxsize=256)
def _finished(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name) or ".." in parts:
        raise ValueError("this is no name of a file in the captures folder")
    return folder.joinpath(*parts)


def record_at(folder: Path, place: CapturePlace) -> ArcWarcRecord:
    """The record at that place. Raises OSError, ValueError (WarcBroken)."""
    with path_of(folder, place.file).open("rb") as file:
        file.seek(place.offset)
        content = io.BytesIO(file.read(place.length))
    whole = list(members(content, place.file))
    if len(whole) != 1:
        raise WarcBroken(f"expected one record there, found {len(whole)}")
    return parse(whole[0].content, place.file, place.offset)


def original_of(folder: Path, record: ArcWarcRecord) -> Raw:
    """The body to which a revisit of the store refers. Raises BodyUnreadable."""
    place = place_referred_to(record)
    if place is None:
        raise BodyUnreadable("it does not say which record holds its body")
    try:
        return raw_of(record_at(folder, place), place.file, place.offset)
    except (OSError, WarcBroken) as error:
        raise BodyUnreadable(f"the record that holds its body: {error}") from error


def read_capture(folder: Path, place: CapturePlace) -> Capture:
    """The capture at that place of a captures folder, its body decoded. Raises CaptureUnreadable."""
    try:
        record = record_at(folder, place)
        capture = capture_of(
            record, place.file, place.offset, originals=lambda revisit: original_of(folder, revisit)
        )
    except (OSError, ValueError) as error:
        raise CaptureUnreadable(
            f"capture {place.file}, offset {place.offset}, length {place.length}: {error}"
        ) from error
    if capture is None:
        raise CaptureUnreadable(f"capture {place.file}, offset {place.offset}: this is no response")
    return replace(capture, place=place)


def _rows_of(file: io.BufferedRandom, name: str, start: int) -> tuple[list[dict[str, Any]], int]:
    """Index rows of the whole records from `start` on, and where the last of them ends."""
    rows: list[dict[str, Any]] = []
    end = start
    try:
        for member in members(file, name, start):
            record = parse(member.content, name, member.offset)
            run = str(record.rec_headers.get_header(RUN) or "")
            revisit = refers_elsewhere(record)
            payload = record.rec_headers.get_header("WARC-Payload-Digest")
            try:
                if revisit:
                    capture = head_of(record, name, member.offset)
                else:
                    capture = capture_of(record, name, member.offset, limit=2 * MOST_BYTES)
            except BodyUnreadable:
                # Kept as it came, which is all that could be done; it just has no digest.
                capture = head_of(parse(member.content, name, member.offset), name, member.offset)
            end = member.offset + member.length
            if capture is not None:
                place = CapturePlace(name, member.offset, member.length)
                rows.append(_row(run, capture, place, capture.digest or "", payload, revisit=revisit))
    except WarcBroken:
        pass  # the torn end: what counts is what is whole before it
    return rows, end


def _row(
    run: str, capture: Capture, place: CapturePlace, digest: str, payload: str | None, *, revisit: bool
) -> dict[str, Any]:
    return {
        "run_id": run,
        "url": capture.url,
        "captured_at": capture.captured_at,
        "origin": capture.origin,
        "status": capture.status,
        "content_type": capture.header("Content-Type"),
        "digest": digest,
        "file": place.file,
        "record_offset": place.offset,
        "record_length": place.length,
        "payload_digest": payload if capture.final_url is None else None,
        "record_type": "revisit" if revisit else "response",
    }
