"""Captures as one WARC file that any archive tool reads: warcio, fastwarc, pywb, and what else there is.

Records are copied as they stand. A revisit refers to the record that holds its body by address and time,
which must be in the same file to be found; where it is not, the capture is written whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from warcio.recordloader import ArcWarcRecord

from crawler.items import Capture, CapturePlace
from storage.capture_list import CaptureView
from storage.captures import original_of, path_of, read_capture, record_at
from storage.encodings import BodyUnreadable
from storage.warc import head_of, place_referred_to, refers_elsewhere
from storage.warc_members import RUN, Original, response_member, revisit_member, warcinfo_member

SOFTWARE = "Communique"


@dataclass(frozen=True, slots=True)
class Written:
    """A record of the new file, as an index of it would say it."""

    url: str
    captured_at: datetime
    status: int
    content_type: str | None
    payload_digest: str | None
    record_type: str
    offset: int
    length: int


@dataclass(slots=True)
class Exported:
    """What is in the new file."""

    size: int = 0
    """Bytes."""
    records: list[Written] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Captures that could not be read, and why."""


def export_warc(folder: Path, captures: Iterable[CaptureView], out: Path) -> Exported:
    """Write captures, given in order of time, into the file `out`, which appears when it is whole."""
    unfinished = out.with_name(out.name + ".part")
    try:
        with unfinished.open("wb") as file:
            exported = _write(folder, captures, file, out.name)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(out)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return exported


def _write(folder: Path, captures: Iterable[CaptureView], file: BinaryIO, name: str) -> Exported:
    exported = Exported()
    exported.size = file.write(warcinfo_member(name, SOFTWARE))
    there: dict[CapturePlace, Original] = {}
    for each in captures:
        try:
            record = record_at(folder, each.place)
            capture = head_of(record, each.file, each.offset)
            if capture is None:
                raise BodyUnreadable(f"{each.file}, offset {each.offset}: this is no response")
            member, record_type = _member_of(folder, each.place, record, capture, there)
        except (OSError, ValueError, LookupError) as error:
            exported.left_out.append(f"{each.url}, {each.captured_at:%Y-%m-%d %H:%M}: {error}")
            continue
        target = capture.final_url or capture.url
        if record_type == "response":
            there[each.place] = Original(target, capture.captured_at)
        exported.records.append(
            Written(
                target,
                capture.captured_at,
                capture.status,
                capture.header("Content-Type"),
                record.rec_headers.get_header("WARC-Payload-Digest"),
                record_type,
                exported.size,
                len(member),
            )
        )
        exported.size += file.write(member)
    return exported


def _member_of(
    folder: Path,
    place: CapturePlace,
    record: ArcWarcRecord,
    capture: Capture,
    there: dict[CapturePlace, Original],
) -> tuple[bytes, str]:
    """The record for the new file and its type."""
    if not refers_elsewhere(record):
        with path_of(folder, place.file).open("rb") as file:
            file.seek(place.offset)
            return file.read(place.length), record.rec_type
    run = record.rec_headers.get_header(RUN) or ""
    whole = read_capture(folder, place)
    raw, _ = original_of(folder, record)
    refers = place_referred_to(record)
    original = there.get(refers) if refers is not None else None
    if original is None:
        return response_member(run, replace(capture, body=whole.body), raw), "response"
    return revisit_member(run, whole, raw, original), "revisit"


def distinct(captures: Iterable[CaptureView]) -> Iterator[CaptureView]:
    """Each capture once, in the order given."""
    seen: set[int] = set()
    for each in captures:
        if each.id not in seen:
            seen.add(each.id)
            yield each
