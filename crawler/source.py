"""A source: one section of one site that is crawled, declared as a class and checked when imported.

`Source.__init_subclass__` refuses, with file and attribute, what contradicts itself. `registry()` finds
the definitions by walking `crawler/sources`, so no list is kept by hand and no import statement names one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, ClassVar, NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.declare import (
    Address,
    Api,
    Browser,
    Date,
    DefinitionError,
    Discovery,
    Every,
    Feed,
    Fields,
    Flow,
    Kinds,
    Layout,
    Listing,
    Live,
    MirrorOf,
    Numbers,
    Parts,
    Pdf,
    PerWeek,
    Polite,
    Record,
    Shared,
    Sitemap,
    Unruled,
    Voice,
    Wayback,
)
from crawler.issuers import ISSUERS
from crawler.items import KindOfSource, ReleaseItem

SOURCES_FOLDER = Path(__file__).parent / "sources"

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_METHODS = frozenset(f"read_{each.name}" for each in fields(ReleaseItem))


class Source:
    """What is known of a source. A definition sets attributes; most need no method.

    A method `read_<field>(self, page)` may replace the rule of one field; it is pure and takes a
    `crawler.pages.page.Page`. A class made with `platform=True` is a shared shape (gob.mx) and no source.
    """

    name: ClassVar[str]
    """The file's name; also the folder of its samples."""
    title: ClassVar[str]
    kind: ClassVar[KindOfSource] = KindOfSource.MINISTRY
    issuers: ClassVar[tuple[str, ...]] = ()
    """Keys of `crawler.issuers`, for pages that do not name another. Empty only for mirrors and archives."""
    languages: ClassVar[tuple[str, ...]]
    """Languages in which releases may be; a text found to be in another one is held back. ("und",) in
    archives: any language, as the text alone tells."""
    timezone: ClassVar[str]
    """IANA zone in which the site writes dates and times."""
    country: ClassVar[str]
    """The folder of the file: ISO 3166-1 alpha-2. Names that many countries use are understood by it."""
    hosts: ClassVar[tuple[str, ...]]
    """Every host that may be asked; requests elsewhere are refused."""
    discover: ClassVar[Discovery | tuple[Discovery, ...]]
    """() in a source that is never crawled; it needs no `archive_from`, `every` and `expect`."""
    address: ClassVar[Address | tuple[Address, ...]]
    shared: ClassVar[Shared | tuple[Shared, ...]] = ()
    """Ids in addresses that language versions share."""
    release: ClassVar[Layout | tuple[Layout, ...]]
    kinds: ClassVar[Kinds]
    voices: ClassVar[MappingProxyType[str, Voice] | dict[str, Voice]] = MappingProxyType({})
    """By language: what a text in that language is. Unnamed languages: original on ministries and
    missions, on mirrors what the attribution says."""
    mirrors: ClassVar[MirrorOf | None] = None
    polite: ClassVar[Polite] = Polite()
    revisits: ClassVar[int | None] = None
    """Kept pages that a run asks for again at most, to see whether they were edited or taken down; None: as
    the settings say (COMMUNIQUE_REVISITS)."""
    browser: ClassVar[Browser | None] = None
    """For sites whose pages are empty until their scripts have run."""
    origins: ClassVar[tuple[Live | Wayback, ...]] = (Live(), Wayback())
    """Where a backfill looks for its releases, in this order."""
    archive_from: ClassVar[date]
    """First day for which the site is known to show releases."""
    every: ClassVar[Every]
    expect: ClassVar[PerWeek]
    terms: ClassVar[str]
    """Terms of use of the texts, in a sentence."""
    facts: ClassVar[tuple[str, ...]] = ()
    """What the definition rests on, each with its confidence."""
    unverified: ClassVar[tuple[str, ...]] = ()
    """What nobody has checked on the live site yet."""

    def __init_subclass__(cls, *, platform: bool = False) -> None:
        super().__init_subclass__()
        if platform:
            return
        cls.country, cls.name = cls.__module__.split(".")[-2:]
        _check(cls)

    @classmethod
    def discoveries(cls) -> tuple[Discovery, ...]:
        """The ways of finding releases, always as a tuple."""
        return cls.discover if isinstance(cls.discover, tuple) else (cls.discover,)

    @classmethod
    def layouts(cls) -> tuple[Layout, ...]:
        """The ways of reading a page, in the order in which they are tried."""
        return cls.release if isinstance(cls.release, tuple) else (cls.release,)

    @classmethod
    def shared_ids(cls, url: str) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """The ids in an address that versions share, each with the addresses of the versions by language."""
        every = cls.shared if isinstance(cls.shared, tuple) else (cls.shared,)
        found = (each.found_in(url) for each in every)
        return tuple(each for each in found if each is not None)

    @classmethod
    def addresses(cls) -> tuple[Address, ...]:
        """The forms of its pages' addresses, always as a tuple."""
        return cls.address if isinstance(cls.address, tuple) else (cls.address,)

    @classmethod
    def address_key(cls, url: str) -> str | None:
        """The canonical key of an address within this source; None when it is not one of its releases.

        Scheme, `www.`, fragment, query and percent-encoding variants of one page have one key.
        """
        return next((key for each in cls.addresses() if (key := each.key_of(url)) is not None), None)

    @classmethod
    def zone(cls) -> ZoneInfo:
        """The source's time zone."""
        return ZoneInfo(cls.timezone)


_ATTRIBUTES: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "kind": KindOfSource,
    "issuers": tuple,
    "languages": tuple,
    "timezone": str,
    "hosts": tuple,
    "discover": (Listing, Feed, Sitemap, Api, Numbers, tuple),
    "address": (Address, tuple),
    "shared": (Shared, tuple),
    "release": (Fields, Record, Flow, Pdf, Parts, Unruled, tuple),
    "kinds": Kinds,
    "voices": (dict, MappingProxyType),
    "mirrors": (MirrorOf, type(None)),
    "polite": Polite,
    "browser": (Browser, type(None)),
    "revisits": (int, type(None)),
    "origins": tuple,
    "archive_from": date,
    "every": Every,
    "expect": PerWeek,
    "terms": str,
    "facts": tuple,
    "unverified": tuple,
}
_OF_CRAWLS = {"archive_from", "every", "expect"}
_OPTIONAL = {
    *("kind", "browser", "issuers", "shared", "voices", "mirrors", "polite", "revisits", "facts"),
    *("unverified", "origins"),
}


def _refuse(cls: type[Source], attribute: str, problem: str) -> NoReturn:
    file = getattr(sys.modules.get(cls.__module__), "__file__", None) or cls.__module__
    raise DefinitionError(f"{file}: {cls.__name__}.{attribute}: {problem}")


def _own_attributes(cls: type[Source]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for ancestor in reversed(cls.__mro__):
        if issubclass(ancestor, Source) and ancestor is not Source:
            found.update({key: value for key, value in vars(ancestor).items() if not key.startswith("_")})
    return found


def _check(cls: type[Source]) -> None:
    expected_class = "".join(part.capitalize() for part in cls.name.split("_"))
    if cls.__name__ != expected_class:
        _refuse(cls, "name", f"file {cls.name}.py must define class {expected_class}, not {cls.__name__}")
    extra = getattr(cls, "platform_attributes", ())
    for name in _own_attributes(cls):
        known = name in _ATTRIBUTES or name in ("name", "country", "platform_attributes") or name in extra
        if not known and name not in _METHODS:
            what = "reads no field of an item" if name.startswith("read_") else "unknown attribute"
            _refuse(
                cls, name, f"{what} (known: {', '.join(sorted(_ATTRIBUTES))}, and read_<field of an item>)"
            )
    for name, wanted in _ATTRIBUTES.items():
        if not hasattr(cls, name):
            if name not in _OPTIONAL and not (name in _OF_CRAWLS and getattr(cls, "discover", None) == ()):
                _refuse(cls, name, "is missing")
            continue
        if not isinstance(getattr(cls, name), wanted):
            _refuse(cls, name, f"has the wrong type {type(getattr(cls, name)).__name__}")
    _check_values(cls)


def _check_values(cls: type[Source]) -> None:
    if not cls.languages:
        _refuse(cls, "languages", "names none")
    if cls.revisits is not None and cls.revisits < 0:
        _refuse(cls, "revisits", f"{cls.revisits} is no number of pages")
    for tag in (*cls.languages, *cls.voices):
        if not _LANGUAGE_TAG.match(tag):
            _refuse(cls, "languages", f"{tag!r} is not a BCP 47 language tag")
    try:
        ZoneInfo(cls.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        _refuse(cls, "timezone", f"{cls.timezone!r} is not an IANA time zone")
    for attribute, keys in (
        ("issuers", cls.issuers),
        ("mirrors", cls.mirrors.issuers if cls.mirrors else ()),
    ):
        for key in keys:
            if key not in ISSUERS:
                _refuse(cls, attribute, f"{key!r} is not in crawler/bodies")
    for tag in cls.voices:
        if tag not in cls.languages:
            _refuse(cls, "voices", f"{tag!r} is not one of languages {cls.languages}")
    if not cls.issuers and cls.kind in (KindOfSource.MINISTRY, KindOfSource.MISSION):
        _refuse(cls, "issuers", f"a {cls.kind.value} must name who speaks")
    for host in cls.hosts:
        if "/" in host or host != host.lower() or not host:
            _refuse(cls, "hosts", f"{host!r} is not a lower-case host name")
    if not cls.origins or len({type(each) for each in cls.origins}) < len(cls.origins):
        _refuse(cls, "origins", "names none, or one twice")
    for origin in cls.origins:
        if not isinstance(origin, Live | Wayback):
            _refuse(cls, "origins", f"{type(origin).__name__} is no origin")
    for address in cls.addresses():
        if not isinstance(address, Address):
            _refuse(cls, "address", f"{type(address).__name__} is no Address")
    for discovery in cls.discoveries():
        _check_discovery(cls, discovery)
    for shared in cls.shared if isinstance(cls.shared, tuple) else (cls.shared,):
        for tag, version in shared.addresses.items():
            if tag not in cls.languages:
                _refuse(cls, "shared", f"{tag!r} is not one of languages {cls.languages}")
            if urlsplit(version).hostname not in cls.hosts:
                _refuse(cls, "shared", f"{version!r} is not on one of hosts {cls.hosts}")
    for layout in cls.layouts():
        if not isinstance(layout, Layout):
            _refuse(cls, "release", f"{type(layout).__name__} is no layout")
        for part in layout.parts.values() if isinstance(layout, Parts) else (layout,):
            _check_dates(cls, part)


def _check_dates(cls: type[Source], layout: Layout) -> None:
    for name in ("posted", "said"):
        found = getattr(layout, name, None)
        if isinstance(found, Date) and not isinstance(found.formats, tuple):
            missing = [tag for tag in cls.languages if tag not in found.formats]
            if missing:
                _refuse(cls, f"release.{name}", f"no date format for {', '.join(missing)}")


def _check_discovery(cls: type[Source], discovery: Discovery) -> None:
    if not isinstance(discovery, Listing | Feed | Sitemap | Api | Numbers):
        _refuse(cls, "discover", f"{type(discovery).__name__} is no way of finding releases")
    for url in (discovery.url, getattr(discovery, "first_url", None), getattr(discovery, "fetch", None)):
        if url is not None and urlsplit(url).hostname not in cls.hosts:
            _refuse(cls, "discover", f"{url!r} is not on one of hosts {cls.hosts}")
    if not isinstance(discovery, Numbers):
        several = len(discovery.languages or cls.languages) > 1
        if "{language}" in discovery.url and not several and not discovery.languages:
            _refuse(cls, "discover", "{language} in the address, but there is one language")
        if discovery.languages and "{language}" not in discovery.url:
            _refuse(cls, "discover", "languages given, but no {language} in the address")


def _load(path: Path) -> ModuleType:
    module_name = f"crawler.sources.{path.parent.name}.{path.stem}"
    if module_name in sys.modules:
        return sys.modules[module_name]
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise DefinitionError(f"{path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except (DefinitionError, TypeError) as error:
        del sys.modules[module_name]
        # The vocabulary knows no file; and a misspelt option of it is a TypeError of its constructor.
        told = str(error)
        raise DefinitionError(told if str(path) in told else f"{path}: {told}") from error
    except BaseException:
        del sys.modules[module_name]
        raise
    return module


def load_source(path: Path) -> type[Source]:
    """The one source that a definition file defines; raises DefinitionError when it defines none."""
    module = _load(path)
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Source) and value.__module__ == module.__name__:
            return value
    raise DefinitionError(f"{path}: defines no source")


class Definitions(Mapping[str, type[Source]]):
    """Sources by name. A definition is imported, and checked, when it is first asked for: whoever wants one
    does not wait for all. What is asked for may raise DefinitionError."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._loaded: dict[str, type[Source]] = {}

    def __getitem__(self, name: str) -> type[Source]:
        if name not in self._loaded:
            self._loaded[name] = load_source(self._files[name])
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


class Crawled(Mapping[str, type[Source]]):
    """Those of the definitions that have a way of finding releases."""

    def __init__(self, definitions: Mapping[str, type[Source]]) -> None:
        self._definitions = definitions

    def __getitem__(self, name: str) -> type[Source]:
        source = self._definitions[name]
        if not source.discoveries():
            raise KeyError(name)
        return source

    def __iter__(self) -> Iterator[str]:
        return (name for name, source in self._definitions.items() if source.discoveries())

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=1)
def registry() -> Mapping[str, type[Source]]:
    """All sources by name, found by walking crawler/sources (country folder / file)."""
    found: dict[str, Path] = {}
    for path in sorted(SOURCES_FOLDER.glob("*/[!_]*.py")):
        if path.stem in found:
            raise DefinitionError(
                f"{path}: name: there is another {path.name} in {found[path.stem].parent.name}/"
            )
        found[path.stem] = path
    return Definitions(found)


def definition_digest(source: type[Source]) -> str:
    """`sha256:` over the files of the definition and its platform: another digest, another definition."""
    texts = hashlib.sha256()
    for ancestor in source.__mro__:
        if issubclass(ancestor, Source) and ancestor is not Source:
            file = sys.modules[ancestor.__module__].__file__
            if file is None:
                raise DefinitionError(f"{ancestor.__module__}: has no file")
            # Line ends differ between checkouts, definitions do not.
            texts.update(Path(file).read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"sha256:{texts.hexdigest()}"


def crawled_sources() -> Mapping[str, type[Source]]:
    """The sources that have a way of finding releases: all but those for saved pages."""
    return Crawled(registry())


def _is_record(source: type[Source], url: str) -> bool:
    """Whether an address is that of records in an API of the source, one or a page of them."""
    address = url.partition("#")[0]
    for discovery in source.discoveries():
        if isinstance(discovery, Api) and discovery.fetch is not None:
            one = re.escape(discovery.fetch).replace(r"\{link\}", ".+").replace(r"\{id\}", "[^/?]+")
            one = one.replace(r"\{language\}", "[^/?&]+")
            many = discovery.embedded and address.partition("?")[0] == discovery.url.partition("?")[0]
            if many or re.fullmatch(one, address):
                return True
    return False


def source_for(url: str) -> type[Source] | None:
    """The source of an address, which may be a release's or a record's in an API; None: nobody knows it."""
    host = urlsplit(url).hostname or ""
    for source in registry().values():
        ours = host in source.hosts or f"www.{host}" in source.hosts
        if ours and (source.address_key(url) is not None or _is_record(source, url)):
            return source
    return None


def source_named(name: str) -> type[Source]:
    """The source of that name; LookupError lists the names that exist."""
    try:
        return registry()[name]
    except KeyError:
        raise LookupError(f"no source {name!r}; there are: {', '.join(registry())}") from None
