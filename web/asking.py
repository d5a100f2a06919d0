"""The filter as addresses name it: the same parameters for pages, API and feeds."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from crawler.items import KindOfRelease, Role
from storage.search.filters import Filter


async def filter_of(
    q: Annotated[
        str | None,
        Query(
            max_length=1000,
            description='Words, `"phrases"`, `-without`, `begin*`, `a OR b`, `title:`, `issuer:`, `source:`, '
            "`lang:`, `country:`, `kind:`, `role:`, `is:edited`, `since:`, `date:2017-02`. Found in "
            "the language of any version, in any form of the words, with or without accents.",
            examples=['frontera "valor compartido" -muro'],
        ),
    ] = None,
    issuer: Annotated[
        str | None, Query(max_length=200, description="Key of a body that speaks.", examples=["mx.sre"])
    ] = None,
    country: Annotated[
        str | None, Query(max_length=200, description="Country of a body that speaks.", examples=["mx"])
    ] = None,
    language: Annotated[
        str | None,
        Query(max_length=200, description="With a version in that language (BCP 47).", examples=["es"]),
    ] = None,
    source: Annotated[
        str | None, Query(max_length=200, description="With a version on that source.", examples=["mx_sre"])
    ] = None,
    since: Annotated[
        date | None, Query(description="First day on which it was said.", examples=["2017-02-01"])
    ] = None,
    until: Annotated[date | None, Query(description="Last day, included.", examples=["2017-02-28"])] = None,
    role: Annotated[Role | None, Query(description="With a version of that role.")] = None,
    kind: Annotated[KindOfRelease | None, Query(description="Of that kind.")] = None,
    has_translation: Annotated[
        bool | None, Query(description="Whether there are versions in several languages.")
    ] = None,
    edited: Annotated[bool | None, Query(description="Whether a version was changed.")] = None,
    withdrawn: Annotated[bool | None, Query(description="Whether a version was withdrawn.")] = None,
) -> Filter:
    """The filter that an address names."""
    return Filter(
        query=q or None,
        issuer=issuer or None,
        country=country.lower() if country else None,
        language=language.split("-")[0].lower() if language else None,
        source=source or None,
        since=since,
        until=until,
        role=role.value if role else None,
        kind=kind.value if kind else None,
        has_translation=has_translation,
        edited=edited,
        withdrawn=withdrawn,
    )


Wanted = Annotated[Filter, Depends(filter_of)]


def parameters_of(wanted: Filter) -> dict[str, str]:
    """The parameters that name a filter, for links."""
    told: dict[str, str] = {}
    for name, value in wanted.named.items():
        key = "q" if name == "query" else name
        told[key] = str(value).lower() if isinstance(value, bool) else str(value)
    return told
