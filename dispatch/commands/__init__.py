"""Load, ask the rules, save, record, return."""

import uuid


def new_id(prefix: str) -> str:
    """A fresh identity, readable by its prefix."""
    return f"{prefix}-{uuid.uuid4().hex[:20]}"
