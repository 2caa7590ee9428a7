"""The size and hash of a weights file, kept beside it as `<stem>.json`.

Corrupt weights don't announce themselves: a model with a flipped byte loads and answers rubbish.
The manifest is written last, so a file without one was never finished, or is a user's own.
"""

import hashlib
import json
from pathlib import Path

from ld_tui.errors import ModelError, why
from ld_tui.paths import atomic_write


def manifest_path(weights: Path) -> Path:
    """Return where the manifest of a weights file lies, be it there or not."""
    return weights.with_suffix(".json")


def write_manifest(weights: Path) -> None:
    """Write the manifest of a finished weights file."""
    data = weights.read_bytes()
    entry = {"file": weights.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    atomic_write(manifest_path(weights), json.dumps(entry, indent=2) + "\n")


def check_manifest(weights: Path) -> bool:
    """Return whether a manifest lies beside the weights; raise ModelError if they don't match it.

    A JSON file of another kind, such as a user's model may have beside it, is no manifest.
    """
    where = manifest_path(weights)
    try:
        entry = json.loads(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise ModelError(f"{where}: not a readable manifest: {why(error)}; restore it") from error
    if not isinstance(entry, dict) or entry.get("file") != weights.name or "sha256" not in entry:
        return False
    size = weights.stat().st_size
    if size != entry.get("bytes"):
        raise ModelError(
            f"{weights}: {size} bytes where its manifest says {entry.get('bytes')};"
            " the file is damaged: get it again"
        )
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != entry["sha256"]:
        raise ModelError(f"{weights}: its hash is not its manifest's; it is damaged: get it again")
    return True
