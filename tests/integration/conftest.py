"""What tests of the parts together may ask for besides: a client of the private Redis, connections to the database."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of its own for each test."""
    made = Redis.from_url(redis_url)
    yield made
    await made.aclose()


@pytest.fixture(scope="module")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The module's database, as a service sees it."""
    made = create_async_engine(database_url)
    yield made
    await made.dispose()
