"""Where the command begins: it takes signals before it imports what it runs, which takes longer than most of what it does."""

from __future__ import annotations

from reportedly.cli.exit import Stopped, fail


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
