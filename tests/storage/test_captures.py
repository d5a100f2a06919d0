"""The captures folder: what was written can be read, whenever a process died."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import brotli
import pytest
from sqlalchemy import delete, select
from warcio.archiveiterator import ArchiveIterator

from crawler.items import Capture, CapturePlace, Origin
from storage.captures import CaptureUnreadable, Recovered, WarcStore, captures_in
from storage.database import Database, default_url
from storage.encodings import BodyUnreadable, decode
from storage.tables import CaptureRow
from storage.warc import WarcBroken
from tests.clock import Clock

PAGE = "<html><body><h1>Reunión</h1>".encode() + b"<p>Las delegaciones se reunieron.</p>" * 200


def capture(
    number: int = 1, headers: Mapping[str, str] = MappingProxyType({}), body: bytes = PAGE
) -> Capture:
    return Capture(
        url=f"https://www.gob.mx/sre/prensa/{number}",
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"), *headers.items()),
        body=body,
        captured_at=datetime(2017, 3, 1, 12, 0, 0, 123456, tzinfo=UTC),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "captures"


@pytest.fixture
def warcs(folder: Path, database: Database, clock: Clock) -> Iterator[WarcStore]:
    store = WarcStore(folder, database, clock=clock)
    yield store
    store.close()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def index(database: Database) -> list[tuple[str, int, int]]:
    with database.read() as connection:
        columns = (CaptureRow.file, CaptureRow.record_offset, CaptureRow.record_length)
        ordered = select(*columns).order_by(CaptureRow.record_offset)
        return [(file, start, length) for file, start, length in connection.execute(ordered)]


class TestWriting:
    def test_a_capture_is_read_back_as_it_was_written(self, warcs: WarcStore) -> None:
        given = replace(capture(), origin=Origin.WAYBACK, final_url="https://www.gob.mx/sre/prensa/uno")
        written = warcs.write("run1", given, PAGE)
        assert written.place is not None
        assert written.digest == "sha256:" + hashlib.sha256(PAGE).hexdigest()
        assert warcs.read(written.place) == written

    def test_after_a_redirect_the_record_bears_the_address_that_answered(
        self, warcs: WarcStore, folder: Path
    ) -> None:
        given = replace(capture(), final_url="https://www.gob.mx/sre/prensa/uno")
        place = warcs.write("run1", given, PAGE).place
        assert place is not None
        assert (warcs.read(place).url, warcs.read(place).final_url) == (given.url, given.final_url)
        warcs.close()
        with files(folder)[0].open("rb") as file:
            targets = [record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(file)]
        assert targets[1:] == [given.final_url]

    def test_a_body_is_kept_as_it_came_and_read_decoded(self, warcs: WarcStore, folder: Path) -> None:
        for number, (name, raw) in enumerate(
            {
                "gzip": gzip.compress(PAGE, mtime=0),
                "deflate": zlib.compress(PAGE),
                "br": brotli.compress(PAGE),
            }.items()
        ):
            given = capture(number, {"Content-Encoding": name, "Content-Length": str(len(raw))})
            written = warcs.write("run1", given, raw)
            assert written.place is not None
            assert warcs.read(written.place).body == PAGE
        warcs.close()
        with files(folder)[0].open("rb") as file:
            kept = [
                record.raw_stream.read() for record in ArchiveIterator(file) if record.rec_type == "response"
            ]
        assert kept == [gzip.compress(PAGE, mtime=0), zlib.compress(PAGE), brotli.compress(PAGE)]

    def test_others_can_read_the_file_and_every_digest_is_right(self, warcs: WarcStore, folder: Path) -> None:
        for number in range(3):
            warcs.write("run1", capture(number), PAGE)
        warcs.close()
        (path,) = files(folder)
        with path.open("rb") as file:
            records = ArchiveIterator(file, check_digests="raise")
            seen = [(record.rec_type, record.content_stream().read()) for record in records]
        assert [kind for kind, _ in seen] == ["warcinfo", "response", "response", "response"]
        assert all(body == PAGE for kind, body in seen if kind == "response")

    def test_each_record_is_a_gzip_member_where_its_place_says(self, warcs: WarcStore, folder: Path) -> None:
        places = [warcs.write("run1", capture(number), PAGE).place for number in range(3)]
        warcs.close()
        content = files(folder)[0].read_bytes()
        for number, place in enumerate(places):
            assert place is not None
            record = gzip.decompress(content[place.offset : place.offset + place.length])
            assert f"WARC-Target-URI: https://www.gob.mx/sre/prensa/{number}\r\n".encode() in record
            assert b"WARC-Date: 2017-03-01T12:00:00.123456Z\r\n" in record

    def test_the_head_fits_the_body_that_is_kept(self, warcs: WarcStore) -> None:
        """Bodies come without chunks, and decoded where a middleware was quicker: the head must not lie."""
        given = capture(
            1, {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip", "Content-Length": "5"}
        )
        place = warcs.write("run1", given, PAGE).place
        assert place is not None
        found = warcs.read(place)
        assert found.body == PAGE
        assert found.headers == (
            ("Content-Type", "text/html; charset=utf-8"),
            ("X-Crawler-Content-Encoding", "gzip"),
            ("X-Crawler-Content-Length", "5"),
        )

    def test_a_header_cannot_break_out_of_its_line(self, warcs: WarcStore) -> None:
        place = warcs.write("run1", capture(1, {"X-Note": "a\r\nSet-Cookie: b\r\n\r\n<html>"}), PAGE).place
        assert place is not None
        assert warcs.read(place).headers[1] == ("X-Note", "a Set-Cookie: b <html>")
        assert warcs.read(place).body == PAGE

    def test_an_empty_body_and_a_strange_status_are_kept(self, warcs: WarcStore) -> None:
        place = warcs.write("run1", replace(capture(body=b""), status=999), b"").place
        assert place is not None
        assert (warcs.read(place).status, warcs.read(place).body) == (999, b"")

    def test_a_capture_can_be_read_while_its_file_is_open(self, warcs: WarcStore, folder: Path) -> None:
        place = warcs.write("run1", capture(), PAGE).place
        assert place is not None
        assert [path.suffix for path in files(folder)] == [".open"]
        assert warcs.read(place).body == PAGE

    def test_a_full_file_is_followed_by_another(self, folder: Path, database: Database, clock: Clock) -> None:
        warcs = WarcStore(folder, database, clock=clock, full=1_000)
        places = [warcs.write("run1", capture(number), os.urandom(600)).place for number in range(4)]
        warcs.close()
        assert len(files(folder)) == len({place.file for place in places if place}) > 1
        assert len(index(database)) == 4

    def test_nothing_written_leaves_no_file(self, warcs: WarcStore, folder: Path) -> None:
        warcs.close()
        assert not folder.exists()

    def test_threads_write_whole_records(self, warcs: WarcStore, database: Database) -> None:
        places: list[CapturePlace | None] = []

        def write(start: int) -> None:
            for number in range(start, start + 50):
                places.append(warcs.write("run1", capture(number), PAGE).place)  # noqa: PERF401

        threads = [threading.Thread(target=write, args=(start,)) for start in (0, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({warcs.read(place).url for place in places if place}) == 150
        warcs.flush()
        assert len(index(database)) == 150

    def test_captures_do_not_wait_while_others_write_to_the_database(
        self, folder: Path, database: Database, database_url: str, clock: Clock
    ) -> None:
        warcs = WarcStore(folder, database, clock=clock, batch=2)
        other = Database(database_url)
        with other.write():
            places = [warcs.write("run1", capture(number), PAGE).place for number in range(3)]
        other.close()
        assert (len(index(database)), len(set(places))) == (0, 3)
        warcs.write("run1", capture(3), PAGE)
        assert len(index(database)) == 4
        warcs.close()

    def test_rows_are_written_in_batches_and_at_the_end(
        self, folder: Path, database: Database, clock: Clock
    ) -> None:
        warcs = WarcStore(folder, database, clock=clock, batch=3)
        counts = []
        for number in range(4):
            warcs.write("run1", capture(number), PAGE)
            counts.append(len(index(database)))
        warcs.close()
        assert [*counts, len(index(database))] == [0, 0, 3, 3, 4]

    def test_after_a_full_disk_the_file_is_whole(
        self, warcs: WarcStore, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        warcs.write("run1", capture(1), PAGE)
        real_write = os.write
        calls = []

        def write_half_then_fail(descriptor: int, data: bytes) -> int:
            calls.append(len(data))
            if len(calls) == 1:
                return real_write(descriptor, data[: len(data) // 2])
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write_half_then_fail)
            with pytest.raises(OSError, match="No space left"):
                warcs.write("run1", capture(2), PAGE)
        warcs.write("run1", capture(3), PAGE)
        warcs.close()
        assert [each.url[-1] for each in captures_in(files(folder)[0])] == ["1", "3"]


class TestReading:
    @pytest.mark.parametrize(
        "name", ["../secret.warc.gz", "/etc/passwd", "2017-03/../../x", "a\\..\\b", "", "a//b", "a\0b", "./a"]
    )
    def test_a_place_outside_the_folder_is_refused(self, warcs: WarcStore, folder: Path, name: str) -> None:
        folder.mkdir()
        (folder.parent / "secret.warc.gz").write_bytes(b"secret")
        with pytest.raises(CaptureUnreadable):
            warcs.read(CapturePlace(name, 0, 6))

    def test_a_place_that_leads_out_of_the_folder_is_refused_though_a_capture_lies_there(
        self, warcs: WarcStore, folder: Path
    ) -> None:
        place = warcs.write("run1", capture(), PAGE).place
        assert place is not None
        warcs.close()
        outside = folder.parent / "outside.warc.gz"
        outside.write_bytes((folder / place.file).read_bytes())
        assert warcs.read(place).body == PAGE
        for name in ("../outside.warc.gz", f"2017-03/../../{outside.name}", str(outside)):
            with pytest.raises(CaptureUnreadable, match="no name of a file in the captures folder"):
                warcs.read(replace(place, file=name))

    def test_what_is_not_there_is_named(self, warcs: WarcStore) -> None:
        with pytest.raises(CaptureUnreadable, match=r"2017-03/a\.warc\.gz, offset 7"):
            warcs.read(CapturePlace("2017-03/a.warc.gz", 7, 100))

    def test_a_wrong_offset_is_an_error_not_another_capture(self, warcs: WarcStore) -> None:
        place = warcs.write("run1", capture(), PAGE).place
        assert place is not None
        for wrong in (replace(place, offset=place.offset + 1), replace(place, length=place.length - 1)):
            with pytest.raises(CaptureUnreadable):
                warcs.read(wrong)

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
    def test_a_small_body_that_becomes_a_large_one_is_refused(self, encoding: str) -> None:
        large = bytes(30_000_000)
        if encoding == "zstd":
            zstd = pytest.importorskip("backports.zstd")
            raw = zstd.compress(large)
        else:
            raw = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[encoding](large)
        assert len(raw) < 100_000
        with pytest.raises(BodyUnreadable, match="more than 1000000 bytes"):
            decode(raw, encoding, 1_000_000)
        assert decode(raw, encoding) == large
        with pytest.raises(BodyUnreadable, match=encoding):
            decode(raw[:-1], encoding)

    def test_encodings_are_undone_in_order(self) -> None:
        raw = brotli.compress(gzip.compress(PAGE, mtime=0))
        assert decode(raw, "gzip, br") == decode(raw, " GZIP ,identity, br") == PAGE
        assert decode(PAGE, None) == decode(PAGE, "identity") == PAGE
        bare = zlib.compressobj(wbits=-15)
        assert decode(bare.compress(PAGE) + bare.flush(), "deflate") == PAGE
        assert decode(gzip.compress(PAGE, mtime=0) + gzip.compress(b"more"), "gzip") == PAGE + b"more"
        with pytest.raises(BodyUnreadable, match="'lzma' is not one of"):
            decode(PAGE, "lzma")


WRITER = """
import os, signal, sys
from pathlib import Path
from tests.storage.test_captures import PAGE, capture
from storage.captures import WarcStore
from storage.database import Database
warcs = WarcStore(Path(sys.argv[1]), Database(sys.argv[2]), batch=5)
for number in range(13):
    warcs.write("run1", capture(number), PAGE)
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_writer(folder: Path, url: str) -> None:
    """A process that is killed after it wrote 13 captures, and the rows of the first ten."""
    command = [sys.executable, "-c", WRITER, str(folder), url]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL


class TestRecovery:
    def test_a_killed_process_leaves_nothing_that_cannot_be_read(
        self, warcs: WarcStore, folder: Path, database: Database, database_url: str
    ) -> None:
        killed_writer(folder, database_url)
        (left,) = files(folder)
        assert left.name.endswith(".warc.gz.open")
        assert len(index(database)) == 10
        (done,) = warcs.recover()
        (path,) = files(folder)
        assert path.name.endswith(".warc.gz")
        # Only what came after the last known record is looked at: a file may hold a hundred thousand.
        assert done == Recovered(path.relative_to(folder).as_posix(), captures=13, added=3, cut=0)
        assert len(list(captures_in(path))) == len(index(database)) == 13
        for number, place in enumerate(index(database)):
            assert warcs.read(CapturePlace(*place)).url.endswith(f"/{number}")
        assert warcs.recover() == []

    @pytest.mark.parametrize("cut", [1, 3, 40])
    def test_a_torn_record_is_cut_off_and_the_rest_is_kept(
        self, warcs: WarcStore, folder: Path, database: Database, cut: int
    ) -> None:
        places = [warcs.write("run1", capture(number), PAGE).place for number in range(3)]
        warcs.close()
        with database.write() as connection:
            connection.execute(delete(CaptureRow))
        (path,) = files(folder)
        content = path.read_bytes()[:-cut]
        path.unlink()
        path.with_name(path.name + ".open").write_bytes(content)
        last = places[-1]
        assert last is not None
        name = path.relative_to(folder).as_posix()
        assert warcs.recover() == [Recovered(name, captures=2, added=2, cut=len(content) - last.offset)]
        assert [each.url[-1] for each in captures_in(path)] == ["0", "1"]

    def test_a_file_without_a_capture_is_removed(self, warcs: WarcStore, folder: Path) -> None:
        (folder / "2017-03").mkdir(parents=True)
        (folder / "2017-03" / "a.warc.gz.open").write_bytes(b"\x1f\x8b\x08")
        assert warcs.recover() == [Recovered("2017-03/a.warc.gz", captures=0, added=0, cut=3)]
        assert files(folder) == []

    def test_a_body_that_nobody_can_decode_is_kept_all_the_same(
        self, warcs: WarcStore, folder: Path, database: Database
    ) -> None:
        for number, raw in enumerate([b"\x1f\x8bbroken", PAGE]):
            warcs.write("run1", capture(number, {"Content-Encoding": "gzip"} if number == 0 else {}), raw)
        warcs.close()
        (path,) = files(folder)
        path.rename(path.with_name(path.name + ".open"))
        with database.write() as connection:
            connection.execute(delete(CaptureRow))
        (done,) = warcs.recover()
        assert (done.captures, done.cut) == (2, 0)
        assert len(index(database)) == 2

    def test_a_file_whose_process_lives_is_left_alone(
        self, warcs: WarcStore, folder: Path, database: Database
    ) -> None:
        place = warcs.write("run1", capture(), PAGE).place
        assert WarcStore(folder, database).recover() == []
        assert place is not None
        assert warcs.read(place).body == PAGE

    def test_a_file_that_recovery_took_before_it_was_locked_is_begun_anew(
        self, warcs: WarcStore, folder: Path, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock, taken = fcntl.flock, list[list[Recovered]]()

        def late_lock(file: int, how: int) -> None:
            if not taken:
                taken.append([])  # recovery locks too
                taken[0] += WarcStore(folder, database).recover()
            lock(file, how)

        monkeypatch.setattr("storage.captures.fcntl.flock", late_lock)
        place = warcs.write("run1", capture(), PAGE).place
        assert [each.captures for each in taken[0]] == [0]
        assert place is not None
        assert warcs.read(place).body == PAGE
        warcs.close()
        assert [path.name.endswith(".warc.gz") for path in files(folder)] == [True]

    def test_rows_of_records_that_the_disk_lost_are_removed(
        self, warcs: WarcStore, folder: Path, database: Database
    ) -> None:
        for number in range(3):
            warcs.write("run1", capture(number), PAGE)
        warcs.close()
        (path,) = files(folder)
        with path.open("r+b") as file:
            file.truncate(index(database)[1][1] + 10)
        path.rename(path.with_name(path.name + ".open"))
        warcs.recover()
        assert len(index(database)) == 1


def record(url: str, http: bytes, kind: str = "response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2011-05-06T07:08:09Z\r\n"
        f"WARC-Record-ID: <urn:uuid:0>\r\nContent-Type: application/http\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>one</p>"
MISSING = b"HTTP/1.1 404 Not Found\r\n\r\n<p>two</p>"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<p>thr\r\n6\r\nee</p>\r\n0\r\n\r\n"
FOREIGN = [
    record("dns:www.gob.mx", b"www.gob.mx. 300 IN A 192.0.2.1"),
    record("http://mexidata.info/1", b"GET /1 HTTP/1.1\r\n\r\n", "request"),
    record("http://mexidata.info/1", OK),
    record("http://mexidata.info/2", MISSING),
    record("http://mexidata.info/3", CHUNKED),
]


class TestForeignFiles:
    @pytest.mark.parametrize(
        "content",
        [
            b"".join(FOREIGN),
            b"".join(gzip.compress(each, mtime=0) for each in FOREIGN),
            gzip.compress(b"".join(FOREIGN), mtime=0),
        ],
        ids=["plain", "member per record", "one member"],
    )
    def test_responses_are_given_in_order_with_their_status(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "file.warc.gz").write_bytes(content)
        found = list(captures_in(tmp_path / "file.warc.gz"))
        assert [(each.url[-1], each.status, each.body) for each in found] == [
            ("1", 200, b"<p>one</p>"),
            ("2", 404, b"<p>two</p>"),
            ("3", 200, b"<p>three</p>"),
        ]
        assert {each.captured_at for each in found} == {datetime(2011, 5, 6, 7, 8, 9, tzinfo=UTC)}
        assert {each.origin for each in found} == {Origin.FILE}

    def test_an_empty_file_holds_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "empty.warc").write_bytes(b"")
        assert list(captures_in(tmp_path / "empty.warc")) == []

    @pytest.mark.parametrize("damage", ["cut", "flipped", "not a record"])
    def test_a_damaged_file_gives_what_is_good_and_then_says_where_it_breaks(
        self, tmp_path: Path, damage: str
    ) -> None:
        good = gzip.compress(FOREIGN[2])
        bad = bytearray(gzip.compress(FOREIGN[3]))
        if damage == "cut":
            bad = bad[:-20]
        elif damage == "flipped":
            bad[len(bad) // 2] ^= 0xFF
        else:
            bad = bytearray(gzip.compress(b"something else entirely\r\n\r\n"))
        (tmp_path / "file.warc.gz").write_bytes(good + bytes(bad))
        found = captures_in(tmp_path / "file.warc.gz")
        assert next(found).url[-1] == "1"
        with pytest.raises(WarcBroken, match=rf"file\.warc\.gz.* offset {len(good)}\b"):
            next(found)

    def test_a_plain_file_that_ends_too_early_says_where(self, tmp_path: Path) -> None:
        (tmp_path / "file.warc").write_bytes(FOREIGN[2] + FOREIGN[3][:-20])
        found = captures_in(tmp_path / "file.warc")
        assert next(found).url[-1] == "1"
        with pytest.raises(WarcBroken, match=f"offset {len(FOREIGN[2])} is shorter than it says"):
            next(found)

    def test_a_page_is_no_warc_file(self, tmp_path: Path) -> None:
        (tmp_path / "page.html").write_bytes(PAGE)
        with pytest.raises(WarcBroken, match=r"page\.html: there is no WARC record at offset 0"):
            list(captures_in(tmp_path / "page.html"))

    def test_what_cannot_be_unpacked_is_left_out_and_named_at_the_end(self, tmp_path: Path) -> None:
        broken = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nnot brotli"
        large = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(5_000)
        content = io.BytesIO()
        for url, http in (("http://a/1", broken), ("http://a/2", large), ("http://a/3", OK)):
            content.write(gzip.compress(record(url, http)))
        (tmp_path / "file.warc.gz").write_bytes(content.getvalue())
        found = captures_in(tmp_path / "file.warc.gz", limit=4_000)
        assert next(found).url[-1] == "3"
        with pytest.raises(BodyUnreadable, match=r"2 responses were left out; the first: .*http://a/1"):
            next(found)

    def test_archives_that_keep_the_header_of_an_encoding_they_undid_are_read(self, tmp_path: Path) -> None:
        http = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n<p>plain</p>"
        (tmp_path / "file.warc").write_bytes(record("http://a/1", http))
        assert [each.body for each in captures_in(tmp_path / "file.warc")] == [b"<p>plain</p>"]

    def test_what_we_write_reads_back_as_ours(self, tmp_path: Path) -> None:
        database = Database(default_url(tmp_path))
        database.upgrade()
        warcs = WarcStore(tmp_path / "captures", database)
        written = warcs.write("run1", replace(capture(), origin=Origin.LIVE), PAGE)
        warcs.close()
        database.close()
        assert list(captures_in(files(tmp_path / "captures")[0])) == [replace(written, place=None)]
