"""How long the engine takes to be ready, and what a decision costs beside its bare S-LLM.

    python benchmarks/latency.py [--positions 100] [--starts 5]

Ready: process start of `ld-tui engine` to its `ready` line, models loaded. Decision: all stages
of one decision in the engine's parts (retrieval, selection, sandbox, judging). Bare: the same
prompts, in the same order, put to a second S-LLM with nothing else around it. Milliseconds:
minimum, median, maximum.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace

from ld_tui.agent.events import Decided
from ld_tui.agent.loop import Settings
from ld_tui.arena.pursuit import PursuitSituation
from ld_tui.arena.resources import Resources
from ld_tui.game.rules import Position, apply, legal_moves, outcome
from ld_tui.game.starts import starts
from ld_tui.llm.selector import Selector, load_selector
from ld_tui.paths import SHIPPED_SELECTOR


class Recording:
    """An S-LLM that also notes every prompt it is asked."""

    def __init__(self, inner: Selector) -> None:
        self.inner = inner
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def probabilities(self, prompt: str, labels: Sequence[str]) -> tuple[float, ...]:
        self.asked.append((prompt, tuple(labels)))
        return self.inner.probabilities(prompt, labels)


def ready_times(count: int) -> list[float]:
    """Return milliseconds from starting the engine to its `ready`, `count` times."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        engine = subprocess.Popen(
            [sys.executable, "-m", "ld_tui", "engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert engine.stdout is not None
        first = json.loads(engine.stdout.readline())
        found.append((time.perf_counter() - began) * 1000)
        engine.kill()
        engine.wait()
        if first["event"] != "ready":
            raise SystemExit(f"the engine is not ready: {first}")
    return found


def played_positions(count: int) -> list[Position]:
    """Return positions of random games on 10x10, both sides to move."""
    rng = random.Random("latency")
    found: list[Position] = []
    for start in starts(count, seed=99):
        position = start
        for _ in range(rng.randrange(8)):
            if outcome(position) is None:
                position = apply(position, rng.choice(legal_moves(position)))
        if outcome(position) is None:
            found.append(position)
    return found


def decision_times(count: int) -> tuple[list[float], list[float]]:
    """Return milliseconds of each decision, and of the bare S-LLM on the decision's prompts."""
    resources = Resources()
    agent = resources.agent()
    assert agent.selector is not None
    recording = Recording(agent.selector)
    agent = replace(agent, selector=recording)
    whole: list[float] = []
    prompts = []
    for at, position in enumerate(played_positions(count)):
        recording.asked = []
        *_, last = agent.decide(PursuitSituation(position, at), Settings(seed=at))
        assert isinstance(last, Decided)
        whole.append(last.ms)
        prompts.append(recording.asked)
    selector = load_selector(SHIPPED_SELECTOR)
    bare = []
    for asked in prompts:
        began = time.perf_counter()
        for prompt, labels in asked:
            selector.probabilities(prompt, labels)
        bare.append((time.perf_counter() - began) * 1000)
    resources.close()
    return whole[5:], bare[5:]  # the first few warm caches


def show(name: str, times: Sequence[float]) -> None:
    """Print minimum, median and maximum on one line."""
    spread = f"{min(times):7.1f} {statistics.median(times):7.1f} {max(times):7.1f}"
    print(f"{name:10} {spread} ms (min, median, max of {len(times)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--positions", type=int, default=105)
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["LD_TUI_HOME"] = home
        show("ready", ready_times(options.starts + 1)[1:])
        whole, bare = decision_times(options.positions)
    show("decision", whole)
    show("bare S-LLM", bare)
    print(f"ratio      {statistics.median(whole) / statistics.median(bare):.2f}")


if __name__ == "__main__":
    main()
