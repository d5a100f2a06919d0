"""What the stages need to know of a source, worked out once from its definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from crawler.declare import Date
from crawler.issuers import ISSUERS, fold
from crawler.items import KindOfRelease
from crawler.source import Source, registry
from pipelines.language import primary


@dataclass(frozen=True, slots=True)
class Facts:
    """A definition, as the stages look at it."""

    zone: ZoneInfo
    languages: tuple[str, ...]
    """Primary tags of the declared languages."""
    countries: frozenset[str]
    """Whose bodies it may name: its own issuers' countries, and for a mirror those of what it mirrors."""
    labels: Mapping[str, KindOfRelease]
    """Labels of kinds, folded."""
    site_names: frozenset[str]
    """What the site calls itself behind its titles, folded: hosts, and the source's title."""


_known: WeakKeyDictionary[type[Source], Facts] = WeakKeyDictionary()


def facts_of(source: type[Source]) -> Facts:
    """The facts of a source."""
    facts = _known.get(source)
    if facts is None:
        facts = _known[source] = _facts(source)
    return facts


def _facts(source: type[Source]) -> Facts:
    hosts = (*source.hosts, *(host.removeprefix("www.") for host in source.hosts))
    return Facts(
        zone=source.zone(),
        languages=tuple(dict.fromkeys(map(primary, source.languages))),
        countries=_countries(source),
        labels=MappingProxyType({fold(label): kind for label, kind in source.kinds.labels.items()}),
        site_names=frozenset(fold(name) for name in (*hosts, source.title)),
    )


def _countries(source: type[Source]) -> frozenset[str]:
    keys: list[str] = list(source.issuers)
    if source.mirrors is not None:
        keys += source.mirrors.issuers
        for name in source.mirrors.sources:
            keys += registry()[name].issuers if name in registry() else ()
    return frozenset(ISSUERS[key].country for key in keys)


def date_formats(source: type[Source], field: str, language: str) -> tuple[str, ...]:
    """Every format that the definition gives for a date field ("said", "posted"), for a person to read."""
    dates = (getattr(layout, field, None) for layout in source.layouts())
    formats = (each.formats_for(language) for each in dates if isinstance(each, Date))
    return tuple(dict.fromkeys(pattern for some in formats for pattern in some))
