"""Pages that are several releases: the `Parts` layout."""

from __future__ import annotations

from dataclasses import replace

from crawler.declare import Parts
from crawler.items import Due, ReleaseItem
from crawler.pages.challenge import judge_release
from crawler.pages.doubt import cut_inside
from crawler.pages.fields import read_fields
from crawler.pages.item import day_by_index, make_item
from crawler.pages.page import Page
from crawler.pages.reading import Failure, Unfit
from crawler.pages.values import Known
from crawler.source import Source


def read_parts(
    source: type[Source], layout: Parts, page: Page, hint: Due | None, known: Known
) -> tuple[ReleaseItem, ...] | Unfit | Failure:
    """An item for each part, or what one of them misses. The first has the page's own key and address."""
    key = (hint.key.partition("#")[0] if hint is not None else None) or source.address_key(page.url)
    items: list[ReleaseItem] = []
    for name, part in layout.parts.items():
        spoken = name if name in source.languages else known.language
        values = read_fields(source, part, page, replace(known, language=spoken))
        if isinstance(values, Unfit):
            return Unfit(tuple(f"{name}: {rule}" for rule in values.rules))
        failure = judge_release(values["title"], values["body"]) or cut_inside(page, part)
        if failure is not None:
            return failure
        notes = day_by_index(source, part, values, hint)
        item = make_item(source, page, values, hint, notes=notes)
        shared = (*item.shared_ids, f"page:{key}")
        if items:
            item = replace(item, key=f"{key}#{name}", url=f"{item.url}#{name}", shared_ids=shared)
        else:
            item = replace(item, key=key, shared_ids=shared)
        items.append(item)
    return tuple(items)
