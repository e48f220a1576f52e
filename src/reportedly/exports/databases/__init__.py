"""Databases in one file: SQLite and DuckDB."""
