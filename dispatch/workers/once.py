"""What is made of a value of the register: made once, kept while the value stays the same object."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

REMEMBERED = 16384
Made = TypeVar("Made")


class Once(Generic[Made]):
    """A function of one frozen value that remembers by identity. The value is held, so that its id stays its own."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._make = make
        self._kept: dict[int, tuple[object, Made]] = {}

    def __call__(self, value: object) -> Made:
        held = self._kept.get(id(value))
        if held is None:
            if len(self._kept) >= REMEMBERED:
                self._kept.clear()
            held = self._kept[id(value)] = (value, self._make(value))
        return held[1]
