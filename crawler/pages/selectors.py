"""CSS and JMESPath, compiled once per expression; what a selector finds, as texts.

CSS is translated by parsel, so `::text` and `::attr(name)` mean what they mean in Scrapy; it is evaluated
by lxml without parsel's Selector objects, which cost more than the page's parsing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree
from parsel.csstranslator import HTMLTranslator

from crawler.declare import Date, Text
from crawler.pages.paragraphs import Element, flat_text

Json = Any
"""A JSON value."""


class WrongShape(ValueError):
    """A JSON record holds another type than its rule expects; the message says expected and found."""


@lru_cache(maxsize=4096)
def compile_css(selector: str) -> etree.XPath:
    """The selector as compiled XPath, relative to the element that it is called with."""
    return etree.XPath(HTMLTranslator().css_to_xpath(selector), smart_strings=False)


@lru_cache(maxsize=64)
def compile_xpath(path: str) -> etree.XPath:
    """An XPath of this package's own, compiled."""
    return etree.XPath(path, smart_strings=False)


@lru_cache(maxsize=4096)
def compile_jmespath(expression: str) -> Json:
    """The JMESPath expression, compiled."""
    return jmespath.compile(expression)


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The regular expression, compiled."""
    return re.compile(pattern)


def find(element: Element, selector: str) -> list[Any]:
    """What the selector matches in and below the element, in document order: elements or strings."""
    found: list[Any] = compile_css(selector)(element)
    return found


def find_elements(element: Element, selector: str) -> list[Element]:
    """The elements that the selector matches, without strings."""
    return [each for each in find(element, selector) if not isinstance(each, str)]


def find_texts(element: Element, selector: str) -> list[str]:
    """Every match as one line of text; blank ones are left out."""
    texts = (_text_of(each) for each in find(element, selector))
    return [text for text in texts if text]


def _text_of(match: str | Element) -> str:
    return " ".join(match.split()) if isinstance(match, str) else flat_text(match)


def search_record(expression: str, record: Json) -> Json:
    """What the JMESPath expression finds in a JSON value; raises WrongShape where it does not apply to it."""
    try:
        return compile_jmespath(expression).search(record)
    except JMESPathError as error:
        raise WrongShape(f"{expression!r} does not apply to the record: {error}") from error


def take(texts: Sequence[str], pattern: str | None) -> list[str]:
    """The texts, or the parts of them that the pattern takes; texts that it does not fit are left out."""
    if pattern is None:
        return list(texts)
    compiled = compile_pattern(pattern)
    taken = []
    for text in texts:
        match = compiled.search(text)
        if match is None:
            continue
        part = taken_by(match).strip()
        if part:
            taken.append(part)
    return taken


def taken_by(match: re.Match[str]) -> str:
    """Group `value` of a match, or else its first group, or else all of it; "" where it took no part."""
    if "value" in match.re.groupindex:
        return match.group("value") or ""
    if match.re.groups:
        return match.group(1) or ""
    return match.group()


def pick(texts: Sequence[str], rule: str | Text | Date, language: str | None = None) -> str | None:
    """The one text that a rule asks for among the matches of its selector; None when there is none.

    `language` is what `{language}` in its template stands for.
    """
    if isinstance(rule, str):
        return texts[0] if texts else None
    taken = take(texts, rule.pattern)
    try:
        chosen = taken[rule.index]
    except IndexError:
        return None
    return rule.written(chosen, language) if isinstance(rule, Text) else chosen


def pick_all(texts: Sequence[str], rule: str | Text) -> tuple[str, ...]:
    """All texts that a rule takes, each once."""
    if isinstance(rule, str):
        return tuple(dict.fromkeys(texts))
    taken = (rule.written(each) for each in take(texts, rule.pattern))
    return tuple(dict.fromkeys(each for each in taken if each))


def selector_of(rule: str | Text | Date) -> str:
    """The selector of a rule, which may be bare or one with a pattern."""
    return rule if isinstance(rule, str) else rule.selector
