"""What a publisher says that ties a release to others, in forms that can be compared for equality.

Forms are symmetric where they can be: the value of an `alternate` is the value of the other's `address`, the
folio of a translation is the folio of its original. `crawler.items.ClaimKind` documents each form.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from crawler.items import Claim, ClaimKind, KindOfSource
from crawler.source import Source, source_for
from pipelines.folio import comparable_folio
from pipelines.normalize import Draft

_SEPARATOR = "|"


def address_claim(source: str, key: str) -> str:
    """`<source>|<key>`: how an address is written in claims."""
    return f"{source}{_SEPARATOR}{key}"


def claims_of(draft: Draft, source: type[Source]) -> tuple[Claim, ...]:
    """All claims of a release, each once, in a fixed order."""
    return tuple(dict.fromkeys(_claims(draft, source)))


def _claims(draft: Draft, source: type[Source]) -> Iterator[Claim]:
    item = draft.item
    own = address_claim(source.name, draft.key)
    yield Claim(ClaimKind.ADDRESS, own)
    for alternate in item.alternates:
        value = _address_of(alternate.url, source)
        if value is not None and value != own:
            yield Claim(ClaimKind.ALTERNATE, value)
    for shared in item.shared_ids:
        yield Claim(ClaimKind.SHARED_ID, f"{source.name}{_SEPARATOR}{shared}")
    for link in item.source_links:
        value = _address_of(link, source)
        if value is not None and value != own:
            yield Claim(ClaimKind.SOURCE_LINK, value)
    if draft.folio is not None:
        year = draft.said_on.year
        number = comparable_folio(draft.folio, year)
        yield Claim(ClaimKind.FOLIO, _SEPARATOR.join((_numbering(draft, source), str(year), number)))
    said = draft.attribution
    if said is not None and said.issuers and said.day is not None:
        yield Claim(ClaimKind.ATTRIBUTION, attribution_claim(said.issuers, said.day.isoformat()))


def attribution_claim(issuers: tuple[str, ...], day: str) -> str:
    """`issuers joined by +|date`; the issuers sorted, since foot lines name them in any order."""
    return f"{'+'.join(sorted(set(issuers)))}{_SEPARATOR}{day}"


def _numbering(draft: Draft, source: type[Source]) -> str:
    """Whose number a folio is: of the body whose site it is, or of the first that a mirror's copy names.

    A joint communique bears each ministry's own number on that ministry's site: the first issuer would be
    the same on all three, and their numbers are not.
    """
    if source.kind not in (KindOfSource.MIRROR, KindOfSource.ARCHIVE) and source.issuers:
        return source.issuers[0]
    return draft.issuers[0]


def _address_of(url: str, source: type[Source]) -> str | None:
    """The address claim of any address that a definition knows, the naming source's own first; else None."""
    try:
        host = urlsplit(url).hostname or ""
        owner: type[Source] | None = source if host in source.hosts or f"www.{host}" in source.hosts else None
        key = owner.address_key(url) if owner is not None else None
        if owner is None or key is None:
            owner = source_for(url)
            key = owner.address_key(url) if owner is not None else None
    except ValueError:
        # Not an address at all ("http://[...]"): a publisher's broken link claims nothing.
        return None
    return address_claim(owner.name, key) if owner is not None and key is not None else None
