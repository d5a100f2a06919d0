"""Persons, programs and sessions of the desk, and what each of them changed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage.access_tables import AuditRow, SecretRow, SessionRow, TokenRow, UserRow
from storage.inserting import insert_into

MAY = ("read", "decide", "run")
"""What somebody may do; each includes the ones before."""
_LONGEST = 80


class NameTaken(ValueError):
    """There is somebody or something of that name already."""


class NameUnknown(LookupError):
    """There is nobody and nothing of that name."""


@dataclass(frozen=True, slots=True)
class User:
    """A person who may log in."""

    name: str
    may: str
    created_at: datetime
    password: str = field(repr=False)
    """As `UserRow.password`."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a program may do that shows it."""

    name: str
    may: str
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was changed, or tried, and by whom. Fields as in `AuditRow`."""

    who: str
    way: str
    action: str
    about: str
    place: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditView:
    """A deed as it is shown."""

    id: int
    at: datetime
    deed: Deed


def add_user(connection: Connection, name: str, password: str, may: str, now: datetime) -> None:
    """Let somebody log in. Raises NameTaken."""
    if find_user(connection, name) is not None:
        raise NameTaken(name)
    connection.execute(insert(UserRow).values(name=name, password=password, may=may, created_at=now))


def change_password(connection: Connection, name: str, password: str) -> None:
    """Give somebody another password, and end their sessions. Raises NameUnknown."""
    if not connection.execute(update(UserRow).where(UserRow.name == name).values(password=password)).rowcount:
        raise NameUnknown(name)
    connection.execute(delete(SessionRow).where(SessionRow.user == name))


def remove_user(connection: Connection, name: str) -> None:
    """Let somebody log in no longer, and end their sessions at once. Raises NameUnknown."""
    connection.execute(delete(SessionRow).where(SessionRow.user == name))
    if not connection.execute(delete(UserRow).where(UserRow.name == name)).rowcount:
        raise NameUnknown(name)


def find_user(connection: Connection, name: str) -> User | None:
    """Somebody by name."""
    row = connection.execute(select(UserRow).where(UserRow.name == name)).first()
    return None if row is None else User(row.name, row.may, row.created_at, row.password)


def list_users(connection: Connection) -> list[User]:
    """Everybody who may log in, by name."""
    rows = connection.execute(select(UserRow).order_by(UserRow.name))
    return [User(row.name, row.may, row.created_at, row.password) for row in rows]


def add_token(
    connection: Connection, name: str, digest: str, may: str, now: datetime, expires_at: datetime | None
) -> None:
    """Let whoever shows a token of that digest do something. Raises NameTaken."""
    if connection.scalar(select(TokenRow.name).where(TokenRow.name == name)) is not None:
        raise NameTaken(name)
    values = {"digest": digest, "name": name, "may": may, "created_at": now, "expires_at": expires_at}
    connection.execute(insert(TokenRow).values(values))


def remove_token(connection: Connection, name: str) -> None:
    """Let a token count no longer. Raises NameUnknown."""
    if not connection.execute(delete(TokenRow).where(TokenRow.name == name)).rowcount:
        raise NameUnknown(name)


def find_token(connection: Connection, digest: str, now: datetime) -> Token | None:
    """The token of that digest; None also when it has expired."""
    row = connection.execute(select(TokenRow).where(TokenRow.digest == digest)).first()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return Token(row.name, row.may, row.created_at, row.expires_at)


def list_tokens(connection: Connection) -> list[Token]:
    """All tokens, by name."""
    rows = connection.execute(select(TokenRow).order_by(TokenRow.name))
    return [Token(row.name, row.may, row.created_at, row.expires_at) for row in rows]


def open_session(connection: Connection, digest: str, user: str, now: datetime, expires_at: datetime) -> None:
    """Remember that somebody is logged in, and forget sessions that have expired."""
    connection.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    connection.execute(
        insert(SessionRow).values(digest=digest, user=user, created_at=now, expires_at=expires_at)
    )


def find_session(connection: Connection, digest: str, now: datetime) -> User | None:
    """Who is logged in by the session of that digest."""
    row = connection.execute(
        select(UserRow)
        .join(SessionRow, SessionRow.user == UserRow.name)
        .where(SessionRow.digest == digest, SessionRow.expires_at > now)
    ).first()
    return None if row is None else User(row.name, row.may, row.created_at, row.password)


def close_session(connection: Connection, digest: str) -> None:
    """Somebody logs out."""
    connection.execute(delete(SessionRow).where(SessionRow.digest == digest))


def secret_named(connection: Connection, name: str) -> bytes:
    """A secret of this database, made when there is none; in a writing transaction."""
    made = insert_into(connection, SecretRow).values(name=name, value=secrets.token_bytes(32))
    connection.execute(made.on_conflict_do_nothing(index_elements=["name"]))
    return bytes(connection.execute(select(SecretRow.value).where(SecretRow.name == name)).scalar_one())


def note(connection: Connection, deed: Deed, now: datetime) -> None:
    """Write down what was done, in the transaction that does it."""
    connection.execute(
        insert(AuditRow).values(
            at=now,
            who=deed.who[:_LONGEST],
            way=deed.way,
            action=deed.action,
            about=deed.about[:2000],
            place=deed.place[:_LONGEST],
            details=dict(deed.details),
        )
    )


def list_audit(connection: Connection, limit: int, before: int | None = None) -> list[AuditView]:
    """What was done, the latest first; `before`: number behind which the list goes on."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRow.id < before)
    return [
        AuditView(row.id, row.at, Deed(row.who, row.way, row.action, row.about, row.place, row.details))
        for row in connection.execute(query)
    ]
