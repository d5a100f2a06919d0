"""Names that a person types, checked against those that there are; for a slip, what is near it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import typer

NEAR = 3
"""Names that are offered at the most."""


def check_names(what: str, typed: Iterable[str], known: Iterable[str]) -> None:
    """Refuse (typer.BadParameter) the first name that is not known; `what` is what they are names of."""
    names = list(known)
    for name in typed:
        if name not in names:
            near = get_close_matches(name, names, NEAR)
            offer = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names)}"
            raise typer.BadParameter(f"no {what} {name!r}. {offer}")


def check_source_name(name: str | None) -> None:
    """Refuse a source that is not in the catalogue; None: none was named."""
    if name is not None:
        from crawler.source import registry

        check_names("source", [name], registry())
