"""The transcript in docs/engine-protocol.md, against the engine as it is.

Run as a program, this writes the transcript anew.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from ld_tui.engine.client import engine_command

PAGE = Path(__file__).parents[2] / "docs" / "engine-protocol.md"
FINAL = {"decided", "gave_up", "analysis", "stopped", "ok", "error"}
REQUESTS = (
    {"id": 1, "type": "decide", "position": "8 a1,c4,h8 f5 b 0 0,0 -", "settings": {"k": 3}},
    {"id": 2, "type": "decide", "position": "8 b2,e4,h6 f5 o 0 0,0 -", "player": "perfect"},
    {"id": 3, "type": "analyze", "position": "8 b2,e4,h6 f5 o 0 0,0 -"},
    {"id": 4, "type": "decide", "position": "8 b2,e4,h6 f9 o 0 0,0 -"},
    "is anybody there?",
    {"id": 5, "type": "ping"},
    {"id": 6, "type": "stop", "target": 1},
)


def converse() -> list[str]:
    """Send each request once the one before it is answered; return what went both ways."""
    engine = subprocess.Popen(
        engine_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert engine.stdin
    assert engine.stdout
    lines = [f"< {engine.stdout.readline().decode().rstrip()}"]
    for request in REQUESTS:
        text = request if isinstance(request, str) else json.dumps(request)
        engine.stdin.write(text.encode() + b"\n")
        engine.stdin.flush()
        lines.append(f"> {text}")
        while True:
            answer = engine.stdout.readline().decode().rstrip()
            lines.append(f"< {answer}")
            if json.loads(answer)["event"] in FINAL:
                break
    engine.stdin.close()
    assert engine.wait(20) == 0
    engine.stdout.close()
    return lines


def comparable(line: str) -> Any:
    """Return what doesn't change with times, weights and versions.

    Of a decision by functions that is the order and the keys of its events.
    """
    if line.startswith("> ") or line[2:3] != "{":
        return line
    answer = json.loads(line[2:])
    if answer["event"] == "progress":
        return None
    if answer["id"] in (None, 1) and answer["event"] != "error":
        return answer["event"], sorted(answer)
    answer.pop("ms", None)
    return answer


def documented() -> list[str]:
    return (
        PAGE.read_text(encoding="utf-8").partition("```jsonl\n")[2].partition("```")[0].split("\n")
    )


def test_the_documented_transcript_is_what_the_engine_does() -> None:
    wanted = [comparable(line) for line in documented() if line]
    found = [comparable(line) for line in converse()]
    assert [line for line in found if line] == [line for line in wanted if line]


if __name__ == "__main__":
    before, _, rest = PAGE.read_text(encoding="utf-8").partition("```jsonl\n")
    after = rest.partition("```")[2]
    transcript = "\n".join(converse())
    PAGE.write_text(f"{before}```jsonl\n{transcript}\n```{after}", encoding="utf-8")
