"""Solved worlds as files: a header line of JSON, then the values, compressed.

A file is a cache and nothing more: one that is broken, older or of another world is an error
here, and whoever asked solves the world again.
"""

import hashlib
import json
import os
import zlib
from pathlib import Path

import numpy as np

from ld_tui.errors import TablebaseError
from ld_tui.paths import atomic_write
from ld_tui.tablebase.table import Table
from ld_tui.tablebase.world import World

FORMAT = 1
"""Raised whenever values or their order change, so that older files are solved again."""
SUFFIX = ".ldtable"


def table_path(folder: Path, world: World) -> Path:
    """Return where a world's table is kept."""
    return folder / f"{world.size}x{world.size}-{world.digest[:20]}{SUFFIX}"


def write_table(path: Path, table: Table) -> None:
    """Write a table atomically. Raises OSError where the disk refuses."""
    payload = zlib.compress(table.values.tobytes(), 6)
    header = {
        "format": FORMAT,
        "world": table.world.text,
        "bytes": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
    }
    atomic_write(path, json.dumps(header).encode() + b"\n" + payload)


def read_table(path: Path, world: World) -> Table:
    """Read a world's table and check it whole.

    Raises TablebaseError where it is broken, of another format or of another world, and OSError
    where it can't be read.
    """
    line, _, payload = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(line)
        found = header["format"], header["world"], header["bytes"], header["sha256"]
    except (ValueError, TypeError, KeyError) as error:
        raise TablebaseError(f"{path}: no header of a table") from error
    if found[0] != FORMAT:
        raise TablebaseError(f"{path}: format {found[0]!r}, not {FORMAT}")
    if found[1] != world.text:
        raise TablebaseError(f"{path}: a table of another world, {found[1]!r}")
    if found[2:] != (len(payload), hashlib.sha256(payload).hexdigest()):
        raise TablebaseError(f"{path}: its content is damaged")
    try:
        values = np.frombuffer(zlib.decompress(payload), np.uint8)
        return Table(world, values.reshape(-1, len(world.cells)))
    except (zlib.error, ValueError) as error:
        raise TablebaseError(f"{path}: its content is damaged") from error


def prune(folder: Path, keep: int) -> None:
    """Remove all but the `keep` tables that were used last. Raises OSError."""
    used = sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in used[keep:]:
        path.unlink(missing_ok=True)


def mark_used(path: Path) -> None:
    """Note that a table was used now, so that `prune` spares it. Raises OSError."""
    os.utime(path)
