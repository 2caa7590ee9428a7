"""The architecture, as a test: imports point downward and heavy packages have one owner."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Lowest first. A package may import only packages in an earlier row, or itself.
LAYERS = [
    {"errors"},
    {"paths", "game"},
    {"config", "tablebase", "functionbase", "sandbox", "llm"},
    {"agent"},
    {"arena"},
    {"authoring"},
    {"engine"},
    {"export"},
    {"bench", "training", "tui", "web"},
    {"plain", "doctor"},
    {"cli_options"},
    {
        "cli_access",
        "cli_author",
        "cli_bench",
        "cli_config",
        "cli_export",
        "cli_functions",
        "cli_levels",
        "cli_replay",
    },
    {"cli"},
    {"__main__"},
]
RANK = {name: rank for rank, row in enumerate(LAYERS) for name in row}

# Third-party package -> the only places that may import it, even lazily.
OWNERS = {
    "textual": {"ld_tui.tui"},
    "textual_serve": {"ld_tui.web.server"},
    "annoy": {"ld_tui.functionbase.index"},
    "sentence_transformers": {"ld_tui.functionbase.embedding"},
    "ctransformers": {"ld_tui.llm"},
    "xllamacpp": {"ld_tui.llm.xllamacpp_backend"},
    "pydantic_monty": {"ld_tui.sandbox"},
    "torch": {"ld_tui.training"},
    "numpy": {
        "ld_tui.arena.chains",
        "ld_tui.arena.study",
        "ld_tui.authoring",
        "ld_tui.tablebase",
        "ld_tui.functionbase",
        "ld_tui.llm",
        "ld_tui.training",
        "ld_tui.bench",
    },
}

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "ld_tui").rglob("*.py"))
}

HEAVY = {
    "textual",
    "torch",
    "annoy",
    "sentence_transformers",
    "ctransformers",
    "numpy",
    "xllamacpp",
}


def imports(module: str) -> Iterator[tuple[str, int]]:
    """Yield (absolute module name, line), counting imports inside functions and TYPE_CHECKING."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: write absolute imports"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def package(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "ld_tui" and len(parts) > 1 and parts[1] in RANK else None


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downward(module: str) -> None:
    here = package(module)
    assert here or module == "ld_tui", f"{module} has no row in LAYERS"
    for name, line in imports(module):
        there = package(name)
        if here and there and here != there:
            assert RANK[there] < RANK[here], f"{module}:{line}: {name} is not below it"


@pytest.mark.parametrize("module", MODULES)
def test_heavy_packages_have_one_owner(module: str) -> None:
    for name, line in imports(module):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or any(
            module == owner or module.startswith(owner + ".") for owner in owners
        ), f"{module}:{line} imports {name}; only {sorted(owners)} may"


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("ld_tui.game")])
def test_the_game_needs_only_the_standard_library(module: str) -> None:
    for name, line in imports(module):
        top = name.split(".")[0]
        inside = name.startswith(("ld_tui.game", "ld_tui.errors"))
        assert inside or top in sys.stdlib_module_names, f"{module}:{line} imports {name}"


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("ld_tui.cli", HEAVY | {"rich"}),
        ("ld_tui.game.rules", HEAVY | {"rich"}),
        ("ld_tui.tui.app", HEAVY - {"textual"}),
        ("ld_tui.engine.server", HEAVY),
        ("ld_tui.plain.open", HEAVY | {"rich"}),
    ],
)
def test_import_is_light(module: str, forbidden: set[str]) -> None:
    code = f"import sys, {module}; print(*{{m.split('.')[0] for m in sys.modules}})"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not forbidden & set(out.stdout.split())
