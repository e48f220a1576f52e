"""Folders of CSV files with metadata: CSV on the Web, Croissant, RO-Crate."""
