"""The tables of the desk: who may change what, and who changed what.

Part of the one schema of `storage.tables`, which imports everything here. No secret stands here as it is:
passwords are stretched (scrypt), tokens and sessions are random enough for one SHA-256.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import BigId, Table


class UserRow(Table):
    """A person who may log in at the desk."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    password: Mapped[str] = mapped_column(String(200))
    """`scrypt$n$r$p$salt$hash`, the last two in base64."""
    may: Mapped[str] = mapped_column(String(10))
    """read, decide or run; each includes the one before."""
    created_at: Mapped[datetime]


class TokenRow(Table):
    """What a program shows instead of a password."""

    __tablename__ = "tokens"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the token, in hex."""
    name: Mapped[str] = mapped_column(String(80), unique=True)
    may: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class SessionRow(Table):
    """A person who is logged in, in one browser."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the session's number, in hex."""
    user: Mapped[str] = mapped_column(ForeignKey("users.name"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SecretRow(Table):
    """What the desk signs cookies and forms with; made when first needed."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes]


class AuditRow(Table):
    """Something that a person or a program changed, or tried to."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(80))
    """Name of the user or token; what was typed where a login failed."""
    way: Mapped[str] = mapped_column(String(20))
    """login, token, command"""
    action: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(Text)
    """What it was done to: ids, a source, a name."""
    place: Mapped[str] = mapped_column(String(80))
    """Address of the client; for a command, the name of the machine."""
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
