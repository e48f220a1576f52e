"""Corruptions of a data package that follow from its schemas and rules, and what becomes of them."""
