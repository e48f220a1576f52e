"""Strings in, strings out: characters, words, spellings, Markdown."""
