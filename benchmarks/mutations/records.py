"""JSON records of releases, broken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.mutations.broken import Broken, with_body
from benchmarks.mutations.pages import CHALLENGE, other_formats
from benchmarks.mutations.verdicts import told
from crawler.declare import Date, Record
from crawler.items import ReleaseItem
from crawler.pages.selectors import selector_of
from scheduler.samples import Sample

_RULES = ("title", "body", "posted", "said", "kind", "issuers", "language", "url")
_KEYS = re.compile(r"[A-Za-z_@][\w-]*|\"[^\"]+\"")


def broken_records(sample: Sample, items: tuple[ReleaseItem, ...]) -> Iterator[Broken]:
    """Every break of a record (or a list of them) that is a page of its own."""
    capture, hint = sample.capture(), told(sample)

    def broken(kind: str, where: str, change: Callable[[Any], Any]) -> Iterator[Broken]:
        data = json.loads(capture.body)
        changed = change(json.loads(capture.body))
        if changed != data or kind == "nothing (control)":
            yield Broken(
                sample, kind, where, with_body(capture, json.dumps(changed).encode()), hint, lost_of(kind)
            )

    yield from broken("nothing (control)", "serialised again", lambda data: data)
    records = [each for each in sample.source.layouts() if isinstance(each, Record) and each.script is None]
    for layout in records:
        for name in _RULES:
            rule = getattr(layout, name)
            if rule is None:
                continue
            for key in keys_of(selector_of(rule)):
                yield from broken("JSON key renamed", f"{name}: {key}", partial(renamed, key=key))
                if name in ("title", "body"):
                    yield from broken(f"{name} emptied", key, partial(put, key=key, value=""))
                    yield from broken(
                        "JSON value of another type", f"{name}: {key}", partial(put, key=key, value=None)
                    )
                    yield from broken(
                        "JSON value of another type",
                        f"{name}: {key} a number",
                        partial(put, key=key, value=7),
                    )
                if isinstance(rule, Date):
                    yield from broken("date removed", f"{name}: {key}", partial(put, key=key, value=None))
                    day = items[0].posted_on if name == "posted" else items[0].said_on
                    for style, written in other_formats(day, "") if day is not None else ():
                        yield from broken(
                            "date format changed",
                            f"{name}: {key} {style}",
                            partial(put, key=key, value=written),
                        )
    for where, changed in (
        ("empty list", []),
        ("empty object", {}),
        ("message", {"code": "rest_no_route", "message": "No route was found", "data": {"status": 404}}),
        ("null", None),
    ):
        yield from broken("other page in its place", where, partial(instead, value=changed))
    yield Broken(sample, "other page in its place", "bot check", with_body(capture, CHALLENGE), hint)
    for share in (20, 60, 95):
        yield Broken(
            sample,
            "truncated",
            f"after {share} %",
            with_body(capture, capture.body[: len(capture.body) * share // 100]),
            hint,
        )
    text = capture.body.decode("utf-8")
    try:
        yield Broken(
            sample,
            "charset changed",
            "cp1252 sent, utf-8 declared",
            with_body(capture, text.encode("cp1252"), "utf-8"),
            hint,
        )
    except UnicodeEncodeError:
        return


def lost_of(kind: str) -> frozenset[str]:
    """What a break of that kind takes off a page."""
    return frozenset(("posted_at",)) if kind == "date format changed" else frozenset()


def keys_of(expression: str) -> list[str]:
    """The keys that a JMESPath expression goes by, the last one of each path."""
    found: list[str] = []
    for part in expression.split("||"):
        keys = _KEYS.findall(part.partition("(")[2].partition(")")[0] if "(" in part else part)
        if keys:
            found.append(keys[-1].strip('"'))
    return list(dict.fromkeys(found))


def _walked(data: Any, change: Callable[[dict[str, Any]], None]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(data, dict):
        change(data)
        for value in data.values():
            _walked(value, change)
    elif isinstance(data, list):
        for value in data:
            _walked(value, change)
    return data


def instead(data: Any, value: object) -> object:  # noqa: ANN401 - JSON
    """Something else in the data's place."""
    return value


def renamed(data: Any, key: str) -> Any:  # noqa: ANN401 - JSON
    """The data with the key renamed wherever it stands."""

    def change(record: dict[str, Any]) -> None:
        if key in record:
            record[f"new_{key}"] = record.pop(key)

    return _walked(data, change)


def put(data: Any, key: str, value: object) -> Any:  # noqa: ANN401 - JSON
    """The data with another value under the key."""

    def change(record: dict[str, Any]) -> None:
        if key in record:
            record[key] = value

    return _walked(data, change)


__all__ = ["broken_records", "keys_of", "renamed"]
