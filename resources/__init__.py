"""The register: organisations, stations, teams, units, equipment, stockpiles."""
