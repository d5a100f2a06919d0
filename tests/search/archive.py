"""A small archive in many languages, and what a filter must find in it, counted the slow way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from crawler.items import KindOfRelease, KindOfSource, Release, Role
from storage.database import Database
from storage.releases import save_releases
from tests.storage.records import NOON, release

TEXTS = {
    "en": (
        "Meeting on the border",
        "The delegations met in the capital. Negotiations on migration continue.",
    ),
    "es": ("Reunión sobre la frontera", "Las delegaciones se reunieron en la capital para la negociación."),
    "fr": ("Réunion à la frontière", "Les délégations se sont réunies pour l'élection du comité."),
    "de": ("Treffen an der Grenze", "Die Gespräche über Straßen und Größe wurden fortgesetzt."),
    "ru": ("Встреча на границе", "Российские делегации провели переговоры в столице."),
    "ar": ("اجتماع حول الحدود", "عقدت الوفود محادثات في العاصمة بشأن الهجرة والمفاوضات الدوليّة."),
    "zh": ("关于边境的会议", "代表团在首都举行会谈，讨论移民问题。"),
    "ja": ("国境に関する会合", "代表団は首都で会談を行い、移民について話し合いました。"),
    "ko": ("국경에 관한 회의", "대표단은 수도에서 회담을 열었습니다."),
    "el": (
        "Συνάντηση για τα σύνορα",
        "Οι αντιπροσωπείες συναντήθηκαν στην πρωτεύουσα. Οι διαπραγματεύσεις συνεχίζονται.",
    ),
    "th": ("การประชุมเรื่องชายแดน", "คณะผู้แทนพบกันในเมืองหลวงและหารือเรื่องการย้ายถิ่น"),
    "hi": ("सीमा पर बैठक", "प्रतिनिधिमंडलों ने राजधानी में बातचीत की।"),
}


def save(database: Database, *releases: Release) -> None:
    """Store releases, each a statement of its own."""
    with database.write() as connection:
        save_releases(connection, "run1", releases, NOON)


def text(language: str, slug: str | None = None, **changes: object) -> Release:
    """The release in that language."""
    title, body = TEXTS[language]
    made = {"language": language, "title": title, "body": body, **changes}
    return release(slug or f"text-{language}", **made)


def many(number: int, first: date = date(2016, 12, 20)) -> list[Release]:
    """Releases that differ in everything that is counted."""
    languages, issuers = ("es", "en", "fr"), (("mx.sre",), ("mx.segob", "us.state"), ("ca.gac",))
    made = []
    for at in range(number):
        language = languages[at % 3]
        each = text(
            language,
            f"many-{at}",
            said_on=first + timedelta(days=at * 3 % 40),
            issuers=issuers[at % len(issuers)],
            kind=(KindOfRelease.COMMUNIQUE, KindOfRelease.SPEECH)[at % 2],
            role_hint=(Role.ORIGINAL, Role.TRANSLATION, Role.REPOST, Role.ORIGINAL)[at % 4],
            withdrawn="Withdrawn." if at % 7 == 0 else None,
        )
        if at % 5 == 0:
            each = replace(each, source="mexidata", source_kind=KindOfSource.MIRROR)
        made.append(each)
    return made


def matches(each: Release, **wanted: object) -> bool:
    """Whether a release that is alone in its statement is what these fields of a filter name."""
    facts: dict[str, Sequence[object]] = {
        "issuer": each.issuers,
        "country": [issuer.split(".")[0] for issuer in each.issuers],
        "language": [each.language],
        "source": [each.source],
        "role": [each.role_hint],
        "kind": [each.kind],
        "has_translation": [each.role_hint is Role.TRANSLATION],
        "withdrawn": [each.withdrawn is not None],
        "edited": [False],
    }
    for name, value in wanted.items():
        if name == "since":
            if each.said_on < value:  # type: ignore[operator]
                return False
        elif name == "until":
            if each.said_on > value:  # type: ignore[operator]
                return False
        elif value not in facts[name]:
            return False
    return True


def counted(releases: Sequence[Release], dimension: str) -> dict[str, int]:
    """How many of the releases have each value."""
    values: Counter[str] = Counter()
    for each in releases:
        match dimension:
            case "issuer":
                values.update(each.issuers)
            case "country":
                values.update({issuer.split(".")[0] for issuer in each.issuers})
            case "is":
                values["has_translation"] += each.role_hint is Role.TRANSLATION
                values["withdrawn"] += each.withdrawn is not None
            case "role":
                values[each.role_hint.value] += 1
            case _:
                values[str(getattr(each, dimension))] += 1
    return {value: number for value, number in values.items() if number}
