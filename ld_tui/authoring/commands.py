"""The `ld-tui functions` commands that read or check the function base."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ld_tui import paths
from ld_tui.agent.vocabulary import known_words, unknown_words
from ld_tui.authoring.check import check_manual, sample_positions
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual
from ld_tui.functionbase.retriever import Retriever, open_retriever
from ld_tui.functionbase.shelf import Entry, Shelf
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.sandbox.run import Sandbox


def list_functions(folder: Path) -> int:
    """Print every function with its summary, stage by stage; problems go to stderr."""
    base = load(folder)
    off = [entry for entry in Shelf(folder).entries() if entry.is_disabled]
    width = max(map(len, (*base.names, *(entry.name for entry in off))), default=0)
    for stage in base.stages:
        print(f"{stage.side} {stage.name}: {stage.question}")
        told = {each.name: each.summary for each in base.manuals_of(stage.side, stage.name)}
        for entry in off:
            if (entry.place.side, entry.place.stage) == (stage.side, stage.name):
                summary = entry.problem if entry.manual is None else entry.manual.summary
                told[entry.name] = f"(disabled) {summary}"
        for name in sorted(told):
            print(f"  {name:{width}}  {told[name]}")
    return _report_problems(base)


def show_function(folder: Path, name: str) -> int:
    """Print one manual as its file has it, a disabled one too.

    Raises FunctionBaseError for an unknown name.
    """
    base = load(folder)
    if base.get(name) is not None:
        print(base.text_of(name), end="")
        return 0
    shelf = Shelf(folder)
    entry = shelf.find(name)
    if not entry.is_disabled:
        raise FunctionBaseError(_unused(entry))
    print(shelf.open(entry.place).text, end="")
    print(f"ld-tui: {_unused(entry)}", file=sys.stderr)
    return 0


def check_functions(folder: Path, names: Sequence[str]) -> int:
    """Run on each function what a save in the editor runs; return 1 where anything fails.

    Raises FunctionBaseError for an unknown name.
    """
    base = load(folder)
    failed = _report_problems(base)
    known = known_words()
    with Sandbox() as sandbox:
        for manual in _named(base, names):
            stage = base.stage_of(manual)
            results = list(check_manual(manual, stage, sandbox, sample_positions(manual.side)))
            wrong = [result for result in results if not result.passed]
            mark = "FAILED" if wrong else "ok"
            print(f"{mark:6}  {manual.side}/{manual.stage}/{manual.name}  {len(results)} checks")
            for result in wrong:
                print(f"        {result.name}: {result.detail}")
            if known is not None and (new := unknown_words(manual.text, known)):
                print(f"        words that the shipped S-LLM was not taught: {', '.join(new)}")
            failed = failed or int(bool(wrong))
    return failed


def search_functions(folder: Path, text: str, k: int, embedder: str | None = None) -> int:
    """Print the functions nearest in meaning to a text, over all sides and stages."""
    for candidate in _retriever(load(folder), embedder).search(text, k):
        manual = candidate.manual
        place = f"{manual.side}/{manual.stage}/{manual.name}"
        print(f"{candidate.distance:.3f}  {place}  {manual.summary}")
    return 0


def reindex(folder: Path, embedder: str | None = None) -> int:
    """Build the index anew, whatever is there."""
    base = load(folder)
    _retriever(base, embedder, rebuild=True)
    print(f"indexed {len(base.manuals)} functions of {base.folder}")
    return _report_problems(base)


def _named(base: FunctionBase, names: Sequence[str]) -> Sequence[Manual]:
    found = []
    for name in names:
        manual = base.get(name)
        if manual is None:
            raise FunctionBaseError(_unused(Shelf(base.folder).find(name)))
        found.append(manual)
    return found or base.manuals


def _unused(entry: Entry) -> str:
    """Say why a function that is there is not in use, with the mend."""
    if entry.is_disabled:
        return f"{entry.name} is disabled; `ld-tui functions enable {entry.name}` takes it into use"
    if entry.is_new:
        return f"{entry.name} is only a draft; `ld-tui functions edit {entry.name}` goes on with it"
    return entry.problem


def _report_problems(base: FunctionBase) -> int:
    for problem in base.problems:
        print(problem, file=sys.stderr)
    return int(bool(base.problems))


def _retriever(base: FunctionBase, embedder: str | None, rebuild: bool = False) -> Retriever:
    model = embedder or paths.SHIPPED_EMBEDDER
    retriever = open_retriever(base, model, paths.cache_dir(), rebuild=rebuild)
    if retriever.notice:
        print(retriever.notice, file=sys.stderr)
    return retriever
