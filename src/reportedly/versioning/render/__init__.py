"""Differences as text, Markdown, JSON and a changelog."""
