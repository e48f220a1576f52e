"""Strings in, strings out: what Unicode says of characters, words and spellings."""
