"""Passwords: argon2id with OWASP's parameters, a bounded number at a time, and no hint whether an account exists."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kernel.errors import TooMany

AT_ONCE = 2
WAITING = 50
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash("no account has this password")


def hash_password(password: str) -> str:
    """The argon2id hash to store; takes about 30 ms."""
    return _hasher.hash(password.encode("utf-8", "surrogatepass"))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password fits; without a stored hash it takes as long and is false."""
    try:
        _hasher.verify(stored or _NOBODY, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


class Verifier:
    """Verifies two passwords at a time in threads (the hash releases the GIL) and refuses a flood."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password fits. Raises TooMany when 50 others wait already."""
        if self._waiting >= WAITING:
            raise TooMany("sign_in_busy", "Too many people are signing in; try again in a moment.", retry_after_s=2)
        self._waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(matches, password, stored)
        finally:
            self._waiting -= 1
