"""An interrupt that something swallowed is not lost."""

import contextlib
import os
import signal
import threading

import pytest

from ld_tui.bench.interrupts import heard_interrupts


@pytest.fixture(autouse=True)
def hears():
    """Let this process hear interrupts, however it was begun."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_is_raised_at_once() -> None:
    went_on = False
    with contextlib.suppress(KeyboardInterrupt), heard_interrupts():
        interrupt()
        went_on = True
    assert not went_on


def test_a_swallowed_one_is_raised_at_the_next_look() -> None:
    with heard_interrupts() as look:
        look()
        with contextlib.suppress(KeyboardInterrupt):
            interrupt()
        with pytest.raises(KeyboardInterrupt):
            look()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_and_another_thread_are_left_alone() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with heard_interrupts() as look:
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        look()
    done = []

    def elsewhere() -> None:
        with heard_interrupts() as look:
            look()
            done.append(True)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert done
