"""The processes in which road trees and the optimizer run: forked before any thread, killable, warm."""

from dispatch.workers.server import serve

__all__ = ["serve"]
