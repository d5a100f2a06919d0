"""A difference between two versions of a text, as it is told."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.linking.figures import DAY, MONTH, NUMBER, TIME, YEAR

LEFT_OUT, ADDED, INSERTED, MOVED, NAME = "left out", "added", "inserted", "moved", "name"
KINDS = (NUMBER, DAY, MONTH, YEAR, TIME, NAME, LEFT_OUT, ADDED, INSERTED, MOVED)


@dataclass(frozen=True, slots=True)
class Flag:
    """One difference. What one side lacks is None there; paragraphs count from 0."""

    kind: str
    """One of `KINDS`."""
    left: str | None
    right: str | None
    left_paragraph: int | None
    right_paragraph: int | None
