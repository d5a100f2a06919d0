"""What a person typed into the search, read leniently: nothing that is typed is an error.

    frontera "valor compartido" -muro migra* (acuerdo OR convenio)
    title:frontera issuer:mx.sre source:mexidata lang:es country:mx kind:speech role:translation
    is:edited -is:withdrawn since:2017-02-01 until:2017-02-28 date:2017-02

Words must all be there, in any form of any language; alternatives are joined by OR. What cannot be read as a
field is read as words.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from storage.search.filters import FLAGS
from storage.search.words import primary

MOST_CHARACTERS = 1000
"""Of a question that are read."""
MOST_TERMS = 24
"""Words and phrases of a question that count."""

_PIECE = re.compile(
    r"""(?P<minus>-)?(?:(?P<field>[A-Za-z_]{2,15}):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"()]+))"""
)
_FIELDS = {
    "issuer": "issuer", "by": "issuer", "country": "country", "lang": "language", "language": "language",
    "source": "source", "site": "source", "role": "role", "kind": "kind", "is": "is", "has": "is",
}  # fmt: skip
_IS = {"translated": "has_translation", "translation": "has_translation"}
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase that is looked for."""

    text: str
    title: bool = False
    """Only in titles."""
    begins: bool = False
    """Whether it is the beginning of a word."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, taken apart."""

    groups: tuple[tuple[Term, ...], ...] = ()
    """All of them must be there, of each one alternative."""
    excluded: tuple[Term, ...] = ()
    having: tuple[tuple[str, str], ...] = ()
    """Traits that must be there, as (dimension, value)."""
    without: tuple[tuple[str, str], ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """Everything that is looked for."""
        return tuple(each for group in self.groups for each in group)


def read_question(text: str | None) -> Asked:
    """Take apart what a person typed; never raises."""
    groups: list[list[Term]] = []
    excluded: list[Term] = []
    having: list[tuple[str, str]] = []
    without: list[tuple[str, str]] = []
    since: date | None = None
    until: date | None = None
    joined = False
    typed = (text or "")[:MOST_CHARACTERS].encode("utf-8", "replace").decode().replace("\0", " ")
    for piece in _PIECE.finditer(typed):
        if len(groups) + len(excluded) >= MOST_TERMS:
            break
        field = (piece["field"] or "").lower()
        value = piece["phrase"] if piece["phrase"] is not None else piece["word"]
        if value == "OR" and piece["phrase"] is None and not field and not piece["minus"]:
            joined = bool(groups)
            continue
        if field in _FIELDS and (trait := _trait(_FIELDS[field], value)) is not None:
            (without if piece["minus"] else having).append(trait)
            continue
        if field in ("since", "after", "until", "before", "date") and (days := _days(value)) is not None:
            if field != "until" and field != "before":
                since = max(since or days[0], days[0])
            if field != "since" and field != "after":
                until = min(until or days[1], days[1])
            continue
        if field and field != "title":
            value = f"{piece['field']} {value}"
        term = Term(value.rstrip("*"), field == "title", _is_beginning(value, piece["phrase"]))
        if piece["minus"]:
            excluded.append(term)
        elif joined and groups:
            groups[-1].append(term)
        else:
            groups.append([term])
        joined = False
    return Asked(
        tuple(tuple(each) for each in groups),
        tuple(excluded),
        tuple(dict.fromkeys(having)),
        tuple(dict.fromkeys(without)),
        since,
        until,
    )


def _is_beginning(value: str, phrase: str | None) -> bool:
    return phrase is None and value.endswith("*") and len(value.rstrip("*")) >= 2


def _trait(dimension: str, value: str) -> tuple[str, str] | None:
    value = value.strip().lower()
    if dimension == "language":
        value = primary(value)
    if dimension == "is":
        value = _IS.get(value, value)
        if value not in FLAGS:
            return None
    return (dimension, value) if value else None


def _days(value: str) -> tuple[date, date] | None:
    """First and last day of a year, a month or a day."""
    found = _DAY.fullmatch(value)
    if found is None:
        return None
    year, month, day = (int(each) if each else None for each in found.groups())
    if year is None:
        return None
    try:
        first = date(year, month or 1, day or 1)
        if day is not None:
            return first, first
        last_month = month or 12
        return first, date(year, last_month, calendar.monthrange(year, last_month)[1])
    except ValueError:
        return None


def day_after(day: date) -> date:
    """The next day; the last day that there is stays itself."""
    return day if day == date.max else day + timedelta(days=1)


# Words that stand in nearly every text of their language and say nothing: left out of a question that holds
# others. Folded, as `words.fold` makes them.
EMPTY_WORDS = frozenset(
    word
    for words in (
        "a an and are as at be by for from in is it of on or that the to was with",
        "al con de del el en es la las lo los o para por que se su un una y",
        "au aux avec ce ces dans des du et il le les ou par pas pour qui sur une",
        "am an auf das dem den der die ein eine fur im in ist mit und von zu zur",
        "ao com da do dos e em na no nas nos os para um uma",
        "alla che dal dalla di gli i il nel per",
        "в и на не о по с у",
    )
    for word in words.split()
)
