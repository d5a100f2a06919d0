"""www.gov.uk: search API, Content API with translations and withdrawals, and plain pages."""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import datetime

from crawler.items import KindOfRelease
from crawler.replica.addresses import path_of, release_at
from crawler.replica.exchange import Request, Response, document, page, validated
from crawler.replica.faults import Flavour
from crawler.replica.furniture import furniture
from crawler.replica.world import Entry, World

HOSTS = ("www.gov.uk",)
SITE = "https://www.gov.uk"
_ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /*/print$\nDisallow: /search/all*\n"
_ORGANISATION = "Foreign, Commonwealth & Development Office"
_ORGANISATION_SLUG = "foreign-commonwealth-development-office"
_PARAMETER = re.compile(r"(q|order|count|start|fields|(?:filter|reject|aggregate|facet)_[a-z_]+)(\[\])?$")
_WITHDRAWN = "This page is out of date and has been withdrawn."
_MOST = 1500


class GovUk:
    """Answers for the site."""

    def __init__(self, world: World, page_size: int) -> None:
        self.world = world
        self._furniture = furniture("en", max(0, page_size - 4_500))
        self._english = [each for each in world.order("uk_fcdo") if world.plan.version(each).language == "en"]

        self._listed = frozenset(self._english)

    def answer(self, request: Request, flavour: Flavour | None) -> Response:
        """The page or record at an address."""
        if request.path == "/robots.txt":
            return Response(body=_ROBOTS.encode(), content_type="text/plain; charset=utf-8")
        if request.path == "/api/search.json":
            return self._search(request, flavour)
        api = request.path.startswith("/api/content/")
        try:
            entry = self.world.entry(release_at(self.world, SITE + request.path))
        except LookupError:
            entry = None
        if entry is None or entry.source != "uk_fcdo":
            if api:
                return document({"message": "Not found: the content item does not exist"}, 404)
            return page(self._frame("en", "Page not found - GOV.UK", "<h1>Page not found</h1>"), 404)
        if api:
            return validated(document(self._content(entry)), request, entry.changed_at)
        return validated(page(self._article(entry)), request, entry.changed_at)

    def _kind(self, entry: Entry) -> str:
        if entry.kind is KindOfRelease.SPEECH:
            return "speech"
        return "news_story" if self.world.plan.statement[entry.number] % 3 == 0 else "press_release"

    def _newest_first(self) -> list[int]:
        """By public timestamp: what was changed comes up again."""
        changed = [each for each in dict.fromkeys(reversed(self.world.changes)) if each in self._listed]
        return [*changed, *(each for each in self._english if each not in changed)]

    def _search(self, request: Request, flavour: Flavour | None) -> Response:
        unknown = [name for name, _ in request.query if not _PARAMETER.match(name)]
        if unknown:
            return document({"error": f"Unexpected parameters: {', '.join(unknown)}"}, 422)
        count, start = request.number("count", 10), request.number("start", 0)
        if count > _MOST:
            return document({"error": f"Maximum result set size (as specified in 'count') is {_MOST}"}, 422)
        filters: dict[str, set[str]] = {}
        for name, value in request.query:
            if name.startswith("filter_"):
                filters.setdefault(name.removesuffix("[]").removeprefix("filter_"), set()).add(value)
        found = self._newest_first()
        if "organisations" in filters and _ORGANISATION_SLUG not in filters["organisations"]:
            found = []
        if kinds := filters.get("content_store_document_type"):
            found = [each for each in found if self._kind(self.world.entry(each)) in kinds]
        if request.parameter("order") == "public_timestamp":
            found.reverse()
        if flavour is Flavour.FROZEN_LISTING:
            start = max(0, start - count)
        if flavour is Flavour.EMPTY_LISTING:
            found = []
        wanted = {
            part for name, value in request.query if name.startswith("fields") for part in value.split(",")
        }
        results = []
        for release in found[start : start + count]:
            result = self._result(self.world.entry(release))
            always = {"_id", "elasticsearch_type", "document_type"}
            results.append(
                {key: value for key, value in result.items() if key in wanted | always or not wanted}
            )
        return document(
            {
                "results": results,
                "total": len(found),
                "start": start,
                "aggregates": {},
                "suggested_queries": [],
            }
        )

    def _result(self, entry: Entry) -> dict[str, object]:
        link = path_of(self.world, entry)
        return {
            "title": entry.title,
            "link": link,
            "description": self._description(entry),
            "public_timestamp": f"{entry.changed_at:%Y-%m-%dT%H:%M:%SZ}",
            "content_store_document_type": self._kind(entry),
            "organisations": [
                {"slug": _ORGANISATION_SLUG, "title": _ORGANISATION, "link": _organisation_path()}
            ],
            "_id": link,
            "elasticsearch_type": "edition",
            "document_type": "edition",
        }

    def _description(self, entry: Entry) -> str:
        lead = self.world.composer(entry.number).lead()
        return lead if len(lead) < 160 else lead[:159].rpartition(" ")[0] + "…"

    def content_id(self, entry: Entry) -> str:
        """The id that all translations of a document share."""
        number = self.world.plan.statement[entry.number]
        digest = hashlib.sha256(f"{self.world.seed}/{number}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def _content(self, entry: Entry) -> dict[str, object]:
        base = path_of(self.world, entry)
        identity = self.content_id(entry)
        original = self.world.entry(self.world.plan.first[self.world.plan.statement[entry.number]])
        text = "\n".join(f"<p>{paragraph}</p>" for paragraph in self.world.body(entry.number))
        first = _stamp(original.posted_at)
        public = _stamp(entry.changed_at if entry.revision else entry.posted_at)
        history = [{"note": "First published.", "public_timestamp": first}]
        if entry.revision:
            history.insert(0, {"note": "Corrected the last paragraph.", "public_timestamp": public})
        details: dict[str, object] = {
            "body": f'<div class="govspeak">{text}\n</div>',
            "first_public_at": first,
            "change_history": history,
            "political": True,
            "government": {"title": "A government", "slug": "a-government", "current": True},
            "emphasised_organisations": ["9adfc4ed-9f6c-4976-a6d8-18d34356367c"],
        }
        if entry.kind is KindOfRelease.SPEECH:
            details["delivered_on"] = original.posted_at.isoformat(timespec="seconds")
        content: dict[str, object] = {
            "base_path": base,
            "content_id": identity,
            "document_type": self._kind(entry),
            "first_published_at": first,
            "locale": entry.language,
            "phase": "live",
            "public_updated_at": public,
            "schema_name": "speech" if entry.kind is KindOfRelease.SPEECH else "news_article",
            "title": entry.title,
            "description": self._description(entry),
            "updated_at": _stamp(entry.changed_at),
            "withdrawn_notice": {},
            "details": details,
            "links": {
                "organisations": [
                    {
                        "content_id": "9adfc4ed-9f6c-4976-a6d8-18d34356367c",
                        "title": _ORGANISATION,
                        "locale": "en",
                        "base_path": _organisation_path(),
                        "document_type": "organisation",
                        "web_url": SITE + _organisation_path(),
                    }
                ],
                "available_translations": [
                    self._translation(release, identity)
                    for release in self.world.plan.releases_of(self.world.plan.statement[entry.number])
                ],
            },
        }
        if entry.withdrawn:
            content["withdrawn_notice"] = {
                "explanation": f'<div class="govspeak"><p>{_WITHDRAWN}</p></div>',
                "withdrawn_at": _stamp(entry.changed_at),
            }
        return content

    def _translation(self, release: int, identity: str) -> dict[str, object]:
        entry = self.world.entry(release)
        base = path_of(self.world, entry)
        return {
            "content_id": identity,
            "title": entry.title,
            "locale": entry.language,
            "base_path": base,
            "api_path": f"/api/content{base}",
            "api_url": f"{SITE}/api/content{base}",
            "web_url": SITE + base,
            "document_type": self._kind(entry),
        }

    def _article(self, entry: Entry) -> str:
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in self.world.body(entry.number))
        direction = "rtl" if entry.language == "ar" else "ltr"
        notice = '<div class="gem-c-notice">Withdrawn</div>\n' if entry.withdrawn else ""
        content = (
            f'<h1 class="gem-c-heading__text">{entry.title}</h1>\n{notice}<p class="gem-c-lead-paragraph">'
            f'{self._description(entry)}</p>\n<div class="govspeak direction-{direction}">\n{text}</div>\n'
        )
        return self._frame(entry.language, f"{entry.title} - GOV.UK", content)

    def _frame(self, language: str, title: str, content: str) -> str:
        return (
            f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>'
            f"{title}</title>\n"
            f'</head>\n<body class="gem-c-layout-for-public">\n{self._furniture.before}'
            f'<main id="content" lang="{language}">\n{content}</main>\n{self._furniture.after}'
            f'<footer class="govuk-footer"><div>Crown</div></footer>\n</body>\n</html>\n'
        )


def _organisation_path() -> str:
    return f"/government/organisations/{_ORGANISATION_SLUG}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+00:00"
