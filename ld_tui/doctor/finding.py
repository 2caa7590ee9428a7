"""A finding, and how it is written."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    area: str
    """`terminal`, `program`, `models`, `index`, `sandbox`, `functions`, `places` or `settings`."""
    name: str
    status: Status
    text: str
    """What was found, in one line."""
    mend: str = ""
    """What to do about it; empty where nothing has to be done."""

    def line(self) -> str:
        """Return it as a person reads it."""
        mend = f"; {self.mend}" if self.mend else ""
        text = "".join(char if char.isprintable() else " " for char in f"{self.text}{mend}")
        return f"{self.status:4}  {self.area:9}  {self.name}: {text}"

    def json(self) -> str:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)
