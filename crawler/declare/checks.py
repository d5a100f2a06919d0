"""What every part of the vocabulary checks when it is made: selectors, expressions and patterns compile."""

from __future__ import annotations

import re

import jmespath
from parsel.csstranslator import HTMLTranslator


class DefinitionError(ValueError):
    """A definition contradicts itself or the vocabulary; the message names file and attribute."""


def check_css(owner: str, name: str, selector: str) -> None:
    """Refuse a CSS selector that does not compile."""
    try:
        HTMLTranslator().css_to_xpath(selector)
    except Exception as error:
        raise DefinitionError(f"{owner}.{name}: selector {selector!r} does not compile: {error}") from error


def check_jmespath(owner: str, name: str, expression: str) -> None:
    """Refuse a JMESPath expression that does not compile."""
    try:
        jmespath.compile(expression)
    except Exception as error:
        raise DefinitionError(
            f"{owner}.{name}: expression {expression!r} does not compile: {error}"
        ) from error


def check_pattern(owner: str, name: str, pattern: str) -> None:
    """Refuse a regular expression that does not compile."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise DefinitionError(f"{owner}.{name}: pattern {pattern!r} does not compile: {error}") from error
