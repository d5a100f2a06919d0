"""A captured response, seen as a page: text, tree, JSON, paragraphs, each made when first asked for."""

from __future__ import annotations

import json
import re
from functools import cached_property
from urllib.parse import urldefrag, urljoin, urlsplit

from crawler.items import RENDERED_BY, Capture
from crawler.pages.charset import Decoded, decode
from crawler.pages.markup import parse_html
from crawler.pages.paragraphs import Element, flat_text, flow_of, joined, saved_flow
from crawler.pages.selectors import Json, compile_xpath, find_elements, find_texts

# As browsers do: line breaks in an address are no part of it, spaces are encoded.
_IN_ADDRESS = {ord("\n"): None, ord("\r"): None, ord("\t"): None, ord(" "): "%20"}
_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "gzip data"),
)


class UnreadableJson(ValueError):
    """The body is no JSON; the message says where it breaks."""


def legible(text: str) -> str:
    """The text without what no database stores: NUL, and halves of surrogate pairs (as U+FFFD)."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class Page:
    """What a `read_<field>` method of a definition gets, and what the layouts are read from.

    Nothing here raises for bad input but `json`.
    """

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self.url: str = urldefrag(capture.final_url or capture.url).url
        """The address of the page, after redirects, without fragment."""
        rendered = capture.header(RENDERED_BY)
        self.notes: list[str] = [f"rendered by a browser: {rendered}"] if rendered else []
        """What the reader wants known, in the order in which it was found."""
        self.cut = False
        """The markup was cut to be parsed: other parsers should get the tree, not the text."""

    @cached_property
    def _decoded(self) -> Decoded:
        decoded = decode(self.capture)
        if decoded.note is not None:
            self.notes.append(decoded.note)
        return decoded

    @property
    def text(self) -> str:
        """The body as text."""
        return self._decoded.text

    @property
    def charset(self) -> str:
        """The encoding that the text was read in."""
        return self._decoded.charset

    @cached_property
    def media_type(self) -> str:
        """The declared media type in lower case, without parameters; "" when there is none."""
        return (self.capture.header("content-type") or "").partition(";")[0].strip().lower()

    @cached_property
    def binary(self) -> str | None:
        """What the body is, when its first bytes say that it is no text; else None."""
        head = self.capture.body[:8]
        return next((name for mark, name in _SIGNATURES if head.startswith(mark)), None)

    @property
    def is_pdf(self) -> bool:
        """Whether the body is a PDF file, by its first bytes."""
        return self.capture.body.startswith(b"%PDF-")

    @cached_property
    def is_json(self) -> bool:
        """Whether the body is JSON, by its declared type or else by how it begins and ends."""
        if "json" in self.media_type:
            return True
        begins = self.capture.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        # A saved text may begin with an editor's bracket; it does not end with one as well.
        return begins in (b"{", b"[") and self.capture.body[-64:].rstrip()[-1:] in (b"}", b"]")

    @cached_property
    def is_saved_text(self) -> bool:
        """Whether the body is a page saved as text."""
        return self.media_type == "text/plain"

    @cached_property
    def json(self) -> Json:
        """The body as JSON; raises UnreadableJson."""
        try:
            return json.loads(self.text.lstrip("\ufeff"))
        except (ValueError, RecursionError) as error:
            raise UnreadableJson(str(error) or type(error).__name__) from error

    @cached_property
    def tree(self) -> Element | None:
        """The root element of an HTML page; None for saved text, JSON, binary data and empty bodies."""
        if self.is_saved_text or self.is_json or self.binary is not None:
            return None
        body = self.capture.body
        root, note = parse_html(self.text, body if self._decoded.plain and b"\0" not in body else None)
        if note is not None:
            self.cut = True
            self.notes.append(note)
        return root

    @cached_property
    def base(self) -> str:
        """What relative addresses on the page are joined to: its address, or what `<base href>` says."""
        declared = self.in_head("base/@href")
        return self.join_to(self.url, declared) or self.url if declared else self.url

    def in_head(self, path: str) -> str | None:
        """The first attribute that an XPath from `<head>` finds; cheaper than a selector over the page."""
        found = compile_xpath(f"head/{path}")(self.tree) if self.tree is not None else ()
        return found[0] if found else None

    @cached_property
    def language(self) -> str | None:
        """The language that `<html lang>` declares, as a BCP 47 tag; None when it declares none."""
        if self.tree is None:
            return None
        declared = self.tree.get("lang") or self.tree.get("xml:lang") or ""
        return language_tag(declared)

    @cached_property
    def title(self) -> str:
        """The text of `<title>`, or ""."""
        return self.first("title") or ""

    @cached_property
    def flow(self) -> tuple[str, ...]:
        """All paragraphs of the page or saved text, in reading order; single line breaks are newlines."""
        if self.is_saved_text:
            return saved_flow(legible(self.text))
        return flow_of(self.tree) if self.tree is not None else ()

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """All paragraphs of the page or saved text, in reading order."""
        return tuple(joined(each) for each in self.flow)

    def all(self, selector: str) -> list[str]:
        """The texts of everything that a CSS selector matches, each on one line, blank ones left out."""
        return find_texts(self.tree, selector) if self.tree is not None else []

    def first(self, selector: str) -> str | None:
        """The first text that a CSS selector matches; None when there is none."""
        return next(iter(self.all(selector)), None)

    def elements(self, selector: str) -> list[Element]:
        """The elements that a CSS selector matches."""
        return find_elements(self.tree, selector) if self.tree is not None else []

    def absolute(self, address: str) -> str | None:
        """An address on the page as an absolute http(s) address without fragment; None for anything else."""
        return self.join_to(self.base, address)

    @staticmethod
    def join_to(base: str, address: str) -> str | None:
        """`address` joined to `base`; None when that is no http(s) address."""
        try:
            clean = address.strip().translate(_IN_ADDRESS)
            whole = urldefrag(urljoin(base, clean)).url
            parts = urlsplit(whole)
            # Reading the port checks it.
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            return None
        return legible(whole) if usable else None


def language_tag(declared: str) -> str | None:
    """A declared language as a tag with hyphens; None when it is no tag at all."""
    tag = declared.strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag) else None


def flat_html(markup: str) -> str:
    """A piece of HTML, or of text with character references, as one line of text."""
    root, _ = parse_html(f"<div>{markup}</div>")
    return legible(flat_text(root)) if root is not None else ""
