"""Pages without rules, and pages whose rules failed: trafilatura for the text, htmldate for the date.

What is found this way is marked on the item (`read_by`, notes), because it is right most of the time only:
trafilatura's own evaluation gives F1 0.92, that of htmldate's fast search 0.93 (2026).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date
from html import escape

from lxml import etree

from crawler.pages.date_lines import (
    WRITTEN_DAY,
    days_of,
    read_date_line,
    with_plain_numeric_days,
    without_date_lines,
)
from crawler.pages.dates import fold
from crawler.pages.page import Page
from crawler.pages.paragraphs import Element, paragraphs_of
from crawler.pages.posting_day import told_by_byline, told_by_head
from crawler.pages.values import Values
from crawler.source import Source

for _name in ("trafilatura", "htmldate"):
    # What they log ("empty HTML tree") is in what they return.
    logging.getLogger(_name).setLevel(logging.CRITICAL)

_LEAST_TEXT = 80
"""Characters: less than that is no release, but a message or the remains of a page."""
_WRAPPERS = frozenset(("div", "span", "section", "center", "font"))
_DEEPEST = 100
"""Levels of nesting that are kept for trafilatura, which gives nothing, silently, past 256 (measured)."""

_FROM_TEI = {
    "head": "h2",
    "list": "ul",
    "item": "li",
    "quote": "blockquote",
    "row": "tr",
    "cell": "td",
    "lb": "br",
}
_SEPARATORS = re.compile(r"\s+(?:[|/·»«–—-]|::)\s+|\s*\|\s*")

_CHANGED = (
    r"letzte änderung|zuletzt geändert|aktualisiert am|stand:|last (?:modified|updated|reviewed|change)|date "
    r"modified|"
    r"dernière (?:modification|mise à jour)|date de modification|mis à jour le|ultima modifica|"
    r"última (?:actualización|modificación|atualização|modificação)|atualizado em"
    r"|fecha de (?:actualización|modificación)"
)
_CHANGE_LINE = re.compile(rf"(?:{_CHANGED})\b.{{0,60}}", re.IGNORECASE)
_FURNITURE = re.compile(
    rf"(?:{_CHANGE_LINE.pattern}"
    r"|(?:diese )?seite (?:drucken|empfehlen|teilen|weiterempfehlen)|drucken|teilen"
    r"|nach oben|zum seitenanfang"
    r"|print(?: this page)?|share(?: this page| on \w+)?|tell a friend|back to top|top of page"
    r"|imprimir|compartir|volver arriba|imprimer|partager|haut de page|stampa|condividi|imprimir|compartilhar"
    r"|https?://\S+"
    r")[.:]?",
    re.IGNORECASE,
)
_CONTACTS = re.compile(
    r"(?:adresse für rückfragen|kontakt|pressekontakt|rückfragehinweis|herausgeber|so erreichen sie uns"
    r"|(?:media |press )?contacts?|contact (?:us|information)|media (?:enquiries|inquiries|relations)"
    r"|contactos?(?: de prensa)?|personnes-ressources|contacts? presse|contatti|contatos?)\s*:?",
    re.IGNORECASE,
)
_CONTACTS_WITHIN = 12
"""Paragraphs from the end among which a heading for contacts ends the text."""
_LONGEST_CONTACT = 200

_TAIL = re.compile(
    r"(?:tags?|schlagworte|mots-clés|etiquetas|palabras clave|palavras-chave|keywords)\s*:.*"
    r"|(?:associated|related) (?:links|content|products)|liens connexes|enlaces relacionados"
    r"|[^.!?]{0,60}?(?:\+\d{1,3}[\s./()-]*\d{2,4}|\b(?!(?:19|20)\d\d\b)\(?\d{3,4}\)?)(?:[\s./-]\d{2,4}){1,4}"
    r"(?: / \d+)*"
    r"|[^.!?]{0,60}?[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
"""A last paragraph that is none of the text: tags, a heading of links, a telephone number, a mail address."""
_ABOVE_HEADLINE = 6
"""Paragraphs among which the headline stands again."""
_LONGEST_LABEL = 60
"""Characters of a line above the headline: a section, the kind of release, its number."""
_DATELINE_WITHIN = 60
"""Characters within which a day opens a text ("Bern, 17.08.2007 - ...")."""
_OPENING = 3
"""Paragraphs among which the day of a text stands."""


def read_generally(
    source: type[Source],
    page: Page,
    *,
    title: str | None = None,
    body: tuple[str, ...] = (),
    dated: bool = False,
    posted_on: date | None = None,
) -> Values | None:
    """Title, body, notes, and (unless the page is `dated`) the posting date; None when there is no text.

    `title` and `body` are what rules found, where one of them still fits; `posted_on` is the day that a rule
    or the index tells. The line of the text that tells the day is no text: it becomes the raw date.
    """
    if page.tree is None:
        return None
    notes: list[str] = []
    headline = title or page_title(page)
    by_rules = bool(body)
    if not by_rules:
        body = _without_furniture(_extracted(page))
        notes.append("text by trafilatura")
    body = _without_headline(body, headline)
    values: Values = {}
    if not dated:
        _put_date(source, page, headline, body, values, notes)
        posted_on = values.get("posted_on")
    if posted_on is not None and not (by_rules and dated):
        body = _without_headline(_take_date_lines(source, page, body, posted_on, values), headline)
    if not headline or sum(map(len, body)) < _LEAST_TEXT:
        return None
    return {"title": headline, "body": body, "notes": tuple(notes), **values}


def _extracted(page: Page) -> tuple[str, ...]:
    # Imported when the first page needs it: a quarter of a second that most crawls never spend.
    from trafilatura import bare_extraction

    # Its filter for duplicates depends on what was read before, so it stays off.
    document = bare_extraction(
        _shallow(page),
        url=page.url,
        include_comments=False,
        include_tables=True,
        deduplicate=False,
        with_metadata=False,
    )
    root: Element = getattr(document, "body", None)
    if root is None:
        return ()
    for element in root.iter():
        if element.tag in _FROM_TEI:
            element.tag = _FROM_TEI[element.tag]
    return paragraphs_of((root,))


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _shallow(page: Page) -> str:
    """The page's markup; what is nested deeper than trafilatura reads as plain paragraphs."""
    if _depth(page.tree) <= _DEEPEST and not page.cut:
        return page.text
    pieces: list[str] = []
    depth = 0
    events = etree.iterwalk(page.tree, events=("start", "end"))
    skipped = False
    for event, element in events:
        if _only_wraps(element):
            continue
        if event == "start":
            depth += 1
            if depth == _DEEPEST:
                pieces.extend(f"<p>{escape(each)}</p>" for each in paragraphs_of((element,)))
                events.skip_subtree()
                skipped = True
                continue
            attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.items())
            pieces.append(f"<{element.tag}{attributes}>{_escaped(element)}")
        else:
            if not skipped:
                pieces.append(f"</{element.tag}>")
            skipped = False
            pieces.append(escape(element.tail or "", quote=False))
            depth -= 1
    return "".join(pieces)


def _only_wraps(element: Element) -> bool:
    """Whether an element adds depth and nothing else: one child, no text, no name to tell its part by."""
    if element.tag not in _WRAPPERS or len(element) != 1 or not isinstance(element[0].tag, str):
        return False
    texts = (element.text, element[0].tail, element.tail)
    return not any(text and not text.isspace() for text in texts) and not (
        element.get("id") or element.get("class")
    )


def _escaped(element: Element) -> str:
    text = element.text or ""
    return text if element.tag in ("script", "style") else escape(text, quote=False)


def _without_furniture(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    kept = [each for each in paragraphs if not _FURNITURE.fullmatch(each)]
    for number in range(max(1, len(kept) - _CONTACTS_WITHIN), len(kept)):
        if _CONTACTS.fullmatch(kept[number]) and all(len(each) <= _LONGEST_CONTACT for each in kept[number:]):
            kept = kept[:number]
            break
    while len(kept) > 1 and _TAIL.fullmatch(kept[-1]):
        kept.pop()
    return tuple(kept)


def _same(one: str, other: str) -> bool:
    return fold(one).strip(" .:") == fold(other).strip(" .:")


def page_title(page: Page) -> str | None:
    """The headline: an `h1` that the page's own title repeats, else that title without the site's name."""
    named = page.first("meta[property='og:title']::attr(content)") or page.title
    headings = page.all("h1")
    folded = fold(named)
    for heading in headings:
        if len(heading) > 5 and fold(heading) in folded:
            return heading
    if not headings and (line := _line_named(page, folded)) is not None:
        return line
    segments = [each for each in _SEPARATORS.split(named) if each]
    repeated = [
        each
        for each in segments
        if len(each) > 5 and any(fold(each) in fold(heading) for heading in headings)
    ]
    if repeated:
        # The heading holds more than the headline (a date, a rubric): the title tells which part is it.
        return max(repeated, key=len)
    if len(headings) == 1 or not named:
        return headings[0] if headings else None
    return _without_site_name(page, named)


def _line_named(page: Page, named: str) -> str | None:
    """On pages without headings: the longest line, most of the page's own title, that the title repeats."""
    if page.tree is None:
        return None
    found = [
        line
        for line in paragraphs_of((page.tree,))
        if len(line) * 2 > len(named) and fold(line).strip(" .:") in named
    ]
    return max(found, key=len, default=None)


def _without_site_name(page: Page, named: str) -> str:
    site = fold(page.first("meta[property='og:site_name']::attr(content)") or "")
    parts = list(_SEPARATORS.finditer(named))
    if not parts:
        return named
    before, after = named[: parts[-1].start()], named[parts[-1].end() :]
    if fold(after) == site or len(after) < len(before):
        return before
    first = named[: parts[0].start()]
    return named[parts[0].end() :] if fold(first) == site else named


def _without_headline(body: tuple[str, ...], headline: str | None) -> tuple[str, ...]:
    """The body after its headline: what stands above that (section, label, number) is no text."""
    if not headline:
        return body
    for number, paragraph in enumerate(body[:_ABOVE_HEADLINE]):
        if _same(paragraph, headline):
            return _without_headline(body[number + 1 :], headline)
        if len(paragraph) > _LONGEST_LABEL:
            break
    return body


def _put_date(
    source: type[Source],
    page: Page,
    headline: str | None,
    body: tuple[str, ...],
    values: Values,
    notes: list[str],
) -> None:
    """Write the posting date, if one is found: byline, head, dateline, and last what htmldate finds."""
    for how, told in (
        ("byline", told_by_byline(source, page, headline)),
        ("metadata", told_by_head(source, page)),
    ):
        if told is not None:
            values["posted"], values["posted_on"] = told
            notes.append(f"date by {how}")
            return
    latest = page.capture.captured_at.astimezone(source.zone()).date()
    for raw, days in _opening_days(source, page, body):
        # Of two readings none is taken: what is left is for htmldate, which is not shown such dates either.
        if len(days) == 1 and max(days) <= latest:
            values["posted"], values["posted_on"] = raw, max(days)
            notes.append("date by dateline")
            return
    named = WRITTEN_DAY.search(headline or "")
    days = days_of(named[0], source, page.language) if named is not None else frozenset()
    if named is not None and len(days) == 1 and max(days) <= latest:
        values["posted"], values["posted_on"] = named[0], max(days)
        notes.append("date by headline")
        return
    from htmldate import find_date

    found = find_date(
        with_plain_numeric_days(_without_change_lines(_shallow(page)), source, page.language),
        # Its extensive search asks dateparser, which reads "yesterday" by the clock, in any of 200 languages.
        extensive_search=False,
        original_date=True,
        outputformat="%Y-%m-%d",
        url=page.url,
        max_date=latest.isoformat(),
    )
    if found:
        values["posted"], values["posted_on"] = found, date.fromisoformat(found)
        notes.append("date by htmldate")


def _opening_days(
    source: type[Source], page: Page, body: tuple[str, ...]
) -> Iterator[tuple[str, frozenset[date]]]:
    """Days that open the text, as written, on lines of their own or as datelines."""
    for paragraph in body[:_OPENING]:
        line = read_date_line(paragraph, source, page.language)
        if line is not None:
            yield paragraph, line.days
            continue
        match = WRITTEN_DAY.search(paragraph[: _DATELINE_WITHIN + 20])
        if match is None or match.start() > _DATELINE_WITHIN:
            continue
        after = paragraph[match.end() :].lstrip(" )]")
        if not after.strip(".") or after[0] in "-–—:|":
            yield match[0], days_of(match[0], source, page.language)


def _take_date_lines(
    source: type[Source], page: Page, body: tuple[str, ...], day: date, values: Values
) -> tuple[str, ...]:
    """The body without the lines that tell the day; they become raw date and dateline."""
    kept, lines = without_date_lines(body, day, source, page.language, _OPENING)
    if lines:
        values["posted"] = " ".join(lines)
        values["posted_on"] = day
        placed = [each for each in lines if _names_a_place(each, source, page)]
        if placed:
            values["dateline"] = placed[0]
    return kept


def _names_a_place(line: str, source: type[Source], page: Page) -> bool:
    read = read_date_line(line, source, page.language)
    return read is not None and read.placed and not read.labelled


def _without_change_lines(markup: str) -> str:
    """Markup without "last change" lines: their day is not when the page was posted."""
    return _CHANGE_IN_MARKUP.sub(">", markup)


_CHANGE_IN_MARKUP = re.compile(rf">\s{{0,200}}(?:{_CHANGED})[^<]{{0,60}}", re.IGNORECASE)
