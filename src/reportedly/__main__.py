"""`python -m reportedly`."""

from reportedly.cli import run

run()
