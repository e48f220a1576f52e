"""Findings in a data package."""
