"""www.state.gov: a WordPress site with its REST interface, and the tree of Spanish translations."""

from __future__ import annotations

import json
import re
from datetime import datetime

from crawler.replica.addresses import address_of, path_of
from crawler.replica.exchange import JSON, Request, Response, document, page
from crawler.replica.faults import Flavour
from crawler.replica.furniture import furniture
from crawler.replica.plan import ZONES
from crawler.replica.sites.old_layout import old_page
from crawler.replica.wording import wordings
from crawler.replica.world import Entry, World

HOSTS = ("www.state.gov",)
FIRST_ID = 900_000
"""WordPress id of release 0; older releases have smaller ones."""
PER_PAGE = 10
_ROBOTS = "User-agent: *\nCrawl-delay: 5\nDisallow: /private/\nDisallow: /wp-admin/\nDisallow: /search/\n"
_TYPE = "state_press_release"
_API = f"/wp-json/wp/v2/{_TYPE}"
_RELEASE = re.compile(r"/releases/[a-z-]+/\d{4}/\d\d/([a-z0-9-]+)/?$")
_TRANSLATION = re.compile(r"/translations/spanish/([a-z0-9-]+)/?$")
_COLLECTION = re.compile(r"/(press-releases|translations/spanish)(?:/page/(\d+))?/?$")
_COURTESY = (
    "Esta traducción se proporciona como cortesía y únicamente debe considerarse fidedigna la fuente "
    "original "
    "en inglés."
)


class StateGov:
    """Answers for the site."""

    def __init__(self, world: World, page_size: int) -> None:
        self.world = world
        self._furniture = furniture("en", max(0, page_size - 4_500))
        order = world.order("us_state")
        self._english = [each for each in order if world.plan.version(each).language == "en"]
        self._spanish = [each for each in order if world.plan.version(each).language == "es"]

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The page or record at an address."""
        path = request.path
        if path == "/robots.txt":
            return Response(body=_ROBOTS.encode(), content_type="text/plain; charset=utf-8")
        if path.startswith("/wp-json/"):
            return self._api(request, flavour)
        if match := _COLLECTION.match(path):
            return self._collection(match[1], int(match[2] or 1), flavour)
        match = _TRANSLATION.match(path) or _RELEASE.match(path)
        entry = self.world.find("us_state", match[1]) if match else None
        if entry is None or entry.withdrawn or path_of(self.world, entry).rstrip("/") != path.rstrip("/"):
            return page(self._frame("en", "Page not found", "<h1>404</h1>"), 404)
        if flavour is Flavour.OLD_LAYOUT:
            body = self.world.body(entry.number)
            return page(old_page(entry.title, entry.local.date(), body, self._furniture))
        return page(self._article(entry))

    def _present(self, releases: list[int]) -> list[int]:
        gone = self.world.withdrawals
        return [each for each in releases if each not in gone] if gone else releases

    def _api(self, request: Request, flavour: Flavour | None) -> Response:
        path = request.path.rstrip("/")
        if path == _API:
            return self._records(request, flavour)
        if path.startswith(_API + "/"):
            number = path.rpartition("/")[2]
            entry = None
            if number.isdecimal():
                entry = self.world.numbered("us_state", FIRST_ID - int(number))
            if entry is None or entry.withdrawn or entry.language != "en":
                return _refusal(404, "rest_post_invalid_id", "Invalid post ID.")
            return document(_chosen(self._record(entry), request))
        if path == "/wp-json/wp/v2/posts":
            return document([]).header("X-WP-Total", "0").header("X-WP-TotalPages", "0")
        if path == "/wp-json/wp/v2/users":
            return _refusal(403, "rest_forbidden", "You are not allowed to do that.")
        return _refusal(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _records(self, request: Request, flavour: Flavour | None) -> Response:
        size = request.number("per_page", 10)
        number = request.number("page", 1)
        if not 1 <= size <= 100 or number < 1:
            return _refusal(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        found = self._present(self._english)
        for name, keep in (("after", lambda at, bound: at > bound), ("before", lambda at, bound: at < bound)):
            if text := request.parameter(name):
                bound = _moment(text)
                found = [each for each in found if keep(self.world.plan.posted_at(each), bound)]
        if text := request.parameter("modified_after"):
            bound = _moment(text)
            found = [each for each in found if self.world.entry(each).changed_at > bound]
        if slug := request.parameter("slug"):
            entry = self.world.find("us_state", slug)
            found = [each for each in found if entry is not None and each == entry.number]
        if request.parameter("orderby") == "modified":
            found = sorted(found, key=lambda each: self.world.entry(each).changed_at, reverse=True)
        if request.parameter("order", "desc") == "asc":
            found = found[::-1]
        if flavour is Flavour.FROZEN_LISTING:
            number = max(1, number - 1)
        if flavour is Flavour.EMPTY_LISTING:
            found = []
        pages = -(-len(found) // size)
        if number > max(1, pages):
            return _refusal(
                400,
                "rest_post_invalid_page_number",
                "The page number requested is larger than the number of pages available.",
            )
        shown = found[(number - 1) * size : number * size]
        records = [_chosen(self._record(self.world.entry(each)), request) for each in shown]
        response = document(records)
        return response.header("X-WP-Total", str(len(found))).header("X-WP-TotalPages", str(pages))

    def _record(self, entry: Entry) -> dict[str, object]:
        changed = entry.changed_at
        title = entry.title.replace("“", "&#8220;").replace("”", "&#8221;")
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in self.world.body(entry.number))
        return {
            "id": FIRST_ID - entry.number,
            "date": f"{entry.local:%Y-%m-%dT%H:%M:%S}",
            "date_gmt": f"{entry.posted_at:%Y-%m-%dT%H:%M:%S}",
            "guid": {
                "rendered": f"https://www.state.gov/?post_type={_TYPE}&#038;p={FIRST_ID - entry.number}"
            },
            "modified": f"{changed.astimezone(ZONES['us_state']):%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{changed:%Y-%m-%dT%H:%M:%S}",
            "slug": entry.slug,
            "status": "publish",
            "type": _TYPE,
            "link": address_of(self.world, entry),
            "title": {"rendered": title},
            "content": {"rendered": f"\n{text}", "protected": False},
            "excerpt": {"rendered": "", "protected": False},
            "template": "",
            "class_list": [
                f"post-{FIRST_ID - entry.number}",
                _TYPE,
                f"type-{_TYPE}",
                "status-publish",
                "state_bureaus-office-of-the-spokesperson",
                "state_document_type-press-statement",
            ],
            "acf": {"document_date": f"{entry.local:%Y%m%d}"},
        }

    def _collection(self, tree: str, number: int, flavour: Flavour | None) -> Response:
        spanish = tree != "press-releases"
        found = self._present(self._spanish if spanish else self._english)
        if flavour is Flavour.FROZEN_LISTING:
            number = max(1, number - 1)
        shown = found[(number - 1) * PER_PAGE : number * PER_PAGE] if number else []
        if flavour is Flavour.EMPTY_LISTING:
            shown = []
        kind = "Traducción" if spanish else "Press Statement"
        items = ""
        for release in shown:
            entry = self.world.entry(release)
            items += (
                f'<li class="collection-result">\n<p class="collection-result__date">{kind}</p>\n'
                f'<a class="collection-result__link" href="{address_of(self.world, entry)}">{entry.title}</a>'
                f"\n"
                f'<div class="collection-result-meta"><span>Office of the Spokesperson</span>'
                f"<span>{wordings()['en'].day(entry.local.date())}</span></div>\n</li>\n"
            )
        last = -(-len(found) // PER_PAGE)
        follow = (
            f'<a class="next page-numbers" href="https://www.state.gov/{tree}/page/{number + 1}/">Next</a>'
            if number < last
            else ""
        )
        content = (
            f'<h1 class="page-header__title">'
            f"{'Traducciones al español' if spanish else 'Press Releases'}</h1>\n"
            f'<ul class="collection-results">\n{items}</ul>\n<div class="pagination">{follow}</div>\n'
        )
        return page(self._frame("es" if spanish else "en", "Collection", content))

    def _article(self, entry: Entry) -> str:
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in self.world.body(entry.number))
        posted = wordings()["en"].day(entry.local.date())
        if entry.language == "es":
            said = wordings()["es"].day(entry.said_on)
            text = (
                f"<p>Departamento de Estado de los Estados Unidos<br>\nOficina del Portavoz<br>\n{said}</p>\n"
                f"{text}<hr>\n<p><em>{_COURTESY}</em></p>\n"
            )
        content = (
            f'<div class="article-meta"><p class="article-meta__doctype">Press Statement</p></div>\n'
            f'<h1 class="featured-content__headline">{entry.title}</h1>\n'
            f'<p class="article-meta__author-bureau">Office of the Spokesperson</p>\n'
            f'<p class="article-meta__publish-date">{posted}</p>\n<div class="entry-content">\n{text}'
            f'<div class="tags"><a href="/subjects/diplomacy/">Diplomacy</a></div>\n'
            f'<div class="share"><a href="/share/">Share</a></div>\n</div>\n'
        )
        return self._frame(entry.language, entry.title, content)

    def _frame(self, language: str, title: str, content: str) -> str:
        return (
            f'<!DOCTYPE html>\n<html lang="{language}-US">\n<head>\n<meta charset="UTF-8">\n'
            f"<title>{title} - United States Department of State</title>\n</head>\n<body>\n"
            f'<div class="usa-banner">An official website of the United States government</div>\n'
            f"{self._furniture.before}<main>\n{content}</main>\n{self._furniture.after}"
            f'<footer><div class="footer-links">www.state.gov</div></footer>\n</body>\n</html>\n'
        )


def _moment(text: str) -> datetime:
    """An ISO time of a query; without an offset WordPress takes the site's own zone."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or ZONES["us_state"])


def _refusal(status: int, code: str, message: str) -> Response:
    body = json.dumps({"code": code, "message": message, "data": {"status": status}}).encode()
    return Response(status, body, JSON)


def _chosen(record: dict[str, object], request: Request) -> dict[str, object]:
    """The fields that `_fields` names; all of them without it."""
    wanted = request.parameter("_fields")
    if not wanted:
        return record
    names = {name.strip().partition(".")[0] for name in wanted.split(",")}
    return {name: value for name, value in record.items() if name in names}
