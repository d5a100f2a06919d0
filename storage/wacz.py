"""WACZ: a zip file that holds WARC files, an index of them, and a list of pages (WACZ 1.1.1).

Files of others are hostile: nothing is ever written where a name in them says, and an entry that claims to
become a hundred times as large as it is, or entries that lie over each other, are refused unread.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from storage.warc_export import SOFTWARE, Exported, Written

MOST_ENTRIES = 100_000
MOST_TIMES = 100
"""An entry that unpacks to more than so many times its size is a bomb; a WARC is compressed already."""
UNSUSPICIOUS = 16 * 2**20
"""Bytes that an entry may have whatever its size was."""
MOST_BYTES = 64 * 2**30
"""All WARC files of one WACZ together."""

_WARC = re.compile(r"archive/[^/\\]+\.warc(\.gz)?$")


class WaczBroken(ValueError):
    """A file is no WACZ, is damaged, or would do harm; the message names it and says why."""


def is_wacz(path: Path) -> bool:
    """Whether it is a zip file that holds a WARC where a WACZ has it."""
    try:
        with zipfile.ZipFile(path) as opened:
            return any(_WARC.fullmatch(each.filename) for each in opened.infolist()[:MOST_ENTRIES])
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False


@contextmanager
def warcs_in(path: Path) -> Iterator[Iterator[Path]]:
    """The WARC files in a WACZ, each as a file of its own that lasts until the next one is asked for.

    Raises WaczBroken, also while they are gone through: what came before the damage was given.
    """
    try:
        opened = zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise WaczBroken(f"{path.name}: this is no zip file that can be read: {error}") from error
    with opened, tempfile.TemporaryDirectory(prefix="communique-wacz-") as folder:
        yield _unpacked(opened, _checked(path, opened), Path(folder), path.name)


def _checked(path: Path, opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = opened.infolist()
    if len(entries) > MOST_ENTRIES:
        raise WaczBroken(f"{path.name}: expected at most {MOST_ENTRIES} entries, found {len(entries)}")
    warcs = [each for each in entries if _WARC.fullmatch(each.filename)]
    if not warcs:
        raise WaczBroken(f"{path.name}: expected WARC files under archive/, found none")
    if sum(each.compress_size for each in warcs) > path.stat().st_size:
        raise WaczBroken(f"{path.name}: entries of the zip file lie over each other")
    for each in warcs:
        if each.file_size > max(UNSUSPICIOUS, MOST_TIMES * each.compress_size):
            sizes = f"{each.file_size} bytes out of {each.compress_size}"
            raise WaczBroken(f"{path.name}: {each.filename!r} would become {sizes}")
        if each.flag_bits & 1:
            raise WaczBroken(f"{path.name}: {each.filename!r} is encrypted")
    if sum(each.file_size for each in warcs) > MOST_BYTES:
        raise WaczBroken(f"{path.name}: its WARC files would become more than {MOST_BYTES} bytes")
    return warcs


def _unpacked(
    opened: zipfile.ZipFile, warcs: Sequence[zipfile.ZipInfo], folder: Path, name: str
) -> Iterator[Path]:
    for number, each in enumerate(warcs):
        # Under a name of our own: theirs may lead anywhere.
        path = folder / f"{number}.warc{'.gz' if each.filename.endswith('.gz') else ''}"
        try:
            with opened.open(each) as entry, path.open("wb") as file:
                shutil.copyfileobj(entry, file, 2**20)
        except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise WaczBroken(f"{name}: {each.filename!r} cannot be unpacked: {error}") from error
        yield path
        path.unlink()


def write_wacz(warc: Path, exported: Exported, out: Path, title: str, now: datetime) -> None:
    """Pack a WARC that `export_warc` wrote into a WACZ, with index and list of pages."""
    name = f"{out.name.removesuffix('.wacz')}.warc.gz"
    lines = sorted(_cdxj(each, name) for each in exported.records)
    index = gzip.compress("".join(lines).encode(), mtime=0)
    pages = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in _pages(exported.records))
    unfinished = out.with_name(out.name + ".part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as made:
            made.write(warc, f"archive/{name}")
            made.writestr("indexes/index.cdx.gz", index)
            made.writestr("pages/pages.jsonl", pages)
            resources = [
                _resource(f"archive/{name}", *_digest_of(warc)),
                _resource("indexes/index.cdx.gz", hashlib.sha256(index).hexdigest(), len(index)),
                _resource(
                    "pages/pages.jsonl", hashlib.sha256(pages.encode()).hexdigest(), len(pages.encode())
                ),
            ]
            package = json.dumps(
                {
                    "profile": "data-package",
                    "wacz_version": "1.1.1",
                    "title": title,
                    "software": SOFTWARE,
                    "created": now.astimezone(UTC).isoformat(),
                    "resources": resources,
                },
                ensure_ascii=False,
                indent=2,
            )
            made.writestr("datapackage.json", package)
            digest = f"sha256:{hashlib.sha256(package.encode()).hexdigest()}"
            made.writestr("datapackage-digest.json", json.dumps({"path": "datapackage.json", "hash": digest}))
        unfinished.rename(out)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _digest_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _resource(path: str, digest: str, size: int) -> dict[str, object]:
    name = path.rpartition("/")[2]
    return {"name": name, "path": path, "hash": f"sha256:{digest}", "bytes": size}


def _cdxj(record: Written, file: str) -> str:
    told = {
        "url": record.url,
        "mime": "warc/revisit" if record.record_type == "revisit" else _media_type(record.content_type),
        "status": str(record.status),
        "digest": record.payload_digest,
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": file,
    }
    return f"{sort_key(record.url)} {record.captured_at:%Y%m%d%H%M%S} {json.dumps(told)}\n"


def _pages(records: Sequence[Written]) -> Iterator[dict[str, object]]:
    yield {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    for number, each in enumerate(records):
        if each.status == 200 and _media_type(each.content_type) == "text/html":
            yield {"id": f"page-{number}", "url": each.url, "ts": f"{each.captured_at:%Y-%m-%dT%H:%M:%SZ}"}


def _media_type(content_type: str | None) -> str:
    return (content_type or "unk").partition(";")[0].strip().lower() or "unk"


def sort_key(url: str) -> str:
    """The address as indexes of archives sort it (SURT): `mx,gob)/sre/prensa?page=2`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    # Queries are sorted there, so that one page has one key.
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    path = (parts.path or "/").lower()
    path = path.rstrip("/") or "/"
    return f"{','.join(reversed(host.split('.')))}{port}){path}{'?' + query if query else ''}"
