"""What reading again found, field by field. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from crawler.items import Release
from storage.corrections import READ, Stands
from storage.release_rows import columns_of, detail_digest, revision_row

CHANGED, GAINED, LOST = "changed", "gained", "lost"
MOST_REASONS = 20
"""So many reasons are counted apart."""
_SHORTEST_REASON = 60


@dataclass(frozen=True, slots=True)
class FieldReread:
    """A field that is read otherwise now."""

    field: str
    how: str
    """changed, gained (it was empty), lost (it is empty now)"""
    before: Any
    after: Any


@dataclass(slots=True)
class Found:
    """What a reading has found so far; adds up over batches and over interruptions."""

    captures: int = 0
    """Captures that were read."""
    indexes: int = 0
    """Pages of indexes that hold no releases: they are passed over."""
    unchanged: int = 0
    """States that read as they are stored."""
    changed: int = 0
    """States that read otherwise."""
    new: int = 0
    """Releases that nothing was kept of before."""
    freed: int = 0
    """Of these: records that were held back."""
    revisions: int = 0
    """States of releases that the readers of their day did not tell apart."""
    still_held: int = 0
    lost: int = 0
    """States that can no longer be read from their capture; they stay as they are."""
    fields: dict[str, dict[str, int]] = field(default_factory=dict)
    """By field: how many were changed, gained, lost."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Why captures gave no record, and how many for each."""

    def count_fields(self, found: list[FieldReread]) -> None:
        """Take down the fields of one state."""
        for each in found:
            counts = self.fields.setdefault(each.field, {CHANGED: 0, GAINED: 0, LOST: 0})
            counts[each.how] += 1

    def count_reason(self, problem: str) -> None:
        """Take down why a capture gave no record."""
        reason = problem.partition(": ")[0][:_SHORTEST_REASON]
        if reason not in self.reasons and len(self.reasons) >= MOST_REASONS:
            reason = "other"
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def to_json(self) -> dict[str, Any]:
        """As `rereads.found` keeps it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Found:
        """What was kept; nothing of it is read by another version."""
        return cls(**{name: value for name, value in kept.items() if name in cls.__dataclass_fields__})

    def in_words(self) -> str:
        """For a person: "3 titles changed, 12 dates gained, 0 lost"."""
        sums = Counter[str]()
        parts = []
        for name, counts in sorted(self.fields.items()):
            told = [f"{counts[how]} {how}" for how in (CHANGED, GAINED, LOST) if counts[how]]
            parts.append(f"{name.replace('_', ' ')}: {', '.join(told)}")
            sums.update(counts)
        total = f"{sums[CHANGED]} changed, {sums[GAINED]} gained, {sums[LOST]} lost"
        return f"{total} ({'; '.join(parts)})" if parts else "nothing would change"


def compare(state: Stands, release: Release) -> list[FieldReread]:
    """In what a state that is stored differs from what its capture says today."""
    detail = detail_digest(release)
    if state.content_digest == release.content_digest and state.detail_digest in (None, detail):
        return []
    found = list(_fields(state, release, detail))
    if not found and state.current and state.detail_digest != detail:
        # Claims and signature stand in rows and columns of their own.
        found.append(FieldReread("claims", CHANGED, None, None))
    return found


def _fields(state: Stands, release: Release, detail: str) -> Iterator[FieldReread]:
    if state.current:
        now = {name: value for name, value in columns_of(release, detail).items() if name in READ}
    else:
        row = revision_row(release, state.number, "", datetime.min)  # noqa: DTZ901 - only its content is used
        now = {"title": row["title"], "body": row["body"], **row["fields"]}
    for name, after in now.items():
        before = state.fields.get(name)
        if _plain(before) != _plain(after):
            how = GAINED if _empty(before) else LOST if _empty(after) else CHANGED
            yield FieldReread(name, how, before, after)


def _empty(value: object) -> bool:
    return value is None or value == "" or value == []


def _plain(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
