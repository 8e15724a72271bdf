"""One schematic city, built once for all the tests that only read it."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from infra.city.build import City, build
from infra.city.net import Net
from infra.city.register import Register


@pytest.fixture(scope="session")
def city() -> City:
    return build(1)


@pytest.fixture(scope="session")
def net(city: City) -> Net:
    return city.net


@pytest.fixture
def planted(city: City) -> Callable[[Callable[[Register], object]], Register]:
    """A copy of the register with one error planted in it."""

    def plant(error: Callable[[Register], object]) -> Register:
        copy = deepcopy(city.register)
        error(copy)
        return copy

    return plant
