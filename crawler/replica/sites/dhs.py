"""www.dhs.gov: a Drupal listing and its articles."""

from __future__ import annotations

import re

from crawler.replica.addresses import path_of
from crawler.replica.exchange import Request, Response, page, validated
from crawler.replica.faults import Flavour
from crawler.replica.furniture import furniture
from crawler.replica.sites.old_layout import old_page
from crawler.replica.wording import wordings
from crawler.replica.world import Entry, World

HOSTS = ("www.dhs.gov",)
_ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /admin/\nDisallow: /search/\n"
_LISTING = "/news-releases/press-releases"
_ARCHIVE = "/archive/news-releases/press-releases"
_ARTICLE = re.compile(r"(?:/archive)?(/news/\d{4}/\d\d/\d\d/([a-z0-9-]+))/?$")


class Dhs:
    """Answers for the site."""

    def __init__(self, world: World, page_size: int) -> None:
        self.world = world
        self._furniture = furniture("en", max(0, page_size - 4_500))

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The page at an address."""
        if request.path == "/robots.txt":
            return Response(body=_ROBOTS.encode(), content_type="text/plain; charset=utf-8")
        if request.path.rstrip("/") == _LISTING:
            return self._listing(request, flavour)
        if request.path.rstrip("/") == _ARCHIVE:
            return self._archive(request, flavour)
        if match := _ARTICLE.match(request.path):
            entry = self.world.find("us_dhs", match[2])
            if entry is not None and not entry.withdrawn and path_of(self.world, entry) == match[1]:
                if flavour is Flavour.OLD_LAYOUT:
                    body = self.world.body(entry.number)
                    return page(old_page(entry.title, entry.local.date(), body, self._furniture))
                return validated(page(self._article(entry)), request, entry.changed_at)
        return page(self._frame("Page Not Found", "<h1>Page Not Found</h1>"), 404)

    def _listing(self, request: Request, flavour: Flavour | None) -> Response:
        size = min(50, max(1, request.number("items_per_page", 20)))
        number = request.number("page", 0)
        if flavour is Flavour.FROZEN_LISTING:
            number = max(0, number - 1)
        gone = self.world.withdrawals
        found = [each for each in self.world.order("us_dhs") if each not in gone]
        shown = found[number * size : (number + 1) * size]
        if flavour is Flavour.EMPTY_LISTING:
            shown = []
        items = ""
        for release in shown:
            entry = self.world.entry(release)
            items += (
                f'<li class="usa-collection__item">\n<div class="usa-collection__body">\n'
                f'<h3 class="usa-collection__heading"><a class="usa-link" '
                f'href="{path_of(self.world, entry)}">'
                f'{entry.title}</a></h3>\n<ul class="usa-collection__meta"><li '
                f'class="usa-collection__meta-item">'
                f'<time datetime="{entry.local.isoformat()}">'
                f"{wordings()['en'].day(entry.local.date())}</time></li>"
                f"</ul>\n</div>\n</li>\n"
            )
        last = max(0, -(-len(found) // size) - 1)
        numbers = "".join(
            f'<li class="usa-pagination__item"><a href="?page={each}">{each + 1}</a></li>'
            for each in sorted({0, max(0, number - 1), min(last, number + 1), last})
        )
        content = (
            '<h1>Press Releases</h1>\n<div class="views-element-container"><div class="view-content">\n'
            f'<ul class="usa-collection">\n{items}</ul>\n</div></div>\n'
            f'<nav class="usa-pagination"><ul class="usa-pagination__list">{numbers}</ul></nav>\n'
        )
        return page(self._frame("Press Releases", content))

    def _archive(self, request: Request, flavour: Flavour | None) -> Response:
        """The older half again, as rows of another markup that lead to the articles' second addresses."""
        size = min(50, max(1, request.number("items_per_page", 20)))
        number = request.number("page", 0)
        gone = self.world.withdrawals
        found = [each for each in self.world.order("us_dhs") if each not in gone]
        older = found[len(found) // 2 :]
        shown = [] if flavour is Flavour.EMPTY_LISTING else older[number * size : (number + 1) * size]
        rows = ""
        for release in shown:
            entry = self.world.entry(release)
            rows += (
                f'<div class="views-row"><time datetime="{entry.local.isoformat()}">'
                f"{wordings()['en'].day(entry.local.date())}</time> "
                f'<a href="/archive{path_of(self.world, entry)}">{entry.title}</a></div>\n'
            )
        content = f'<h1>Archived Press Releases</h1>\n<div class="view-content">\n{rows}</div>\n'
        return page(self._frame("Archived Press Releases", content))

    def _article(self, entry: Entry) -> str:
        lead, *rest = self.world.body(entry.number)
        if entry.family != "state_dhs":
            lead = f"WASHINGTON — {lead}"
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in (lead, *rest))
        content = (
            f'<h1 class="uswds-page-title">{entry.title}</h1>\n<div class="news-release-date-block">Release '
            f"Date: "
            f'{wordings()["en"].day(entry.local.date())}</div>\n<div class="immediate">For Immediate '
            f"Release</div>\n"
            f'<div class="field field--name-body"><div class="field__item">\n{text}</div></div>\n'
            f'<div class="field field--name-topics">Topics: <a href="/topics/homeland-security">Homeland</a>'
            f"</div>\n"
        )
        return self._frame(entry.title, content)

    def _frame(self, title: str, content: str) -> str:
        return (
            f'<!DOCTYPE html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{title} | Homeland Security</title>\n</head>\n<body>\n"
            f'<div class="usa-banner">An official website of the United States government</div>\n'
            f'{self._furniture.before}<main id="main-content">\n{content}</main>\n{self._furniture.after}'
            f'<footer><div class="usa-footer">www.dhs.gov</div></footer>\n</body>\n</html>\n'
        )
