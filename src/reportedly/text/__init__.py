"""Texts made safe for where they are shown."""
