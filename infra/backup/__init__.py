"""One file that holds everything a copy cannot make anew, and the way back from it."""

from infra.backup.restore import restore
from infra.backup.save import save

__all__ = ["restore", "save"]
