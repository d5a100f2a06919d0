"""A body that the store has already is not written again, and read as if it were."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.items import Capture, CapturePlace
from storage.capture_list import CaptureQuery, list_captures
from storage.captures import CaptureUnreadable, WarcStore, captures_in
from storage.database import Database
from storage.encodings import BodyUnreadable
from storage.tables import CaptureRow
from storage.verification import verify
from storage.warc_export import Exported, export_warc
from tests.clock import Clock

NOON = datetime(2017, 3, 1, 12, tzinfo=UTC)
PAGE = b"<html><body><h1>Nota</h1>" + b"".join(
    b"<p>%s</p>" % hashlib.sha256(bytes([number])).hexdigest().encode() for number in range(60)
)
"""Long enough, also when it is packed."""
PACKED = gzip.compress(PAGE, mtime=0)


def taken(days: int, body: bytes = PAGE, url: str = "https://www.gob.mx/sre/prensa/1") -> Capture:
    """The page, captured on that day; packed, as sites send it."""
    return Capture(
        url=url,
        status=200,
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Day", str(days))),
        body=body,
        captured_at=NOON + timedelta(days=days),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "captures"


@pytest.fixture
def warcs(folder: Path, database: Database, clock: Clock) -> Iterator[WarcStore]:
    store = WarcStore(folder, database, clock=clock)
    yield store
    store.close()


def written(store: WarcStore, capture: Capture) -> CapturePlace:
    place = store.write("run1", capture, gzip.compress(capture.body, mtime=0)).place
    store.flush()
    assert place is not None
    return place


def types(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(CaptureRow.record_type).order_by(CaptureRow.id)))


def test_the_same_body_of_an_address_is_kept_once_and_read_at_both_places(
    warcs: WarcStore, database: Database
) -> None:
    first, second = written(warcs, taken(0)), written(warcs, taken(5))
    assert types(database) == ["response", "revisit"]
    assert second.length < first.length
    assert warcs.read(first).body == warcs.read(second).body == PAGE
    # The head is the later answer's own.
    assert warcs.read(second).header("X-Day") == "5"
    assert warcs.read(second).captured_at == NOON + timedelta(days=5)
    assert warcs.read(second).digest == warcs.read(first).digest


def test_another_body_another_address_an_earlier_time_and_a_short_body_are_written_whole(
    warcs: WarcStore, database: Database
) -> None:
    written(warcs, taken(3))
    written(warcs, taken(4, PAGE + os.urandom(900)))
    written(warcs, taken(4, url="https://www.gob.mx/sre/prensa/2"))
    written(warcs, taken(1))
    for day in (5, 6):
        written(warcs, taken(day, b"<p>short</p>", "https://www.gob.mx/sre/prensa/3"))
    assert set(types(database)) == {"response"}


def test_an_address_that_led_elsewhere_neither_refers_nor_is_referred_to(
    warcs: WarcStore, database: Database
) -> None:
    moved = replace(taken(0), final_url="https://www.gob.mx/sre/prensa/uno")
    written(warcs, moved)
    written(warcs, taken(1))
    written(warcs, replace(moved, captured_at=NOON + timedelta(days=2)))
    assert types(database) == ["response"] * 3


def test_a_revisit_points_at_the_response_and_not_at_another_revisit(warcs: WarcStore, folder: Path) -> None:
    for day in range(3):
        written(warcs, taken(day))
    warcs.close()
    (path,) = folder.rglob("*.warc.gz")
    with path.open("rb") as file:
        records = [each.rec_headers for each in ArchiveIterator(file, check_digests=True)]
    revisits = [each for each in records if each.get_header("WARC-Type") == "revisit"]
    assert [each.get_header("WARC-Refers-To-Date") for each in revisits] == [
        "2017-03-01T12:00:00.000000Z"
    ] * 2
    assert {each.get_header("WARC-Refers-To-Target-URI") for each in revisits} == {taken(0).url}


def test_a_revisit_is_found_again_after_a_kill(folder: Path, database: Database, clock: Clock) -> None:
    store = WarcStore(folder, database, clock=clock)
    written(store, taken(0))
    place = store.write("run1", taken(1), PACKED).place
    assert place is not None
    file = store._file
    assert file is not None
    os.close(file.descriptor)  # as a kill does: the lock is gone, the last row was never written
    other = WarcStore(folder, database, clock=clock)
    (recovered,) = other.recover()
    assert (recovered.captures, recovered.added, recovered.cut) == (2, 1, 0)
    assert types(database) == ["response", "revisit"]
    assert other.find(taken(1)) == place
    assert other.read(place).body == PAGE


def test_a_revisit_whose_original_is_lost_is_unreadable_by_name(warcs: WarcStore, folder: Path) -> None:
    written(warcs, taken(0))
    warcs.close()
    (original,) = folder.rglob("*.warc.gz")
    second = written(warcs, taken(1))
    warcs.close()
    original.unlink()
    with pytest.raises(CaptureUnreadable, match="the record that holds its body"):
        warcs.read(second)


class TestForeignFiles:
    """Revisits in the files of other tools refer by address and time, or by the payload's digest alone."""

    def write(self, path: Path, *, refers: bool, original: bool = True) -> None:
        with path.open("wb") as file:
            writer = WARCWriter(file, gzip=True)
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            first = writer.create_warc_record(
                "https://a.example/1", "response", payload=io.BytesIO(PAGE), http_headers=head
            )
            (writer if original else WARCWriter(io.BytesIO())).write_record(first)
            digest = first.rec_headers.get_header("WARC-Payload-Digest")
            date = first.rec_headers.get_header("WARC-Date")
            again = writer.create_revisit_record(
                "https://a.example/1", digest, "https://a.example/1" if refers else "", date, head
            )
            writer.write_record(again)
            for record in (first, again):
                record.raw_stream.close()  # warcio leaves its buffers open

    @pytest.mark.parametrize("refers", [True, False])
    def test_they_are_read_with_the_body_that_they_refer_to(self, tmp_path: Path, refers: bool) -> None:
        path = tmp_path / "theirs.warc.gz"
        self.write(path, refers=refers)
        assert [each.body for each in captures_in(path)] == [PAGE, PAGE]

    def test_one_that_refers_to_another_file_is_left_out_by_name(self, tmp_path: Path) -> None:
        path = tmp_path / "theirs.warc.gz"
        self.write(path, refers=True, original=False)
        with pytest.raises(BodyUnreadable, match="does not hold"):
            list(captures_in(path))


class TestVerifying:
    def findings(self, folder: Path, database: Database) -> list[tuple[str, int | None]]:
        return [(each.problem, each.offset) for file in verify(folder, database) for each in file.findings]

    def test_a_whole_store_has_nothing_to_find_even_while_it_is_written(
        self, warcs: WarcStore, folder: Path, database: Database
    ) -> None:
        for day in range(3):
            written(warcs, taken(day))
        assert self.findings(folder, database) == []
        warcs.write("run1", taken(9, b"<p>not in the index yet</p>"), b"<p>not in the index yet</p>")
        assert self.findings(folder, database) == []
        warcs.close()
        (report,) = verify(folder, database)
        assert (report.records, report.responses, report.revisits) == (5, 2, 2)

    def test_every_kind_of_damage_is_found_at_its_place(
        self, warcs: WarcStore, folder: Path, database: Database
    ) -> None:
        places = [
            written(warcs, taken(0, PAGE + bytes([number]) * 10, f"https://www.gob.mx/sre/prensa/{number}"))
            for number in range(4)
        ]
        revisit = written(warcs, taken(7, PAGE + bytes([0]) * 10, "https://www.gob.mx/sre/prensa/0"))
        warcs.close()
        (path,) = folder.rglob("*.warc.gz")
        with database.write() as connection:
            connection.execute(
                update(CaptureRow)
                .where(CaptureRow.record_offset == places[1].offset)
                .values(digest="sha256:0")
            )
            connection.execute(
                update(CaptureRow).where(CaptureRow.record_offset == places[2].offset).values(record_offset=7)
            )
        assert self.findings(folder, database) == [
            ("index differs", places[1].offset),
            ("not in the index", places[2].offset),
            ("no such record", 7),
        ]
        content = bytearray(path.read_bytes())
        content[revisit.offset + revisit.length // 2] ^= 255
        path.write_bytes(content)
        assert ("damaged", revisit.offset) in self.findings(folder, database)
        path.unlink()
        assert self.findings(folder, database) == [("file missing", None)]

    def test_bytes_that_were_changed_are_told_by_their_digest(
        self, warcs: WarcStore, folder: Path, database: Database
    ) -> None:
        place = written(warcs, taken(0))
        warcs.close()
        (path,) = folder.rglob("*.warc.gz")
        content = path.read_bytes()
        record = gzip.decompress(content[place.offset :]).replace(b"X-Day: 0", b"X-Day: 9")
        path.write_bytes(content[: place.offset] + gzip.compress(record))
        assert ("digest differs", place.offset) in self.findings(folder, database)


class TestExporting:
    def exported(
        self, warcs: WarcStore, database: Database, folder: Path, out: Path, skip: int = 0
    ) -> Exported:
        for day in range(3):
            written(warcs, taken(day))
        written(warcs, taken(3, PAGE + b"edited"))
        warcs.close()
        with database.read() as connection:
            found = list(list_captures(connection, CaptureQuery()))[skip:]
        return export_warc(folder, found, out)

    def test_warcio_reads_what_was_exported_and_every_digest_is_right(
        self, warcs: WarcStore, database: Database, folder: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "out.warc.gz"
        exported = self.exported(warcs, database, folder, out)
        assert [each.record_type for each in exported.records] == [
            "response",
            "revisit",
            "revisit",
            "response",
        ]
        assert exported.left_out == []
        with out.open("rb") as file:
            kinds = [each.rec_type for each in ArchiveIterator(file, check_digests="raise")]
        assert kinds == ["warcinfo", "response", "revisit", "revisit", "response"]
        assert [each.body for each in captures_in(out)] == [PAGE, PAGE, PAGE, PAGE + b"edited"]
        assert out.stat().st_size == exported.size

    def test_a_capture_whose_original_is_not_exported_is_written_whole(
        self, warcs: WarcStore, database: Database, folder: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "out.warc.gz"
        exported = self.exported(warcs, database, folder, out, skip=1)
        assert [each.record_type for each in exported.records] == ["response", "response", "response"]
        assert [each.body for each in captures_in(out)] == [PAGE, PAGE, PAGE + b"edited"]
        with out.open("rb") as file:
            assert len(list(ArchiveIterator(file, check_digests="raise"))) == 4

    def test_fastwarc_reads_it_too(
        self, warcs: WarcStore, database: Database, folder: Path, tmp_path: Path
    ) -> None:
        fastwarc = pytest.importorskip("fastwarc.warc", reason="comes with the extra `test`")
        out = tmp_path / "out.warc.gz"
        self.exported(warcs, database, folder, out)
        with out.open("rb") as file:
            types = fastwarc.WarcRecordType
            records = [
                (
                    each.record_type == types.revisit,
                    each.headers["WARC-Target-URI"],
                    each.verify_block_digest(),
                )
                for each in fastwarc.ArchiveIterator(file, parse_http=False)
                if each.record_type != types.warcinfo
            ]
        assert records == [(revisit, taken(0).url, True) for revisit in (False, True, True, False)]

    def test_a_capture_that_cannot_be_read_is_left_out_by_name(
        self, warcs: WarcStore, database: Database, folder: Path, tmp_path: Path
    ) -> None:
        self.exported(warcs, database, folder, tmp_path / "whole.warc.gz")
        (path,) = folder.rglob("*.warc.gz")
        path.write_bytes(path.read_bytes()[:-20])
        with database.read() as connection:
            found = list(list_captures(connection, CaptureQuery()))
        exported = export_warc(folder, found, tmp_path / "out.warc.gz")
        assert len(exported.records) == 3
        assert len(exported.left_out) == 1
        assert taken(3).url in exported.left_out[0]
