"""A source's definition as a fact sheet: everything it says, as plain values."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from crawler.issuers import ISSUERS
from crawler.source import Source, definition_digest
from scheduler.samples import SAMPLES, Sample, all_samples

CONFIDENCES = {"H": "high", "M": "medium", "L": "low"}
"""What the letter before a fact means: several witnesses, one, inferred."""


def stated(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A value of the vocabulary as plain values: its type and what it says beyond the defaults."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        said = {
            each.name: stated(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if not _is_default(each, getattr(value, each.name))
        }
        return {"is": type(value).__name__, **said}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): stated(each) for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [stated(each) for each in value]
    return value


def _is_default(field: dataclasses.Field[Any], value: object) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(value == field.default)
    if field.default_factory is not dataclasses.MISSING:
        return bool(value == field.default_factory())
    return False


def fact_sheet(source: type[Source], samples_folder: Path = SAMPLES) -> dict[str, Any]:
    """Everything that a definition says, ready for JSON."""
    crawled = bool(source.discoveries())
    file = sys.modules[source.__module__].__file__
    return {
        "name": source.name,
        "title": source.title,
        "kind": source.kind.value,
        "country": source.country,
        "file": file,
        "digest": definition_digest(source),
        "issuers": {key: ISSUERS[key].name() for key in source.issuers},
        "languages": list(source.languages),
        "timezone": source.timezone,
        "hosts": list(source.hosts),
        "found_by": [stated(each) for each in source.discoveries()],
        "addresses": [stated(each) for each in source.addresses()],
        "shared_ids": stated(source.shared),
        "layouts": [stated(each) for each in source.layouts()],
        "methods": sorted(name for name in dir(source) if name.startswith("read_")),
        "kinds": {
            "default": stated(source.kinds.default),
            "labels": {label: kind.value for label, kind in source.kinds.labels.items()},
        },
        "voices": {tag: stated(voice) for tag, voice in source.voices.items()},
        "mirrors": stated(source.mirrors),
        "polite": stated(source.polite),
        "browser": stated(source.browser),
        "archive_from": source.archive_from if crawled else None,
        "every_seconds": source.every.interval.total_seconds() if crawled else None,
        "cron": source.every.cron if crawled else None,
        "expected_per_week": {"at_least": source.expect.at_least, "at_most": source.expect.at_most}
        if crawled
        else None,
        "terms": source.terms,
        "facts": [_fact(each) for each in source.facts],
        "unverified": list(source.unverified),
        "samples": [_sample(each) for each in all_samples(samples_folder) if each.source is source],
    }


def _fact(text: str) -> dict[str, str]:
    letter, mark, fact = text.partition(": ")
    known = mark and letter in CONFIDENCES
    return {"confidence": CONFIDENCES[letter] if known else "not said", "fact": fact if known else text}


def _sample(sample: Sample) -> dict[str, Any]:
    meta = sample.meta
    return {
        "case": sample.folder.name,
        "of": f"index {meta['discovery']}" if sample.is_index else "release",
        "language": meta["language"],
        "url": meta["url"],
    }


def lines_of(value: Any, indent: int = 0) -> list[str]:  # noqa: ANN401 - plain values
    """Plain values as lines for a person, nested ones indented."""
    pad = "  " * indent
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, each in value.items():
            if each in (None, [], {}, ""):
                continue
            if isinstance(each, Mapping | list) and not _is_short(each):
                lines += [f"{pad}{key}", *lines_of(each, indent + 1)]
            else:
                lines.append(f"{pad}{key}: {_short(each)}")
    elif isinstance(value, list):
        for each in value:
            if isinstance(each, Mapping | list) and not _is_short(each):
                first, *rest = lines_of(each, indent + 1) or [""]
                lines += [f"{pad}- {first.strip()}", *rest]
            else:
                lines.append(f"{pad}- {_short(each)}")
    else:
        lines.append(f"{pad}{value}")
    return lines


def _is_short(value: Any) -> bool:  # noqa: ANN401 - plain values
    return isinstance(value, list) and all(isinstance(each, str | int) for each in value) and (
        len(", ".join(map(str, value))) <= 70
    )  # fmt: skip


def _short(value: Any) -> str:  # noqa: ANN401 - plain values
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
