"""The parts that think: models, index, sandbox, function base. Each is tried, not believed."""

import hashlib
import sys
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ld_tui import paths
from ld_tui.authoring.check import check_manual, sample_positions
from ld_tui.doctor.finding import Finding
from ld_tui.engine.supervise import Patience, SupervisedEngine
from ld_tui.errors import LdTuiError, ModelError, SandboxError
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.llm.manifest import check_manifest
from ld_tui.sandbox.run import Limits, Ran, Sandbox, TimedOut, describe_failure

_POSITION = "10 a1,c4,h8 f5 b 0 0,0 -"
_PATIENCE = 90.0
"""Seconds that the engine has to load its models and decide once."""
_POSITIONS = 8
"""Positions on which each function is run."""
_ENDLESS = "def attack(state, previous):\n    while True:\n        pass\n"
_HONEST = "def honest(state, previous):\n    return [1, 2]\n"


def look_at_models(model: Path | str | None) -> Iterator[Finding]:
    """Yield the weights with their sizes, and whether their hashes are right."""
    for name, path in (("S-LLM", model or paths.SHIPPED_SELECTOR), ("KD", paths.SHIPPED_KD)):
        yield _weights(name, path)
    folder, sums = paths.SHIPPED_EMBEDDER, paths.SHIPPED_EMBEDDER / "SHA256SUMS"
    try:
        wrong = [
            name
            for wanted, _, name in (line.partition("  ") for line in sums.read_text().splitlines())
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted
        ]
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except (OSError, ValueError) as error:
        yield Finding("models", "retriever", "fail", f"{folder}: {error}", "install ld-tui anew")
        return
    text = f"{folder}, {size:,} bytes, "
    if wrong:
        text += f"damaged: {', '.join(wrong)}"
        yield Finding("models", "retriever", "fail", text, "install ld-tui anew")
    else:
        yield Finding("models", "retriever", "ok", text + "hashes right")


def _weights(name: str, path: Path | str) -> Finding:
    if isinstance(path, str):
        return Finding("models", name, "ok", f"the server {path}; tried below")
    try:
        known = check_manifest(path)
        size = path.stat().st_size
    except (OSError, ModelError) as error:
        mend = "install ld-tui anew, or name another by --model or in the settings"
        return Finding("models", name, "fail", str(error), mend)
    told = "hash right" if known else "a file of your own, without a hash to compare"
    return Finding("models", name, "ok", f"{path}, {size:,} bytes, {told}")


def try_engine(options: list[str]) -> Iterator[Finding]:
    """Have an engine process load everything and decide once; it may die, this may not."""
    done, began = threading.Event(), time.monotonic()
    ready: dict[str, Any] = {}
    told: list[Mapping[str, Any]] = []
    notices: list[str] = []

    def heard(message: Mapping[str, Any]) -> None:
        if message.get("id") is None:
            ready.update(message, seconds=time.monotonic() - began)
        else:
            told.append(message)
            if message["event"] in ("decided", "gave_up", "error"):
                done.set()

    command = [sys.executable, "-m", "ld_tui", "engine", *options]
    patience = Patience(start=_PATIENCE, attempts=1)
    engine = SupervisedEngine(command, heard, notices.append, patience)
    try:
        engine.start()
        engine.decide(_POSITION, "ld", {"seed": 1, "author": "none"})
        done.wait(_PATIENCE)
    finally:
        engine.close()
    last = told[-1] if told else {"event": "error", "message": "no answer"}
    if ready.get("event") == "ready":
        text = (
            f"ready in {ready['seconds']:.1f} s: {ready.get('functions')} functions, "
            f"{ready.get('selector')}, embeddings: {ready.get('embedder')}"
        )
        yield Finding("models", "load", "ok", text)
        for notice in ready.get("notices", ()):
            yield Finding("models", "notice", "warn", str(notice))
    if last["event"] == "decided":
        by = Counter(each["by"] for each in told if each["event"] == "selected")
        chosen = [each["name"] for each in told if each["event"] == "executed"]
        text = f"{last['move']} by {', '.join(chosen)} in {last['ms']:.0f} ms"
        yield Finding("models", "decision", "ok", f"{text}, chosen by {', '.join(by)}")
        return
    problem = last.get("message") or last.get("reason") or "no move"
    for line in dict.fromkeys([*notices, str(problem)]):
        mend = "see what is said of models; --model, --functionbase or the settings name others"
        yield Finding("models", "decision", "fail", line, mend)


def look_at_index(folder: Path) -> Iterator[Finding]:
    """Yield whether Annoy can be trusted here, and whether the stored index fits the base."""
    from ld_tui.functionbase.annoy_check import annoy_library, run_self_test
    from ld_tui.functionbase.index import Options

    library = annoy_library()
    problem = "it is not installed" if library is None else run_self_test(Options().self_test)
    if problem:
        mend = "exact search stands in; the README says how to compile Annoy anew"
        yield Finding("index", "Annoy", "warn", problem, mend)
    else:
        yield Finding("index", "Annoy", "ok", "its self-test passed, in a process of its own")
    try:
        yield _stored(load(folder))
    except LdTuiError as error:
        yield Finding("index", "stored", "fail", str(error), "name another with --functionbase")


def _stored(base: FunctionBase) -> Finding:
    from ld_tui.functionbase.exact import digest
    from ld_tui.functionbase.retriever import entries_of

    keys = [entry.key for entry in sorted(entries_of(base.manuals))]
    place = sha256(str(base.folder.resolve()).encode()).hexdigest()[:16]
    for folder in (base.folder, paths.cache_dir() / f"index-{place}"):
        try:
            manifest = tomllib.loads((folder / "index.toml").read_text(encoding="utf-8"))
            whole = manifest["sha256"] == digest((folder / "index.ann").read_bytes())
            if whole and manifest["manuals"] == keys:
                text = f"{len(keys)} manuals, recall {manifest['recall']:.2f}, in {folder}"
                return Finding("index", "stored", "ok", text)
        except (OSError, ValueError, LookupError, TypeError):
            continue
    text = "none fits the function base as it is now"
    return Finding("index", "stored", "warn", text, "it is built anew when it is next used")


def attack_sandbox() -> Iterator[Finding]:
    """Yield whether an endless loop is stopped in the sandbox, and work goes on after it."""
    limit = Limits().seconds
    try:
        with Sandbox() as sandbox:
            began = time.perf_counter()
            attack = sandbox.run("attack", _ENDLESS, ({}, None))
            seconds = time.perf_counter() - began
            after = sandbox.run("honest", _HONEST, ({}, None))
    except SandboxError as error:
        yield Finding("sandbox", "attack", "fail", str(error), "pip install pydantic-monty==1.4.0")
        return
    if isinstance(attack, TimedOut) and isinstance(after, Ran) and after.value == [1, 2]:
        text = f"an endless loop was stopped after {seconds:.2f} s (limit {limit:g}), work goes on"
        yield Finding("sandbox", "attack", "ok", text)
        return
    said = [
        describe_failure(each) if not isinstance(each, Ran) else f"returned {each.value!r}"
        for each in (attack, after)
    ]
    text = f"the loop {said[0]}; what came after it {said[1]}"
    yield Finding("sandbox", "attack", "fail", text, "pip install pydantic-monty==1.4.0")


def check_functions(folder: Path) -> Iterator[Finding]:
    """Yield how many functions pass their checks, and each that doesn't."""
    try:
        base = load(folder)
    except LdTuiError as error:
        yield Finding("functions", "base", "fail", str(error), "name another with --functionbase")
        return
    for problem in base.problems:
        yield Finding("functions", "file", "warn", str(problem), "it is left out")
    passed, failed = 0, []
    try:
        with Sandbox() as sandbox:
            for manual in base.manuals:
                places = sample_positions(manual.side, _POSITIONS)
                found = check_manual(manual, base.stage_of(manual), sandbox, places)
                wrong = next((each for each in found if not each.passed), None)
                passed += wrong is None
                if wrong is not None:
                    failed.append(f"{manual.name}: {wrong.name}: {wrong.detail}")
    except SandboxError as error:
        yield Finding("functions", "checks", "fail", str(error))
        return
    for line in failed:
        mend = "mend it; `ld-tui functions check` tells more"
        yield Finding("functions", "check", "warn", line, mend)
    text = f"{passed} of {len(base.manuals)} pass their checks, each on {_POSITIONS} positions"
    yield Finding("functions", "base", "ok" if passed else "fail", f"{text}; {folder}")
