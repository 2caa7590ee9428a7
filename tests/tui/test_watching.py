"""Noticing changes outside: each once, and none of those that were settled."""

import threading
from pathlib import Path

from ld_tui.tui.clerk import Clerk
from ld_tui.tui.watching import Watcher


def put(folder: Path, name: str, text: str) -> None:
    path = folder / "blue" / "plan" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_each_change_is_told_once(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path, lambda names: None)
    put(tmp_path, "one.toml", "x")
    watcher.settle()
    assert watcher.look() == ()
    put(tmp_path, "one.toml", "longer")
    put(tmp_path, "two.toml.off", "x")
    put(tmp_path, "notes.txt", "x")
    assert watcher.look() == ("one", "two")
    assert watcher.look() == ()
    (tmp_path / "blue/plan/one.toml").unlink()
    watcher.settle()
    assert watcher.look() == ()


def test_the_thread_tells_of_what_it_sees(tmp_path: Path) -> None:
    told: list[tuple[str, ...]] = []
    heard = threading.Event()

    def tell(names: tuple[str, ...]) -> None:
        told.append(names)
        heard.set()

    watcher = Watcher(tmp_path, tell, 0.01)
    watcher.start()
    watcher.start()
    while not heard.wait(0.02):
        put(tmp_path, "one.toml", "x" * (1 + len(list(tmp_path.rglob("*")))))
        put(tmp_path, f"n{len(list(tmp_path.rglob('*')))}.toml", "x")
    watcher.close()
    assert told[0]


def test_a_clerk_does_things_in_order_and_finishes_what_it_has(tmp_path: Path) -> None:
    done: list[int] = []
    clerk = Clerk(lambda call: call())
    for number in range(20):
        clerk.do(lambda number=number: number, done.append, lambda error: None)
    clerk.close(10.0)
    clerk.do(lambda: 99, done.append, lambda error: None)
    assert done == list(range(20))
