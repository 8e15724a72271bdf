"""The optimizer's bench."""
