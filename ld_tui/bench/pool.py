"""Games in processes of their own: native libraries don't survive a fork, so they are spawned."""

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Options = TypeVar("Options")


def in_processes(
    play: Callable[[Task], Result],
    tasks: Sequence[Task],
    workers: int,
    begin: Callable[[Options], None],
    options: Options,
) -> Iterator[tuple[Task, Result]]:
    """Yield each task with what `play` made of it, as they finish.

    `begin` is called once in each process, with `options`; both have to be functions of a module.
    """
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), _begin, (begin, options)
    )
    try:
        with _deaf():
            futures = {pool.submit(play, task): task for task in tasks}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Put off interrupts: a process begun in the meantime inherits it, and never hears one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(begin: Callable[[Options], None], options: Options) -> None:
    # An interrupt is for the main process, which then ends the pool.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin(options)
