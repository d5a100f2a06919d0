"""One running replica for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.replica import Replica
from tests.replica.client import SMALL, Client


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(SMALL, 7) as running:
        yield running


@pytest.fixture
def client(replica: Replica) -> Iterator[Client]:
    yield Client(replica.environment)
    replica.faults.clear()
