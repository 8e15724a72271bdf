"""What glibc keeps of freed memory. Other C libraries keep as they like: there nothing here does anything."""

import ctypes
from typing import Any

_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE = 128 * 1024  # glibc's own first threshold, which it would raise with each large block that is freed
_LIBC = ctypes.CDLL(None)


def keep_no_large_blocks() -> None:
    """Has every block of 128 KiB and more returned to the system when it is freed, for processes that rarely need any.

    A start's snapshots of the city left half of the gateway's memory in holes; a block costs page faults each time.
    """
    set_option: Any = getattr(_LIBC, "mallopt", None)
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Returns freed pages to the system now, for processes whose work needs large blocks again and again."""
    trim: Any = getattr(_LIBC, "malloc_trim", None)
    if trim is not None:
        trim(0)
