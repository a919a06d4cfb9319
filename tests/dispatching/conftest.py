"""A PostgreSQL server for all tests of the dispatching, and a database of the store's own for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sheetflow.store import Store
from tests.postgres import Cluster, cluster, next_schema, programs
from tests.programs import COMPLETE


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server."""
    if programs() is None and not COMPLETE:
        pytest.skip("PostgreSQL (initdb) is not installed")
    with cluster() as made:
        yield made


@pytest.fixture
def url(postgres: Cluster) -> str:
    """A database of the store's own."""
    place = postgres.url(next_schema())
    Store(place).close()
    return place
