"""Resolvers for crawls in tests; their addresses are on loopback or nobody's."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


def rebinding(host: str, port: int) -> Sequence[str]:
    """A public answer first, then loopback: what an attacker's name server with TTL 0 does.

    How often it was asked is kept in the file that TEST_LOOKUPS names.
    """
    path = Path(os.environ["TEST_LOOKUPS"])
    path.write_text(path.read_text() + f"{host}\n" if path.exists() else f"{host}\n")
    # 192.31.196.0/24 is globally routable address space set aside for AS112; nothing is sent in tests.
    return ["127.0.0.1"] if len(path.read_text().split()) > 1 else ["192.31.196.1"]


def leading_inside(host: str, port: int) -> Sequence[str]:
    """Names that lead where nobody may go."""
    return {"metadata.example": ["169.254.169.254"], "inside.example": ["127.0.0.1"]}[host]
