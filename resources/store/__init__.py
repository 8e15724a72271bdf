"""The register's only SQL."""
