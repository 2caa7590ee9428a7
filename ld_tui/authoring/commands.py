"""The `ld-tui functions` commands that read or check the function base."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ld_tui import paths
from ld_tui.agent.vocabulary import known_words, unknown_words
from ld_tui.authoring.check import check_manual, sample_positions
from ld_tui.errors import FunctionBaseError
from ld_tui.functionbase.manual import Manual, nearest
from ld_tui.functionbase.retriever import Retriever, open_retriever
from ld_tui.functionbase.store import FunctionBase, load
from ld_tui.sandbox.run import Sandbox


def list_functions(folder: Path) -> int:
    """Print every function with its summary, stage by stage; problems go to stderr."""
    base = load(folder)
    width = max((len(name) for name in base.names), default=0)
    for stage in base.stages:
        print(f"{stage.side} {stage.name}: {stage.question}")
        for manual in base.manuals_of(stage.side, stage.name):
            print(f"  {manual.name:{width}}  {manual.summary}")
    return _report_problems(base)


def show_function(folder: Path, name: str) -> int:
    """Print one manual as its file has it. Raises FunctionBaseError for an unknown name."""
    print(load(folder).text_of(name), end="")
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
            raise FunctionBaseError(f"there is no function {name!r}; {nearest(name, base.names)}")
        found.append(manual)
    return found or base.manuals


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
