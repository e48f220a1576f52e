"""`python -m reportedly`."""

from reportedly.entry import run

run()
