"""A mirror's foot line: who said the text, when, and who translated it.

    Joint SRE-SEGOB-SHCP Communique, Mexican Ministry of Foreign Affairs, Feb. 23, 2017; translation
    Presidency of the Republic, Jan. 21, 2017, Mexico, DF; translation Presidency of the Republic (edited)

Before the semicolon stand the bodies, the day and perhaps the place; after it, whether the text is a
translation and whose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from crawler.issuers import ISSUERS
from crawler.items import Role, Standing
from pipelines.days import first_day
from pipelines.issuing import names_in

_TRANSLATION = re.compile(
    r"\b(?:(?P<unofficial>unofficial|informal|provisional|inoffizielle)\s+)?"
    r"(?:translat(?:ion|ed)|traducci[oó]n|traduit|traduction|tradução|traduzione|übersetzung)\b"
    r"(?:\s+(?:no oficial|non officielle|não oficial|non ufficiale))?"
    r"\s*[:,]?\s*(?:(?:by|de(?:l| la)?|par|von|da|do|di)\s+)?(?P<translator>[^;]*)",
    re.IGNORECASE,
)
_GAP = re.compile(r"\s*,(?:\s*,)*\s*")
_EDITED = re.compile(r"\(?\b(?:edited|excerpt(?:s|ed)?|abridged|editado|extractos?)\b\)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a foot line says."""

    issuers: tuple[str, ...]
    """Keys, in the order of the line."""
    strangers: tuple[str, ...]
    """Abbreviations joined to known ones that are unknown themselves."""
    bodies: str
    """The part of the line that names who spoke."""
    day: date | None
    day_raw: str | None
    role: Role
    standing: Standing | None
    translator: str | None
    """As the line writes it; None when it names none."""
    notes: tuple[str, ...] = ()


def read_attribution(line: str, countries: frozenset[str], zone: ZoneInfo) -> Attribution:
    """Read a foot line. `countries` are those whose bodies the mirror re-posts.

    A translation is official when a body of the same country made it, unofficial when the mirror or anyone
    else did. Without the word translation the text is a re-post.
    """
    head, _, tail = line.partition(";")
    translation = _TRANSLATION.search(tail) or _TRANSLATION.search(head)
    if translation is not None and not tail:
        head = head[: translation.start()]
    written = first_day(head, "en", zone)
    bodies = head if written is None else f"{head[: written.start]} {head[written.end :]}"
    naming = names_in(bodies, countries)
    edited = _EDITED.search(line)
    role, standing, translator = Role.REPOST, None, None
    if translation is not None:
        role = Role.TRANSLATION
        translator = " ".join(_EDITED.sub("", translation["translator"]).split()).strip(" .,()") or None
        standing = Standing.UNOFFICIAL
        if translator and not translation["unofficial"] and _is_of(translator, naming.keys, countries):
            standing = Standing.OFFICIAL
    return Attribution(
        issuers=naming.keys,
        strangers=naming.strangers,
        bodies=_GAP.sub(", ", " ".join(bodies.split())).strip(" ,.;"),
        day=written.day if written else None,
        day_raw=written.raw if written else None,
        role=role,
        standing=standing,
        translator=translator,
        notes=(f"attribution: the text was {edited[0].strip('()').lower()} by who posted it",)
        if edited
        else (),
    )


def _is_of(translator: str, issuers: tuple[str, ...], countries: frozenset[str]) -> bool:
    speaking = {ISSUERS[key].country for key in issuers}
    return any(ISSUERS[key].country in speaking for key in names_in(translator, countries).keys)
