"""api.io.canada.ca (Atom) and www.canada.ca (articles): one department, English and French."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode

from crawler.items import KindOfRelease
from crawler.replica.addresses import CANADIAN_PATHS, address_of, path_of
from crawler.replica.exchange import Request, Response, page, validated
from crawler.replica.faults import Flavour
from crawler.replica.furniture import furniture
from crawler.replica.plan import MOST_CANADIAN
from crawler.replica.sites.old_layout import old_page
from crawler.replica.wording import wordings
from crawler.replica.world import Entry, World

HOSTS = ("api.io.canada.ca", "www.canada.ca")
_ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /content/dam/internal/\n"
_API = re.compile(r"/io-server/gc/news/(en|fr)/v2$")
_ARTICLE = re.compile(
    r"/(?:en/global-affairs/news|fr/affaires-mondiales/nouvelles)/\d{4}/\d\d/([a-z0-9-]+)\.html$"
)
_DEPARTMENT = "departmentofforeignaffairstradeanddevelopment"
_TYPES = {"newsreleases": KindOfRelease.COMMUNIQUE, "statements": KindOfRelease.STATEMENT}
_OTHER_TYPES = {"readouts", "mediaadvisories", "speeches", "backgrounders"}
_KNOWN = {
    "dept",
    "type",
    "sort",
    "orderBy",
    "pick",
    "format",
    "atomtitle",
    "publishedDate>",
    "publishedDate<",
}
_WORDS = {
    "en": (
        "News release",
        "Statement",
        "Global Affairs Canada",
        "From:",
        "Ottawa, Ontario",
        "Media Relations Office",
    ),
    "fr": (
        "Communiqué de presse",
        "Déclaration",
        "Affaires mondiales Canada",
        "De :",
        "Ottawa (Ontario)",
        "Bureau des relations avec les médias",
    ),
}


class Canada:
    """Answers for both hosts."""

    def __init__(self, world: World, page_size: int) -> None:
        self.world = world
        self._furniture = {
            language: furniture(language, max(0, page_size - 5_000)) for language in ("en", "fr")
        }
        self._of = {
            language: [
                each for each in world.order("ca_gac") if world.plan.version(each).language == language
            ]
            for language in ("en", "fr")
        }

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The feed or page at an address."""
        if request.path == "/robots.txt":
            return Response(body=_ROBOTS.encode(), content_type="text/plain; charset=utf-8")
        if request.host == "api.io.canada.ca":
            if match := _API.match(request.path):
                return self._feed(match[1], request, flavour)
            return Response(404, b"Not Found", "text/plain")
        if match := _ARTICLE.match(request.path):
            entry = self.world.find("ca_gac", match[1])
            if entry is not None and not entry.withdrawn and path_of(self.world, entry) == request.path:
                if flavour is Flavour.OLD_LAYOUT:
                    body = self.world.body(entry.number)
                    return page(
                        old_page(entry.title, entry.local.date(), body, self._furniture[entry.language])
                    )
                return page(self._article(entry))
        return page(self._frame("en", "We couldn't find that Web page", "<h1>Error 404</h1>", ""), 404)

    def _asked(self, language: str, request: Request) -> list[int]:
        """What the parameters ask for; nothing at all when one is unknown or wrong, as the real API does."""
        asked = dict(request.query)
        pick = request.number("pick", 0)
        right = (
            set(asked) <= _KNOWN
            and asked.get("dept", _DEPARTMENT) == _DEPARTMENT
            and asked.get("type", "statements") in {*_TYPES, *_OTHER_TYPES}
            and asked.get("sort", "publishedDate") == "publishedDate"
            and asked.get("orderBy", "desc") in ("asc", "desc")
            and asked.get("format") == "atom"
            and 1 <= pick <= MOST_CANADIAN
        )
        if not right:
            return []
        gone = self.world.withdrawals
        found = [each for each in self._of[language] if each not in gone]
        if kind := asked.get("type"):
            found = [each for each in found if self.world.entry(each).kind is _TYPES.get(kind)]
        if floor := asked.get("publishedDate>"):
            found = [each for each in found if self.world.entry(each).local.date().isoformat() >= floor]
        if ceiling := asked.get("publishedDate<"):
            found = [each for each in found if self.world.entry(each).local.date().isoformat() <= ceiling]
        if asked.get("orderBy") == "asc":
            found.reverse()
        return found[:pick]

    def _feed(self, language: str, request: Request, flavour: Flavour | None) -> Response:
        found = [] if flavour is Flavour.EMPTY_LISTING else self._asked(language, request)
        entries = "".join(self._feed_entry(self.world.entry(each)) for each in found)
        own = escape(f"https://api.io.canada.ca{request.path}?{urlencode(request.query)}")
        newest = self.world.entry(found[0]).changed_at if found else self.world.now
        title = escape(request.parameter("atomtitle", "news"))
        feed = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
            f'xml:lang="{language}">\n'
            f'<title>{title}</title>\n<id>{own}</id>\n<link rel="self" href="{own}"/>\n'
            f"<updated>{newest:%Y-%m-%dT%H:%M:%SZ}</updated>\n{entries}</feed>\n"
        )
        response = Response(body=feed.encode(), content_type="application/atom+xml; charset=utf-8")
        return validated(response, request)

    def _feed_entry(self, entry: Entry) -> str:
        link = address_of(self.world, entry)
        return (
            f'<entry>\n<title>{escape(entry.title)}</title>\n<link rel="alternate" type="text/html" '
            f'href="{link}"/>\n'
            f"<id>{link}</id>\n<published>{entry.local.isoformat()}</published>\n"
            f"<updated>{entry.changed_at:%Y-%m-%dT%H:%M:%SZ}</updated>\n"
            f"<summary>{escape(self.world.composer(entry.number).lead())}</summary>\n</entry>\n"
        )

    def _twin(self, entry: Entry) -> Entry:
        releases = self.world.plan.releases_of(self.world.plan.statement[entry.number])
        return self.world.entry(next(each for each in releases if each != entry.number))

    def _article(self, entry: Entry) -> str:
        twin = self._twin(entry)
        communique, statement, department, of, place, contact = _WORDS[entry.language]
        kind = statement if entry.kind is KindOfRelease.STATEMENT else communique
        day = wordings()[entry.language].day(entry.local.date())
        dateline = f"{'Le ' if entry.language == 'fr' else ''}{day} – {place} – {department}"
        paragraphs = "".join(f"<p>{text}</p>\n" for text in (dateline, *self.world.body(entry.number)))
        head = "".join(
            f'<link rel="alternate" hreflang="{each.language}" href="{address_of(self.world, each)}">\n'
            for each in sorted((entry, twin), key=lambda each: each.language)
        )
        head += (
            f'<meta name="dcterms.issued" title="W3CDTF" content="{entry.local:%Y-%m-%d}">\n'
            f'<meta name="dcterms.language" content="{"eng" if entry.language == "en" else "fra"}">\n'
        )
        switch = "English" if twin.language == "en" else "Français"
        content = (
            f'<section id="wb-lng"><h2>Language</h2><ul><li><a lang="{twin.language}" '
            f'href="{path_of(self.world, twin)}">{switch}</a></li></ul></section>\n'
            f'<main property="mainContentOfPage">\n<h1 property="name" id="wb-cont">{entry.title}</h1>\n'
            f'<p class="gc-byline"><strong>{of} <a href="/{CANADIAN_PATHS[entry.language]}.html">'
            f"{department}</a>"
            f'</strong></p>\n<div id="news-release-container">\n<h2>{kind}</h2>\n'
            f'<p class="teaser hidden">{self.world.composer(entry.number).lead()}</p>\n'
            f'<div class="cmp-text">\n{paragraphs}</div>\n</div>\n<div class="contacts"><h2>Contacts</h2>'
            f"<p>{contact}</p></div>\n</main>\n"
        )
        return self._frame(entry.language, entry.title, content, head)

    def _frame(self, language: str, title: str, content: str, head: str) -> str:
        around = self._furniture[language]
        return (
            f'<!DOCTYPE html>\n<html lang="{language}" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{title} - Canada.ca</title>\n{head}</head>\n<body>\n"
            f"{around.before}{content}{around.after}"
            f'<footer id="wb-info"><div>Canada.ca</div></footer>\n</body>\n</html>\n'
        )
