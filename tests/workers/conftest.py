"""Workers need PostgreSQL; these tests run on it alone."""

from __future__ import annotations

import pytest


@pytest.fixture
def backend() -> str:
    return "postgresql"
