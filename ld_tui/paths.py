"""Every location the program reads or writes, and the one way it writes files.

In a checkout `functionbase/` and `saves/` are the ones beside the package. An installed copy
reads the packaged function base until something is first written; then it seeds a copy in the
user's data folder. `LD_TUI_HOME` puts all of a user's files under one folder.
"""

import os
import shutil
import tempfile
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parent
MODELS = PACKAGE / "models"
"""All weights that come with the program."""
SHIPPED_SELECTOR = MODELS / "selector" / "selector.gguf"
"""The nano S-LLM that comes with the program."""
BENCHMARK_STARTS = PACKAGE / "bench" / "starts-10x10.txt"
"""Starts that every benchmark plays from and that no training may see."""
SHIPPED_KD = MODELS / "kd" / "kd.gguf"
"""The nano model of the same architecture that answers with moves: the KD baseline."""
SHIPPED_EMBEDDER = MODELS / "retriever"
"""The retriever's embedding model that comes with the program."""


def checkout() -> Path | None:
    """Return the root of the source checkout this package runs from; None where it is installed."""
    root = PACKAGE.parent
    return (
        root if (root / "pyproject.toml").is_file() and (root / "functionbase").is_dir() else None
    )


def packaged_functionbase() -> Path:
    """Return the function base that came with the program."""
    root = checkout()
    return root / "functionbase" if root else PACKAGE / "data" / "functionbase"


def data_dir() -> Path:
    """Return the user's data folder; it may not exist yet."""
    home = os.environ.get("LD_TUI_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir("ld-tui", appauthor=False))


def config_path() -> Path:
    """Return the file of settings; it may not exist yet."""
    if named := os.environ.get("LD_TUI_CONFIG"):
        return Path(named)
    if home := os.environ.get("LD_TUI_HOME"):
        return Path(home) / "config.toml"
    return Path(platformdirs.user_config_dir("ld-tui", appauthor=False)) / "config.toml"


def cache_dir() -> Path:
    """Return the folder for what can be computed again; it may not exist yet."""
    home = os.environ.get("LD_TUI_HOME")
    if home:
        return Path(home) / "cache"
    return Path(platformdirs.user_cache_dir("ld-tui", appauthor=False))


def functionbase_dir() -> Path:
    """Return the function base in use for reading: the user's own where there is one."""
    own = data_dir() / "functionbase"
    return own if (own / "stages.toml").is_file() else packaged_functionbase()


def writable_functionbase_dir() -> Path:
    """Return a function base that may be changed, seeding the user's copy on first use."""
    if checkout() and "LD_TUI_HOME" not in os.environ:
        return packaged_functionbase()
    own = data_dir() / "functionbase"
    if not (own / "stages.toml").is_file():
        own.parent.mkdir(parents=True, exist_ok=True)
        seeding = Path(tempfile.mkdtemp(prefix="functionbase-", dir=own.parent))
        shutil.copytree(packaged_functionbase(), seeding, dirs_exist_ok=True)
        os.replace(seeding, own)
    return own


def saves_dir() -> Path:
    """Return the folder for saved games; it may not exist yet."""
    root = checkout()
    if root and "LD_TUI_HOME" not in os.environ:
        return root / "saves"
    return data_dir() / "saves"


def atomic_write(path: Path, data: bytes | str) -> None:
    """Write a file so that at any moment either the old or the new content is there, whole.

    Text is written as UTF-8. Parent folders are made. Raises OSError where the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
