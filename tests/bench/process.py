"""What the kernel says of a process: its CPU time and its share of the memory."""

from pathlib import Path


def cpu_s(pid: int) -> float:
    """Seconds on a processor of all threads that live, to the nanosecond (`schedstat`; `stat` counts whole ticks)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def pss_mb(pid: int) -> float:
    """Megabytes of 2^20 bytes: pages shared with others are counted by share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def name_of(pid: int) -> str:
    """The name that `ps` shows."""
    return Path(f"/proc/{pid}/comm").read_text().strip()
