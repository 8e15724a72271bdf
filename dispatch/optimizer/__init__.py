"""Who goes: the staged dispatch optimizer (pure)."""
