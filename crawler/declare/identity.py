"""What a release is: which addresses are one, what its labels mean, whose text it may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from crawler.declare.checks import DefinitionError, check_pattern
from crawler.items import KindOfRelease, Role, Standing


@dataclass(frozen=True, slots=True)
class Address:
    """What makes two addresses of this source one: the named groups of `pattern`, put into `key`.

    `pattern` is matched from the start of the address without scheme, `www.`, fragment and query (unless
    `query` names parameters to keep). An address that does not match belongs to another source or section.
    Example: `Address(r"gob\\.mx/sre/(?P<section>prensa)/(?P<slug>[^/]+)$", "{section}/{slug}")`.
    `query=("*",)` keeps every parameter, in order of name: `{query}` in `key` stands for them and their "?".
    `lower` writes the key in lower case, for sites that answer to any (SharePoint's `Paginas` and `paginas`).
    A source whose pages have addresses of several forms gives several, tried in order; forms of one page
    must come to one key.
    """

    pattern: str
    key: str
    query: tuple[str, ...] = ()
    lower: bool = False

    def __post_init__(self) -> None:
        check_pattern("Address", "pattern", self.pattern)
        if re.match(r"[\^(?:]*www\\?\.", self.pattern):
            raise DefinitionError(
                f"Address.pattern: {self.pattern!r} begins with www., which is taken off before"
            )
        groups = set(re.compile(self.pattern).groupindex) | set(self.query)
        if self.query == ("*",):
            groups.add("query")
        wanted = set(re.findall(r"\{(\w+)\}", self.key))
        if wanted - groups:
            raise DefinitionError(
                f"Address.key: {sorted(wanted - groups)} are not groups of {self.pattern!r}"
            )

    def key_of(self, url: str) -> str | None:
        """The key of an address; None when it is not of this form."""
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        match = re.match(self.pattern, f"{host}{unquote(parts.path)}")
        if match is None:
            return None
        values: dict[str, str] = {key: value or "" for key, value in match.groupdict().items()}
        if self.query == ("*",):
            every = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
            values["query"] = f"?{every}" if every else ""
        else:
            query = {key.lower(): found[0] for key, found in parse_qs(parts.query).items()}
            for name in self.query:
                if name.lower() not in query:
                    return None
                values[name] = query[name.lower()]
        key = self.key.format(**values)
        return key.lower() if self.lower else key


@dataclass(frozen=True, slots=True)
class Shared:
    """An id in the address that all language versions share, while one letter or a path segment differs.

    `pattern` is searched in the whole address, percent-encoding undone; its named groups are put into `key`.
    `addresses` says, by language, where the versions stand: each is asked for when one of them is read. It is
    for sites whose indexes do not show every language; what does not exist there ends as gone.
    Example (OAS): `Shared(r"sCodigo=[ECP]-(?P<number>\\d+/\\d+)", "{number}")`.
    """

    pattern: str
    key: str
    addresses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        check_pattern("Shared", "pattern", self.pattern)
        groups = set(re.compile(self.pattern).groupindex)
        for template in (self.key, *self.addresses.values()):
            unknown = set(re.findall(r"\{(\w+)\}", template)) - groups
            if unknown:
                raise DefinitionError(
                    f"Shared: {sorted(unknown)} in {template!r} are not groups of {self.pattern!r}"
                )

    def found_in(self, url: str) -> tuple[str, Mapping[str, str]] | None:
        """The id in an address, and the addresses of all versions by language; None: it holds no such id."""
        match = re.search(self.pattern, unquote(url))
        if match is None:
            return None
        values = {name: value or "" for name, value in match.groupdict().items()}
        filled = {tag: template.format(**values) for tag, template in self.addresses.items()}
        return self.key.format(**values), filled


@dataclass(frozen=True, slots=True)
class Kinds:
    """The site's own labels for kinds of release; case and surrounding space do not matter.

    A label that is not listed holds the release back; `default` is for pages that carry no label at all. None
    where every page carries one: then a page without a label is another layout, and held back as well.
    """

    default: KindOfRelease | None
    labels: Mapping[str, KindOfRelease] = field(default_factory=lambda: MappingProxyType({}), hash=False)


@dataclass(frozen=True, slots=True)
class MirrorOf:
    """What this source re-posts or translates: names of sources, or issuers where no source is crawled."""

    sources: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """What the texts of a language (or under a path) are: original, or translation of which standing."""

    role: Role
    standing: Standing | None = None
    path: str | None = None
