"""Where the releases of former times may be had: the site itself, and archives of it."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.declare.checks import DefinitionError
from crawler.items import Origin


@dataclass(frozen=True, slots=True)
class Live:
    """The site itself: its listings, feeds and APIs."""

    @property
    def origin(self) -> Origin:
        """What captures from there are called."""
        return Origin.LIVE


@dataclass(frozen=True, slots=True)
class Wayback:
    """The Wayback Machine, or another archive with a CDX index.

    `prefixes` are what addresses of the source begin with, or began with on hosts of former times, without
    scheme and `www.` (`saladeprensa.sre.gob.mx/`); a host alone stands for all of it. Left out, they are
    read off the source's `address`. What is found must still match `address`.
    """

    prefixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for each in self.prefixes:
            if "://" in each or each.startswith("www.") or "." not in each.partition("/")[0]:
                raise DefinitionError(
                    f"Wayback.prefixes: {each!r} must begin with a host, without scheme and www., "
                    "such as mexidata.info/id"
                )

    @property
    def origin(self) -> Origin:
        """What captures from there are called."""
        return Origin.WAYBACK
