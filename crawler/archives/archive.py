"""Where an archive's index and its pages stand. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.archives.cdx import plain_url


@dataclass(frozen=True, slots=True)
class Archive:
    """A web archive with a CDX index and pages that are replayed as they were captured (`id_`)."""

    name: str
    """As the database knows it: what was asked of one archive says nothing of another."""
    index: str
    """Address of its CDX index."""
    replay: str
    """What stands before the timestamp in the address of a page."""
    names_fields: bool = False
    """Whether its index can be told which fields to show, by the names that the Wayback Machine uses."""

    @property
    def host(self) -> str:
        """The one host that is asked."""
        return urlsplit(self.index).hostname or ""

    def page(self, stamp: str, url: str) -> str:
        """Where the capture of an address is replayed, byte by byte as it was."""
        return f"{self.replay}{stamp}id_/{url}"

    def captured_at(self, address: str) -> tuple[str, str] | None:
        """Timestamp and captured address that a replay address stands for; None when it is none of ours."""
        found = re.match(rf"{re.escape(self.replay)}(\d{{4,14}})(?:[a-z]{{2}}_)?/(.+)", address, re.DOTALL)
        if found is None:
            return None
        # Servers on the way may take one of two slashes away.
        url = plain_url(re.sub(r"\A(https?):/+", r"\1://", found[2]))
        return (found[1], url) if url is not None else None


WAYBACK = Archive(
    name="web.archive.org",
    index="https://web.archive.org/cdx/search/cdx",
    replay="https://web.archive.org/web/",
    names_fields=True,
)


def archive_at(address: str | None) -> Archive:
    """The archive at an address: the Wayback Machine when none is given or its own, else one that is laid
    out as pywb's collections are (`ADDRESS/cdx`, `ADDRESS/20170227000000id_/http://...`).

    Raises ValueError for what is no web address.
    """
    given = (address or "").strip().rstrip("/")
    if not given:
        return WAYBACK
    if plain_url(given) is None:
        raise ValueError(
            f"{given!r} is no address of an archive; expected one such as https://web.archive.org or "
            "http://localhost:8080/collection"
        )
    if urlsplit(given).hostname in ("web.archive.org", "archive.org", "www.archive.org"):
        return WAYBACK
    return Archive(name=given, index=f"{given}/cdx", replay=f"{given}/")
