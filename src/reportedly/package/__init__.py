"""A data package on disk: opening, reading and writing its files."""
