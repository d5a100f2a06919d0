"""Sorts of entries: how many have exactly the same traits.

A million statements are of some thousands of sorts, so what is counted under any number of filters is added
up from these, and exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from storage.search.limits import SORTS
from storage.search_tables import EntrySortRow


def sorts_with(
    connection: Connection, having: Sequence[int], without: Sequence[int]
) -> Mapping[str, int] | None:
    """Sorts, as they are written, that have and have not these traits, each with its number of entries; None:
    there are more than SORTS."""
    written = (" " + EntrySortRow.traits) + " "
    query = select(EntrySortRow.traits, EntrySortRow.number)
    for trait in having:
        query = query.where(written.contains(f" {trait} "))
    for trait in without:
        query = query.where(~written.contains(f" {trait} "))
    rows = connection.execute(query.limit(SORTS + 1)).all()
    return None if len(rows) > SORTS else dict(rows)


def by_trait(sorts: Mapping[str, int]) -> Counter[int]:
    """How many entries have each trait."""
    counted: Counter[int] = Counter()
    for traits, number in sorts.items():
        for trait in traits.split():
            counted[int(trait)] += number
    return counted
