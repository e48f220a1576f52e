"""What ends the program: its exit statuses, a signal, and a failure reported in one line."""

from __future__ import annotations

import os
import sys

# As in `reportedly` itself: importing typing would take longer than all else before the signals are taken.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

FINDINGS, WRONG_USE = 1, 2


class Stopped(BaseException):
    """A signal asks the command to stop; what it was writing is taken away on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def fail(message: str, status: int) -> NoReturn:
    """Say in one line why the command ends early, and end it.

    Parameters
    ----------
    message
        Why.
    status
        The exit status.
    """
    from contextlib import suppress

    from reportedly.text.display import one_line

    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"reportedly: {one_line(message)}\n")
        sys.stderr.flush()
    for stream in (sys.stdout, sys.stderr):
        # What is still buffered would raise again when Python flushes at exit.
        with suppress(AttributeError, OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(status)
