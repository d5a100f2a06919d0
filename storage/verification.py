"""Whether the captures are what they were: every record read, every digest computed, files against index.

A record is right when its digests are those of its bytes, a revisit when the record that it refers to holds
the body that it promises. The index is right when it has each response of each file at its place, with the
digest that its body has, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from storage.captures import OPEN, original_of, path_of
from storage.database import Database
from storage.encodings import BodyUnreadable
from storage.tables import CaptureRow
from storage.warc import Member, WarcBroken, capture_of, members, parse, refers_elsewhere
from storage.warc_members import payload_digest


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    file: str
    offset: int | None
    """Of the record; None: the whole file."""
    problem: str
    """Short and stable: file missing, damaged, digest differs, unreadable, not in the index, no such record,
    index differs, original missing."""
    detail: str


@dataclass(slots=True)
class FileReport:
    """One WARC file, and what was found in it."""

    file: str
    size: int = 0
    """Bytes."""
    records: int = 0
    responses: int = 0
    revisits: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, offset: int | None, problem: str, detail: str) -> None:
        """Take down a finding."""
        self.findings.append(Finding(self.file, offset, problem, detail))


@dataclass(frozen=True, slots=True)
class _Indexed:
    length: int
    digest: str
    record_type: str


def files_of(folder: Path, database: Database) -> list[str]:
    """Names of all files of the store: those in the folder and those that only the index knows."""
    found = {
        path.relative_to(folder).as_posix().removesuffix(OPEN)
        for pattern in ("*/*.warc.gz", f"*/*.warc.gz{OPEN}")
        for path in folder.glob(pattern)
    }
    with database.read() as connection:
        found.update(connection.scalars(select(CaptureRow.file).distinct()))
    return sorted(found)


def verify(folder: Path, database: Database) -> Iterator[FileReport]:
    """Every file of the store, one after another. Nothing is changed."""
    for name in files_of(folder, database):
        yield verify_file(folder, name, database)


def verify_file(folder: Path, name: str, database: Database) -> FileReport:
    """One file, against itself and against the index."""
    report = FileReport(name)
    indexed = _indexed(database, name)
    try:
        path = path_of(folder, name)
        report.size = path.stat().st_size
    except (OSError, ValueError) as error:
        why = f"{len(indexed)} captures of the index are in it, and it cannot be opened: {error}"
        report.add(None, "file missing", why)
        return report
    seen: set[int] = set()
    end = 0
    try:
        with path.open("rb") as file:
            for member in members(file, name):
                _check(folder, member, report, indexed.get(member.offset), path.name.endswith(OPEN))
                seen.add(member.offset)
                end = member.offset + member.length
    except WarcBroken as error:
        # While a process writes to it, its last record may be under way.
        if not path.name.endswith(OPEN) or any(offset >= end for offset in indexed):
            report.add(end, "damaged", str(error))
            seen.update(offset for offset in indexed if offset >= end)
    for offset in sorted(set(indexed) - seen):
        report.add(offset, "no such record", "the index has a capture where no record begins")
    return report


def _indexed(database: Database, name: str) -> dict[int, _Indexed]:
    query = select(
        CaptureRow.record_offset, CaptureRow.record_length, CaptureRow.digest, CaptureRow.record_type
    ).where(CaptureRow.file == name)
    with database.read() as connection:
        return {row[0]: _Indexed(row[1], row[2], row[3]) for row in connection.execute(query)}


def _check(
    folder: Path,
    member: Member,
    report: FileReport,
    indexed: _Indexed | None,
    being_written: bool,
) -> None:
    report.records += 1
    offset = member.offset
    try:
        record = parse(member.content, report.file, offset)
    except WarcBroken as error:
        report.add(offset, "damaged", str(error))
        return
    revisit = record.rec_type == "revisit"
    report.responses += record.rec_type == "response"
    report.revisits += revisit
    block = _block(member.content, record.rec_headers.get_header("Content-Length"))
    said = record.rec_headers.get_header("WARC-Block-Digest")
    if said and not _agrees(said, block):
        report.add(offset, "digest differs", f"expected the block digest {said}, found other bytes")
    payload = record.rec_headers.get_header("WARC-Payload-Digest")
    if payload and record.rec_type == "response" and not _agrees(payload, block.partition(b"\r\n\r\n")[2]):
        report.add(offset, "digest differs", f"expected the payload digest {payload}, found other bytes")
    digest = ""
    try:
        if refers_elsewhere(record):
            raw, _ = original_of(folder, record)
            if payload != payload_digest(raw):
                detail = f"expected the payload digest {payload} where it refers to, found another"
                report.add(offset, "original missing", detail)
        capture = capture_of(
            record, report.file, offset, originals=lambda refers: original_of(folder, refers)
        )
        digest = (capture.digest or "") if capture is not None else ""
    except BodyUnreadable as error:
        report.add(offset, "original missing" if revisit else "unreadable", str(error))
        capture = None
    except (OSError, WarcBroken) as error:
        report.add(offset, "damaged", str(error))
        return
    if indexed is None:
        if record.rec_type in ("response", "revisit") and not being_written:
            report.add(offset, "not in the index", f"{record.rec_headers.get_header('WARC-Target-URI')}")
        return
    if indexed.length != member.length:
        report.add(offset, "index differs", f"expected {indexed.length} bytes, found {member.length}")
    if capture is not None and indexed.digest and indexed.digest != digest:
        report.add(offset, "index differs", f"expected the body {indexed.digest}, found {digest}")
    if indexed.record_type != record.rec_type:
        report.add(offset, "index differs", f"expected a {indexed.record_type}, found a {record.rec_type}")


def _block(content: bytes, length: str | None) -> bytes:
    rest = content.partition(b"\r\n\r\n")[2]
    return rest[: int(length)] if length and length.isdecimal() else rest


def _agrees(said: str, content: bytes) -> bool:
    """Whether a digest as WARC writes it is that of the bytes; one in an algorithm that is not known is."""
    name, _, value = said.partition(":")
    if name.lower() not in ("sha1", "sha256", "md5"):
        return True
    digest = hashlib.new(name.lower(), content, usedforsecurity=False).digest()
    return value.lower() in (digest.hex(), base64.b32encode(digest).decode().lower())
