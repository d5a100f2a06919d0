"""Script fragments that put HTML into a page: `$('#prensa').append('<article>...<\\/article>');`.

Nothing is run: string literals that follow such a call are taken out and their escapes undone.
JSON that a page carries in an element (`<script id="__NEXT_DATA__">`) is read as data, too.
"""

from __future__ import annotations

import json
import re

from crawler.declare import Selector, Text
from crawler.pages.page import Page, UnreadableJson
from crawler.pages.selectors import Json, compile_css, selector_of, taken_by

_CALL = re.compile(r"\.\s*(?:append|prepend|html|before|after|replaceWith)\s*\(\s*(?=[\"'`])")
_LITERALS = {
    '"': re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL),
    "'": re.compile(r"'[^'\\]*(?:\\.[^'\\]*)*'", re.DOTALL),
    "`": re.compile(r"`[^`\\]*(?:\\.[^`\\]*)*`", re.DOTALL),
}
_JOIN = re.compile(r"\s*\+\s*(?=[\"'`])")
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\r\n|[\s\S]))",
)
_SINGLE = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "",
    "\n": "",
    "\r": "",
    "\r\n": "",
}


def _unescaped(match: re.Match[str]) -> str:
    braced, four, two, single = match.groups()
    code = braced or four or two
    if code is None:
        return _SINGLE.get(single, single)
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def unescape(literal: str) -> str:
    """The value of a JavaScript string literal's inside (ECMAScript 12.9.4), surrogate pairs joined."""
    text = _ESCAPE.sub(_unescaped, literal)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def unwrap(script: str) -> str | None:
    """The HTML that a script fragment puts into its page; None when the text is no such fragment."""
    if script.lstrip()[:1] == "<":
        return None
    pieces: list[str] = []
    found = False
    position = 0
    while (call := _CALL.search(script, position)) is not None:
        position = call.end()
        while (literal := _LITERALS[script[position]].match(script, position)) is not None:
            found = True
            pieces.append(unescape(literal.group()[1:-1]))
            position = literal.end()
            joined = _JOIN.match(script, position)
            if joined is None:
                break
            position = joined.end()
        else:
            # A literal without end: the rest is cut off, and searching on would read its inside as script.
            break
    return "\n".join(pieces) if found else None


def embedded_json(page: Page, rule: Selector) -> Json | None:
    """The JSON value in the element that the rule selects; None where the page has no such element.

    A pattern may begin anywhere before the value (`window\\.data = (.*)`); what follows the value is script.
    Raises UnreadableJson.
    """
    if page.tree is None:
        return None
    texts = [
        each if isinstance(each, str) else "".join(each.itertext())
        for each in compile_css(selector_of(rule))(page.tree)
    ]
    if isinstance(rule, Text) and rule.pattern is not None:
        pattern = re.compile(rule.pattern, re.DOTALL)
        texts = [taken_by(match) for match in map(pattern.search, texts) if match is not None]
    index = rule.index if isinstance(rule, Text) else 0
    if not texts or not -len(texts) <= index < len(texts):
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(texts[index].strip())
    except (ValueError, RecursionError) as error:
        raise UnreadableJson(str(error) or type(error).__name__) from error
    return value
