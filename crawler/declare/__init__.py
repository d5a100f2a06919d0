"""The vocabulary of a source definition: plain values, checked when they are made.

A definition says

* how releases are found (`discovery`: Listing, Feed, Sitemap, Api, Numbers);
* how a page is read (`layouts`: Fields for HTML, Record for JSON, Flow for running text, Pdf, Parts for a
  page of several releases, Unruled for pages that nobody has described; `rules`: Text and Date, their
  values);
* what a release is (`identity`: Address, Shared, Kinds, MirrorOf, Voice);
* where its history may be had (`origins`: Live, Wayback);
* what to expect, and how politely to ask (`pace`: Every, PerWeek, Polite, Browser).

Selectors are CSS with parsel's `::text` and `::attr(name)`; in `Record` and `Api` they are JMESPath.
A selector that does not compile is refused here, with its text, when the definition is imported.

Definitions import from `crawler.declare`, whatever file a word stands in.
"""

from crawler.declare.checks import DefinitionError
from crawler.declare.discovery import Api, Discovery, Feed, Listing, Numbers, Pages, Sitemap
from crawler.declare.identity import Address, Kinds, MirrorOf, Shared, Voice
from crawler.declare.layouts import Fields, Flow, Layout, Parts, Pdf, Record, Unruled
from crawler.declare.origins import Live, Wayback
from crawler.declare.pace import Browser, Every, PerWeek, Polite
from crawler.declare.rules import Date, Selector, Text

__all__ = [
    "Address",
    "Api",
    "Browser",
    "Date",
    "DefinitionError",
    "Discovery",
    "Every",
    "Feed",
    "Fields",
    "Flow",
    "Kinds",
    "Layout",
    "Listing",
    "Live",
    "MirrorOf",
    "Numbers",
    "Pages",
    "Parts",
    "Pdf",
    "PerWeek",
    "Polite",
    "Record",
    "Selector",
    "Shared",
    "Sitemap",
    "Text",
    "Unruled",
    "Voice",
    "Wayback",
]
