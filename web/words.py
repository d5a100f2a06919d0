"""How things are called on a page: languages, countries, bodies, days, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from crawler.bodies import ISSUERS

_ENGLISH = Locale("en")
_UNITS = {"eu": "European Union", "int": "International bodies", "un": "United Nations"}
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})

EVIDENCE: Mapping[str, str] = {
    "alternate": "The publisher names each as the other's language version",
    "shared id": "Both bear the same id of the publisher",
    "folio": "Both bear the same number of the same body",
    "attribution": "The foot line names who issued the other, and when",
    "source link": "The page names the other as its source",
    "same text": "The same words",
    "excerpt": "One is a part of the other",
    "translation": "Passage by passage, they say the same",
    "same content": "Passage by passage, they say the same",
    "person": "A person decided",
}
"""Kinds of links in words."""

FLAGS: Mapping[str, str] = {
    "has_translation": "Has a translation",
    "edited": "Edited after it was posted",
    "withdrawn": "Withdrawn by its publisher",
}
"""Traits of statements in words."""

STATES: Mapping[str, str] = {
    "finished": "finished",
    "stopped": "stopped",
    "running": "running",
    "planned": "about to start",
    "failed": "failed",
    "killed": "ended without a word",
}


@lru_cache(maxsize=512)
def language(tag: str) -> str:
    """A language's English name; the tag where there is none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def direction(tag: str) -> str:
    """Of a language's script: rtl or ltr."""
    return "rtl" if tag.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=512)
def country(code: str) -> str:
    """A country's English name; the code where there is none."""
    return _UNITS.get(code) or _ENGLISH.territories.get(code.upper()) or code


@lru_cache(maxsize=2048)
def issuer(key: str) -> str:
    """A body's English name with its country's where the name does not tell; the key of an unknown one."""
    known = ISSUERS.get(key)
    if known is None:
        return key
    name = known.name()
    return f"{name} ({country(known.country)})" if name in known.local else name


def source(name: str) -> str:
    """A source's title; its name where no definition knows it any more."""
    from crawler.source import registry

    known = registry().get(name)
    return known.title if known is not None else name


def day(value: date | None) -> str:
    """A day as a person writes it: 23 February 2017."""
    return f"{value.day} {value:%B %Y}" if value is not None else ""


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """A time to the minute with its zone."""
    if value is None:
        return ""
    shown = value.astimezone(ZoneInfo(zone) if zone != "UTC" else UTC)
    return f"{shown.day} {shown:%b %Y, %H:%M %Z}"


def ago(value: datetime | None, now: datetime) -> str:
    """How long ago, or how soon: "3 hours ago", "in 2 days"."""
    if value is None:
        return "never"
    away = now - value
    told = length(abs(away))
    return f"{told} ago" if away >= timedelta(0) else f"in {told}"


def length(time: timedelta) -> str:
    """A stretch of time in its largest unit."""
    seconds = int(time.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{seconds // size} {unit}{'s' if seconds // size != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


def number(value: float) -> str:
    """A count with thousands set apart."""
    return f"{value:,}"
