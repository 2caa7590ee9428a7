"""What a game on the screen needs of the engine and of its screen, as protocols."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class Engine(Protocol):
    """What is asked of the engine; answers come through `Conductor.heard`."""

    def decide(
        self,
        position: str,
        player: str,
        settings: Mapping[str, object],
        history: Sequence[Sequence[object]],
    ) -> int: ...

    def analyze(self, position: str, moves: bool) -> int: ...

    def reload(self) -> int: ...

    def stop(self, target: int) -> None: ...


class ReviewingEngine(Engine, Protocol):
    """An engine that also says what turns were worth that were played."""

    def review(self, turn: Mapping[str, object]) -> int: ...


class EditingEngine(Protocol):
    """What editors of functions ask the engine for; answers come through `Workbench.heard`."""

    def ask(self, kind: str, **fields: object) -> int: ...

    def stop(self, target: int) -> None: ...


class Host(Protocol):
    """The screen that a conductor plays on."""

    def changed(self) -> None:
        """Something to be seen changed."""

    def streamed(self) -> None:
        """An author wrote on; nothing else changed."""

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call back after a while."""
