"""Where each release of the replica stands: addresses as the real sites form them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.items import KindOfRelease
from crawler.replica.plan import FIRST_MIRROR_NUMBER
from crawler.replica.world import Entry, World

AGENCIES = {"sre": "mx_sre", "segob": "mx_segob", "shcp": "mx_shcp"}
"""Path segment on www.gob.mx -> source."""
_AGENCY_OF = {source: agency for agency, source in AGENCIES.items()}
CANADIAN_PATHS = {"en": "en/global-affairs/news", "fr": "fr/affaires-mondiales/nouvelles"}

_MIRROR_PAGE = re.compile(r"/id(\d{1,6})\.html$")


def path_of(world: World, entry: Entry) -> str:
    """The path of a release's page on its host."""
    if entry.source in _AGENCY_OF:
        return f"/{_AGENCY_OF[entry.source]}/prensa/{entry.slug}"
    if entry.source == "mexidata":
        return f"/id{world.mirror_number(entry.number)}.html"
    if entry.source == "us_state":
        if entry.language == "es":
            return f"/translations/spanish/{entry.slug}/"
        return f"/releases/office-of-the-spokesperson/{entry.local:%Y/%m}/{entry.slug}/"
    if entry.source == "us_dhs":
        return f"/news/{entry.local:%Y/%m/%d}/{entry.slug}"
    if entry.source == "uk_fcdo":
        original = world.entry(world.plan.first[world.plan.statement[entry.number]])
        section = "speeches" if entry.kind is KindOfRelease.SPEECH else "news"
        suffix = "" if entry.language == "en" else f".{entry.language}"
        return f"/government/{section}/{original.slug}{suffix}"
    return f"/{CANADIAN_PATHS[entry.language]}/{entry.local:%Y/%m}/{entry.slug}.html"


_HOSTS = {
    "mx_sre": "https://www.gob.mx",
    "mx_segob": "https://www.gob.mx",
    "mx_shcp": "https://www.gob.mx",
    "mexidata": "http://mexidata.info",
    "us_state": "https://www.state.gov",
    "us_dhs": "https://www.dhs.gov",
    "uk_fcdo": "https://www.gov.uk",
    "ca_gac": "https://www.canada.ca",
}


def address_of(world: World, entry: Entry) -> str:
    """The address of a release as a reader would open it."""
    return _HOSTS[entry.source] + path_of(world, entry)


def release_at(world: World, url: str) -> int:
    """The number of the release at an address (whatever query and scheme); LookupError if there is none."""
    parts = urlsplit(url)
    path = parts.path.removeprefix("/api/content").rstrip("/")
    if match := _MIRROR_PAGE.search(path):
        place = int(match[1]) - FIRST_MIRROR_NUMBER
        if 0 <= place < len(world.plan.mirror) and world.plan.mirror[place] >= 0:
            return world.plan.mirror[place]
        raise LookupError(f"no release of the replica stands at {url}")
    number = re.search(r"-(\d+)(?:\.html|\.([a-z]{2}))?$", path)
    if number and int(number[1]) < len(world):
        release = int(number[1])
        if number[2]:
            release = next(
                (each for each in world.plan.releases_of(world.plan.statement[release])
                 if world.plan.version(each).language == number[2]), release
            )  # fmt: skip
        entry = world.entry(release)
        if path_of(world, entry).rstrip("/") == re.sub(r"^(/[a-z]+)/e[sn]/prensa/", r"\1/prensa/", path):
            return release
    raise LookupError(f"no release of the replica stands at {url}")
