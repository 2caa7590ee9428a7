"""Interrupts that are heard even where native code swallows the exception they raise."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def heard_interrupts() -> Iterator[Callable[[], None]]:
    """Yield what raises KeyboardInterrupt where one was asked for and came to nothing.

    Python raises it wherever it stands just then; in a callback of native code, or while a
    compiled module is loaded, it is printed or dropped, and the work goes on.
    """
    came = threading.Event()
    before = signal.getsignal(signal.SIGINT)
    is_ours = (
        before is signal.default_int_handler
        and threading.current_thread() is threading.main_thread()
    )

    def interrupted(number: int, frame: FrameType | None) -> None:
        came.set()
        signal.default_int_handler(number, frame)

    def look() -> None:
        if came.is_set():
            raise KeyboardInterrupt

    if is_ours:
        signal.signal(signal.SIGINT, interrupted)
    try:
        yield look
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, before)
