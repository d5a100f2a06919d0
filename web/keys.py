"""Passwords, tokens, sessions and signatures: pure functions over the standard library.

Passwords are stretched with scrypt (OWASP's second set of parameters: 32 MB, three times); tokens and
sessions are 256 random bits, for which one SHA-256 is enough.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import cache

SHORTEST_PASSWORD = 8
"""Characters (NIST SP 800-63B)."""
LONGEST_PASSWORD = 200
TOKEN_PREFIX = "cq_"  # noqa: S105 - how a token begins, so that scanners of leaked secrets find it
COST = (2**15, 8, 3)
"""scrypt's n, r and p; they are kept with each password, so that they can be raised later."""


def password_hash(password: str, cost: tuple[int, int, int] = COST) -> str:
    """What is kept of a password: `scrypt$n$r$p$salt$hash`."""
    salt = secrets.token_bytes(16)
    made = _stretch(password, salt, *cost)
    return "$".join(("scrypt", *map(str, cost), _text(salt), _text(made)))


def password_fits(password: str, kept: str) -> bool:
    """Whether it is the password; takes as long whether it is or not."""
    scheme, n, r, p, salt, wanted = kept.split("$")
    if scheme != "scrypt":
        raise ValueError(f"a password is kept by {scheme!r}, which this version does not know")
    made = _stretch(password[:LONGEST_PASSWORD], base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(made, base64.b64decode(wanted))


@cache
def nobodys_password() -> str:
    """Compared with when there is no such user, so that the time of an answer tells nothing."""
    return password_hash(secrets.token_urlsafe())


def new_token() -> str:
    """A token that nobody can guess."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a token or session."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signature(key: bytes, purpose: str, text: str) -> str:
    """A signature that fits one purpose only."""
    made = hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


def signed(key: bytes, purpose: str, text: str) -> str:
    """The text with its signature behind it."""
    return f"{text}.{signature(key, purpose, text)}"


def unsigned(key: bytes, purpose: str, value: str) -> str | None:
    """The text, when the signature behind it is ours."""
    text, _, found = value.rpartition(".")
    return text if same(found, signature(key, purpose, text)) else None


def same(found: str, wanted: str) -> bool:
    """Whether two texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(found.encode(), wanted.encode())


def _stretch(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
