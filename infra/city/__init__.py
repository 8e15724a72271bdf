"""Writes the schematic demo city: a road network as OSM PBF and a register folder, the same bytes for the same seed."""
