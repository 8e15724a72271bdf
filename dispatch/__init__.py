"""Incidents, who goes to them, and what is done there."""
