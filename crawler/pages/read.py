"""One capture to one reading: declared layouts first, then general extraction, never a page that is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.declare import Fields, Flow, Layout, Parts, Pdf, Record, Unruled
from crawler.items import Capture, Due, FailureKind, ReadBy, ReleaseItem
from crawler.pages.challenge import judge_page, judge_redirect, judge_release
from crawler.pages.doubt import cut_inside, doubt_of, doubt_of_page, doubt_of_text, doubt_of_title
from crawler.pages.fallback import read_generally
from crawler.pages.fields import further_values, read_fields, title_and_body
from crawler.pages.flow import read_flow, skip_reason
from crawler.pages.item import day_by_index, make_item, versions_of
from crawler.pages.page import Page, UnreadableJson, language_tag
from crawler.pages.parts import read_parts
from crawler.pages.pdf import read_pdf
from crawler.pages.reading import Failure, Reading, Unfit
from crawler.pages.record import read_record, type_name
from crawler.pages.script import embedded_json
from crawler.pages.selectors import WrongShape, compile_pattern
from crawler.pages.values import Known, Values
from crawler.source import Source

__all__ = ["Failure", "Reading", "read_page"]

_DATA_PATH = re.compile(r"/(?:api|wp-json|io-server)/|\.json$", re.IGNORECASE)


def read_page(source: type[Source], capture: Capture, hint: Due | None = None) -> Reading:
    """What the captured response says, by the source's definition.

    A page that no layout fits is read generally, and its item says that nobody vouches for it (`doubt`),
    unless the definition wants such pages (`Unruled`).
    `hint` is the ledger's entry: its key is the item's, and what the index said fills what the page does not
    say. Bad input never raises; an error in a `read_<field>` method of the definition does.
    """
    page = Page(capture)
    failure = _refused(page)
    if failure is not None:
        return Reading(failure=failure)
    meant = [each for each in source.layouts() if applies(each, page)]
    layouts = [each for each in meant if not isinstance(each, Unruled)]
    if page.is_pdf:
        return _read_pdf(source, [each for each in layouts if isinstance(each, Pdf)], page, hint)
    if page.is_json:
        records = [each for each in layouts if isinstance(each, Record) and each.script is None]
        return _read_json(source, records, page, hint)
    if page.tree is None and not page.is_saved_text:
        return _failed(FailureKind.UNREADABLE, f"expected an HTML page, found {_shown(capture.body)}")
    unfit: list[Unfit] = []
    for layout in layouts:
        if isinstance(layout, Parts):
            parts = read_parts(source, layout, page, hint, known_of(source, layout, page, hint))
            if isinstance(parts, Failure):
                return Reading(failure=parts)
            if not isinstance(parts, Unfit):
                return _reading(source, parts, page)
            unfit.append(parts)
            continue
        values = _by_layout(source, layout, page, hint)
        if isinstance(values, str):
            return Reading(skipped=values)
        if isinstance(values, Failure):
            return Reading(failure=values)
        if isinstance(values, Unfit):
            unfit.append(values)
            continue
        failure = judge_release(values["title"], values["body"])
        if failure is None and isinstance(layout, Fields):
            failure = cut_inside(page, layout)
        if failure is not None:
            return Reading(failure=failure)
        notes = day_by_index(source, layout, values, hint)
        return _reading(source, (make_item(source, page, values, hint, notes=notes),), page)
    return _without_rules(source, layouts, page, hint, unfit, wanted=len(meant) > len(layouts))


def _refused(page: Page) -> Failure | None:
    """A failure for what cannot be a page at all."""
    capture = page.capture
    if not 200 <= capture.status < 300:
        judged = judge_page(page)
        if judged is not None and judged.kind is FailureKind.CHALLENGE:
            return judged
        return Failure(
            FailureKind.HTTP, f"expected {capture.url} with status 200, found status {capture.status}"
        )
    if not capture.body or capture.body.isspace():
        return Failure(FailureKind.UNREADABLE, f"expected a page at {capture.url}, found an empty body")
    if page.binary is not None and not page.is_pdf:
        return Failure(FailureKind.UNREADABLE, f"expected a page at {capture.url}, found {page.binary}")
    return judge_redirect(page)


def applies(layout: Layout, page: Page) -> bool:
    """Whether a layout is meant for this address and this time of capture."""
    if layout.path is not None and compile_pattern(layout.path).search(page.url) is None:
        return False
    return layout.until is None or page.capture.captured_at.date() <= layout.until


def known_of(source: type[Source], layout: Layout, page: Page, hint: Due | None) -> Known:
    """What address, index and capture tell of a page."""
    match = compile_pattern(layout.path).search(page.url) if layout.path is not None else None
    language = match.groupdict().get("language") if match is not None else None
    return Known(
        taken_on=page.capture.captured_at.astimezone(source.zone()).date(),
        language=language_tag(language) if language else None,
        language_by_index=hint.language if hint is not None else None,
        by_index=hint.posted_on if hint is not None else None,
    )


def _read_pdf(source: type[Source], layouts: list[Pdf], page: Page, hint: Due | None) -> Reading:
    """A PDF file by the first layout that fits; it has no other reading."""
    if not layouts:
        found = "a PDF file and no Pdf layout for it"
        return _failed(FailureKind.UNREADABLE, f"expected a page at {page.capture.url}, found {found}")
    missing: list[str] = []
    for layout in layouts:
        values = read_pdf(source, layout, page, hint, known_of(source, layout, page, hint))
        if isinstance(values, Failure):
            return Reading(failure=values)
        if not isinstance(values, Unfit):
            notes = day_by_index(source, layout, values, hint)
            return _reading(source, (make_item(source, page, values, hint, notes=notes),), page)
        missing.append(values.note)
    detail = f"expected a PDF file as declared at {page.capture.url} ({'; '.join(missing)})"
    return _failed(FailureKind.LAYOUT, detail)


def _by_layout(
    source: type[Source], layout: Fields | Record | Flow | Pdf, page: Page, hint: Due | None
) -> Values | Unfit | Failure | str:
    """The values that a layout finds, what it misses, why it fails, or (a str) why the page is skipped."""
    known = known_of(source, layout, page, hint)
    if isinstance(layout, Fields):
        return read_fields(source, layout, page, known)
    if isinstance(layout, Flow):
        reason = skip_reason(layout, page)
        return reason if reason is not None else read_flow(source, layout, page)
    if isinstance(layout, Pdf):
        return Unfit(("no PDF file",))
    if layout.script is None:
        return Unfit(("no JSON",))
    try:
        record = embedded_json(page, layout.script)
        return Unfit(("script",)) if record is None else read_record(source, layout, record, page, known)
    except UnreadableJson:
        return Unfit(("script",))
    except WrongShape as error:
        return Failure(FailureKind.UNREADABLE, f"record in {page.capture.url}: {error}")


def _reading(source: type[Source], items: tuple[ReleaseItem, ...], page: Page) -> Reading:
    found = {each.key: each for item in items for each in versions_of(source, item, page)}
    own = {item.key for item in items}
    return Reading(items=items, discovered=tuple(each for key, each in found.items() if key not in own))


def _failed(kind: FailureKind, detail: str) -> Reading:
    return Reading(failure=Failure(kind, detail))


def _shown(body: bytes) -> str:
    return f"{len(body)} bytes beginning {body[:40]!r}"


def _without_rules(
    source: type[Source],
    layouts: Sequence[Layout],
    page: Page,
    hint: Due | None,
    unfit: list[Unfit],
    *,
    wanted: bool,
) -> Reading:
    """A page that no layout fits: not a page, or read generally, with a doubt unless that is `wanted`."""
    failure = judge_page(page)
    if failure is not None:
        return Reading(failure=failure)
    asked = page.capture.url
    if source.address_key(asked) is not None and source.address_key(page.url) is None:
        detail = f"expected {asked}, but the site led to {page.url}, which is no release's address"
        return _failed(FailureKind.SOFT_404, detail)
    failure = doubt_of(source, layouts, page, wanted=wanted)
    if failure is not None:
        return Reading(failure=failure)
    notes = tuple(each.note for each in unfit[:1]) or ("no rules for this page",)
    data_only = [isinstance(each, Record) and each.script is None for each in layouts]
    if layouts and all(data_only) and _asks_for_data(page):
        return _failed(FailureKind.UNREADABLE, f"expected a JSON record, found a page titled {page.title!r}")
    fields = next((each for each in layouts if isinstance(each, Fields)), None)
    title: str | None = None
    body: tuple[str, ...] = ()
    further: Values = {}
    if fields is not None and page.tree is not None:
        # What the declared layout still finds is nearer to the truth than general extraction.
        title, body = title_and_body(source, fields, page)
        further = further_values(source, fields, page, known_of(source, fields, page, hint))
    dated = bool(further.get("posted")) or (hint is not None and hint.posted_on is not None)
    told = further.get("posted_on") or (hint.posted_on if hint and not further.get("posted") else None)
    values = read_generally(source, page, title=title, body=body, dated=dated, posted_on=told)
    if values is None:
        expected = f"{len(layouts)} declared layout{'s' if len(layouts) != 1 else ''}"
        return _failed(
            FailureKind.LAYOUT,
            f"expected a page of {expected} ({'; '.join(notes)}), found none, and no text by general "
            f"extraction; title {page.title!r}. Save the page as a sample and correct the definition.",
        )
    if hint is not None and hint.posted_on is not None and not further.get("posted"):
        values["posted_on"] = hint.posted_on
        notes = (*notes, "date by index")
    found_notes = values.pop("notes", ())
    merged: Values = {"language": page.language, **values, **{k: v for k, v in further.items() if v}}
    failure = judge_release(merged["title"], merged["body"])
    if failure is None and layouts:
        failure = doubt_of_page(page, hint, merged["title"])
    if failure is None and fields is not None and body and not title:
        failure = doubt_of_title(source, fields, page, hint, merged["title"], further)
    if failure is not None:
        return Reading(failure=failure)
    if not wanted and not body:
        merged["doubt"] = doubt_of_text(page, notes[0])
    item = make_item(source, page, merged, hint, read_by=ReadBy.FALLBACK, notes=(*notes, *found_notes))
    return _reading(source, (item,), page)


def _asks_for_data(page: Page) -> bool:
    parts = urlsplit(page.capture.url)
    return bool(_DATA_PATH.search(parts.path)) or (parts.hostname or "").startswith("api.")


def _read_json(source: type[Source], layouts: list[Record], page: Page, hint: Due | None) -> Reading:
    url = page.capture.url
    try:
        data = page.json
    except UnreadableJson as error:
        judged = judge_page(page)
        return (
            Reading(failure=judged)
            if judged
            else _failed(
                FailureKind.UNREADABLE, f"expected JSON at {url}: {error}; found {_shown(page.capture.body)}"
            )
        )
    records = data if isinstance(data, list) else [data]
    if not records:
        return _failed(FailureKind.SOFT_404, f"expected a record at {url}, found an empty list")
    if not layouts:
        return _failed(
            FailureKind.LAYOUT, f"expected an HTML page at {url}, found JSON and no Record layout for it"
        )
    items: list[ReleaseItem] = []
    for record in records:
        one = read_one_record(source, layouts, record, page, hint if len(records) == 1 else None)
        if isinstance(one, Failure):
            return Reading(failure=one)
        items.append(one)
    return _reading(source, tuple(items), page)


def read_one_record(
    source: type[Source],
    layouts: list[Record],
    record: object,
    page: Page,
    hint: Due | None,
    *,
    embedded: bool = False,
) -> ReleaseItem | Failure:
    """One JSON record as an item, by the first layout that fits it; `embedded` when an index holds it."""
    missing: list[str] = []
    for layout in layouts:
        try:
            values = read_record(source, layout, record, page, known_of(source, layout, page, hint))
        except WrongShape as error:
            return Failure(FailureKind.UNREADABLE, f"record at {page.capture.url}: {error}")
        if not isinstance(values, Unfit):
            failure = judge_release(values["title"], values["body"])
            notes = day_by_index(source, layout, values, hint)
            return failure or make_item(source, page, values, hint, notes=notes, embedded=embedded)
        missing.append(values.note)
    return _not_a_record(record, page, missing)


def _not_a_record(record: object, page: Page, missing: list[str]) -> Failure:
    """APIs say "not found" in JSON too: `{"code": ..., "message": ..., "data": {"status": 404}}`."""
    if isinstance(record, dict):
        message = record.get("message") or record.get("error") or record.get("detail")
        if isinstance(message, str) and len(record) <= 6:
            status = record.get("status") or (
                record["data"].get("status") if isinstance(record.get("data"), dict) else 0
            )
            gone = status in (404, 410) or "not found" in message.lower()
            kind = FailureKind.SOFT_404 if gone else FailureKind.ERROR_PAGE
            return Failure(kind, f"expected a record at {page.capture.url}, found the message {message!r}")
    found = (
        f"keys {', '.join(map(str, list(record)[:12]))}" if isinstance(record, dict) else type_name(record)
    )
    return Failure(
        FailureKind.LAYOUT, f"expected a record at {page.capture.url} ({'; '.join(missing)}), found {found}"
    )
