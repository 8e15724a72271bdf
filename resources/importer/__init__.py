"""Reads a folder of CSV and GeoJSON into the register: every refusal named, one transaction, twice is once."""
