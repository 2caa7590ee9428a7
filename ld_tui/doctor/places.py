"""Where files are, who said so, and whether they can be written."""

import os
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from ld_tui import __version__, paths
from ld_tui.config.load import load
from ld_tui.doctor.finding import Finding
from ld_tui.llm.endpoint import KEY, MODEL, URL

PACKAGES = (
    "textual",
    "rich",
    "numpy",
    "annoy",
    "ctransformers",
    "pydantic-monty",
    "sentence-transformers",
    "tokenizers",
    "safetensors",
    "tomlkit",
    "tomli-w",
    "platformdirs",
)
EXTRAS = ("torch", "xllamacpp", "matplotlib", "openai")
"""Packages that some parts can do with, and none needs."""
_KEYS = (KEY, "LD_TUI_API_KEY", "OPENAI_API_KEY")
_LEAST_FREE = 200_000_000


def look_at_program() -> Iterator[Finding]:
    """Yield the versions of what runs."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("program", "ld-tui", "ok", f"{__version__}, {paths.PACKAGE}")
    old = sys.version_info < (3, 11)
    mend = "Python 3.11 or newer is needed" if old else ""
    yield Finding(
        "program", "Python", "fail" if old else "ok", f"{version}, {sys.executable}", mend
    )
    for name in PACKAGES:
        found = _version(name)
        if found is None:
            mend = f"pip install {name}"
            yield Finding("program", name, "fail", "not installed", mend)
        else:
            yield Finding("program", name, "ok", found)
    extras = [f"{name} {found}" for name in EXTRAS if (found := _version(name))]
    yield Finding("program", "extras", "ok", ", ".join(extras) or "none")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def look_at_places(functionbase: Path | None, saves: Path | None) -> Iterator[Finding]:
    """Yield each folder with where it comes from; a folder that was named came by a flag."""
    home = "LD_TUI_HOME" if "LD_TUI_HOME" in os.environ else "default"
    checkout = paths.checkout() is not None and home == "default"
    own = "this checkout" if checkout else home
    base = functionbase or paths.functionbase_dir()
    seeded = base == paths.packaged_functionbase() and not checkout and functionbase is None
    where = "flag" if functionbase else "what came with the program" if seeded else own
    to_write = base if functionbase or checkout else paths.data_dir() / "functionbase"
    yield _place("functions", base, where, to_write, "edits and kept functions have no place")
    yield _place("saves", saves or paths.saves_dir(), "flag" if saves else own,
                 saves or paths.saves_dir(), "games can't be saved; use --saves DIR")  # fmt: skip
    yield _place("cache", paths.cache_dir(), home, paths.cache_dir(),
                 "boards are solved anew each time; set LD_TUI_HOME to another")  # fmt: skip
    near = _nearest(paths.cache_dir())
    free = shutil.disk_usage(near).free
    full = free < _LEAST_FREE
    mend = "make room: solved boards take tens of megabytes" if full else ""
    text = f"{free / 1e9:.1f} GB free at {near}"
    yield Finding("places", "disk", "warn" if full else "ok", text, mend)


def _place(name: str, path: Path, source: str, to_write: Path, mend: str) -> Finding:
    can = os.access(_nearest(to_write), os.W_OK)
    there = "" if path.exists() else ", not there yet"
    text = f"{path} ({source}{there}){'' if can else ', which can not be written'}"
    return Finding("places", name, "ok" if can else "warn", text, "" if can else mend)


def _nearest(path: Path) -> Path:
    """Return a path, or the nearest folder above it that exists."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def look_at_settings() -> Iterator[Finding]:
    """Yield how the file of settings is, and what the environment sets; of keys no value."""
    named = {name: os.environ[name] for name in ("LD_TUI_HOME", MODEL) if os.environ.get(name)}
    yield _config()
    text = ", ".join(f"{name}={value}" for name, value in named.items())
    yield Finding("settings", "environment", "ok", text or "nothing of ld-tui's is set")
    url = os.environ.get(URL, "")
    told = "set" if url else "not set; the composer writes functions offline"
    yield Finding("settings", URL, "ok", told)
    there = [name for name in _KEYS if os.environ.get(name)]
    yield Finding("settings", "keys", "ok", f"{', '.join(there) or 'none'} in the environment")


def _config() -> Finding:
    """Say where the file of settings is, and what in it or the environment can't be used."""
    loaded = load()
    path, problems = loaded.path, loaded.problems
    if not problems and not path.exists():
        return Finding("settings", "file", "ok", f"{path} (not there: all is as by default)")
    if not problems:
        named = "LD_TUI_CONFIG" if os.environ.get("LD_TUI_CONFIG") else "the usual place"
        kept = "" if os.access(path, os.W_OK) else ", read-only: changes on the screen don't last"
        return Finding("settings", "file", "ok", f"{path} ({named}{kept})")
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    mend = "`ld-tui config edit`; `ld-tui config validate` tells all of it"
    return Finding("settings", "file", "warn", f"{problems[0]}{more}", mend)
