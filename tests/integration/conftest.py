"""What tests of the parts together may ask for besides: a client of the private Redis."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of its own for each test."""
    made = Redis.from_url(redis_url)
    yield made
    await made.aclose()
