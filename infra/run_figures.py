"""Figures that a program measured, with the run that measured them: `infra/figures` for Python.

A run is to begin when its program does: what happens to the tree later is not its own.
"""

import datetime
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNKNOWN = "unknown"


def git(*words):
    """What git says, or None outside of a repository."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def begin(command):
    """The run that begins now; `command` is what a person types before the arguments."""
    changes = git("status", "--porcelain")
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "command": " ".join([command, *sys.argv[1:]]),
        "argv": [word.removeprefix(f"{ROOT}/") for word in sys.argv],
        "commit": git("rev-parse", "HEAD") or UNKNOWN,
        "dirty": None if changes is None else bool(changes),
        "began": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def leave(name, run, figures):
    """Writes target/evidence/<name>.json."""
    path = ROOT / "target" / "evidence" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"run": run, "figures": figures}, indent=2) + "\n")
