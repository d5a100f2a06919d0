"""The issuer table in the database: a copy of the crawler's, so that queries need no code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.tables import IssuerRow


class NamedIssuer(Protocol):
    """What is copied: `crawler.issuers.Issuer`."""

    @property
    def key(self) -> str:
        """Stable key."""

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2, lower case."""

    @property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """By language, the usual one first."""


def save_issuers(connection: Connection, issuers: Iterable[NamedIssuer]) -> None:
    """Copy issuers; writes only those that are new or changed. Keys are never removed: releases bear them."""
    known = {row.key: (row.country, row.names) for row in connection.execute(select(IssuerRow))}
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for each in issuers:
        names = {language: list(told) for language, told in each.names.items()}
        if each.key not in known:
            new.append({"key": each.key, "country": each.country, "names": names})
        elif known[each.key] != (each.country, names):
            changed.append({"row_key": each.key, "new_country": each.country, "new_names": names})
    if new:
        connection.execute(insert(IssuerRow), new)
    if changed:
        connection.execute(
            update(IssuerRow)
            .where(IssuerRow.key == bindparam("row_key"))
            .values(country=bindparam("new_country"), names=bindparam("new_names")),
            changed,
        )
