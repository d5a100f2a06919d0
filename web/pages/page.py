"""What all pages share: templates, who asks, and the words around the content."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from web import words
from web.access import CHANGING, Caller, form_key
from web.desk import Desk
from web.marks import readable


def desk_of(request: Request) -> Desk:
    """The desk that answers."""
    desk: Desk = request.app.state.desk
    return desk


def caller(request: Request) -> Caller:
    """Who asks."""
    found: Caller = getattr(request.state, "caller", Caller())
    return found


def show(
    request: Request, template: str, values: Mapping[str, Any] | None = None, status: int = 200
) -> HTMLResponse:
    """A page made of a template."""
    desk = desk_of(request)
    who = caller(request)
    text = (
        templates()
        .get_template(template)
        .render(
            {
                "root": desk.settings.root_path,
                "here": request.url.path.removeprefix(desk.settings.root_path) or "/",
                "caller": who,
                "read_only": desk.settings.read_only,
                "form_name": CHANGING,
                "form_key": form_key(desk, who) if who.session else "",
                "now": desk.clock(),
                **(values or {}),
            }
        )
    )
    return HTMLResponse(text, status, {"Vary": "Cookie"})


def problem(request: Request, status: int, title: str, told: str = "") -> HTMLResponse:
    """A page that says what went wrong and what to do."""
    return show(request, "problem.html", {"title": title, "told": told}, status)


def address(base: str, values: Mapping[str, object]) -> str:
    """A local address with those of the values that say something."""
    named = [(name, _text(value)) for name, value in values.items() if value not in (None, "", ())]
    return f"{base}?{urlencode(named)}" if named else base


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def web_address(url: str) -> str | None:
    """An address that may be a link: of the web, and nothing else. None for others."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates: what is put into them is text, and text is escaped."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    made.filters |= {
        "ago": words.ago,
        "country": words.country,
        "day": words.day,
        "direction": words.direction,
        "issuer": words.issuer,
        "language": words.language,
        "length_of": words.length,
        "moment": words.moment,
        "number": words.number,
        "source": words.source,
        "web_address": web_address,
    }
    made.globals |= {
        "FLAGS": words.FLAGS,
        "EVIDENCE": words.EVIDENCE,
        "STATES": words.STATES,
        "address": address,
    }
    return made


def _finalized(value: Any) -> Any:  # noqa: ANN401 - whatever a template shows
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        return readable(value)
    return value
