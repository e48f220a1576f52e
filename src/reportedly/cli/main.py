"""Where the command begins: it takes signals before it imports what it runs, which takes longer than most of what it does."""

from __future__ import annotations

import os
import sys

# As in `reportedly` itself: importing typing would take longer than all else before the signals are taken.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Stopped(BaseException):
    """A signal asks the command to stop; what it was writing is taken away on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _stop(number: int, _: object) -> None:
    raise Stopped(number)


def _take_signals() -> None:
    """Take signals as other programs do, which Python does not by itself."""
    import signal

    # A reader that closes the pipe ends the command without a word.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What is started in the background may have been told to ignore them.
        if number and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def fail(message: str, status: int) -> NoReturn:
    """Tell in one line why the command ends early, and end it.

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


def run() -> None:
    """Run the command, and end it in one line where a signal stops it, however early."""
    try:
        _take_signals()
        from reportedly.cli.app import run as run_command

        run_command()
    except KeyboardInterrupt:
        # Pressed while Python still took the signals itself.
        fail("stopped by SIGINT", 128 + 2)
    except Stopped as stopped:
        import signal

        # One is enough: another would come in the middle of the line.
        signal.signal(stopped.number, signal.SIG_IGN)
        fail(f"stopped by {signal.Signals(stopped.number).name}", 128 + stopped.number)
