"""Seconds by road for a given vehicle (pure)."""
