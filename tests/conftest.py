"""Every test keeps to a home of its own; nothing of a user's is read or written."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine makes no test fail.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put all of a user's files under a temporary folder, and forbid model downloads."""
    home = tmp_path / "home"
    monkeypatch.setenv("LD_TUI_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return home
