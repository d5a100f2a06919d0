"""Options by which statements are chosen, the same for every verb that does (`storage.search.filters`)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.options import check_window

if TYPE_CHECKING:
    from storage.search.filters import Filter

_PANEL = "Which statements"

IssuerOption = Annotated[
    str | None,
    typer.Option(
        "--issuer",
        metavar="KEY",
        help="Who speaks, such as mx.sre.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
CountryOption = Annotated[
    str | None,
    typer.Option(
        "--country",
        metavar="CC",
        help="Country of who speaks: mx.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="TAG",
        help="With a version in it: es.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source", metavar="NAME", help="With a version on it.", show_default=False, rich_help_panel=_PANEL
    ),
]
RoleOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="With a version that is one: original, translation, repost, excerpt.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="Of that kind: communique, speech, transcript ...",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
TranslationOption = Annotated[
    bool | None,
    typer.Option(
        "--has-translation/--no-translation",
        help="With versions in several languages, or without.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
EditedOption = Annotated[
    bool | None,
    typer.Option(
        "--edited/--not-edited",
        help="With a version that was changed, or without.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
WithdrawnOption = Annotated[
    bool | None,
    typer.Option(
        "--withdrawn/--not-withdrawn",
        help="With a version that was withdrawn, or without.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]


def filter_of(
    query: str | None,
    issuer: str | None,
    country: str | None,
    language: str | None,
    source: str | None,
    since: date | None,
    until: date | None,
    role: str | None,
    kind: str | None,
    has_translation: bool | None,
    edited: bool | None,
    withdrawn: bool | None,
) -> Filter:
    """The filter that these options name. BadParameter for a name that nobody bears: a slip of the pen."""
    from crawler.issuers import ISSUERS
    from crawler.items import KindOfRelease, Role
    from crawler.source import registry
    from storage.search.filters import Filter

    check_window(since, until)
    _check("issuer", issuer, ISSUERS)
    _check("source", source, registry())
    _check("country", country, sorted({each.country for each in ISSUERS.values()}))
    _check("role", role, [each.value for each in Role])
    _check("kind", kind, [each.value for each in KindOfRelease])
    return Filter(
        query or None, issuer, country, language and language.split("-")[0].lower(), source, since, until,
        role, kind, has_translation, edited, withdrawn,
    )  # fmt: skip


def _check(name: str, given: str | None, known: object) -> None:
    names = list(known)  # type: ignore[call-overload]
    if given is not None and given not in names:
        raise typer.BadParameter(f"no {name} {given!r}. There are: {', '.join(sorted(names))}")
