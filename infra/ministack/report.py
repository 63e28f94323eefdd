"""What a run found: steps passed and failed, differences, figures."""

import contextlib
import json
import time
import traceback

import home

# What this cloud does not do and never says: found by reading it, or by what was missing.
BLIND = []


class Report:
    def __init__(self):
        self.began = time.monotonic()
        self.passed, self.failed = 0, []
        self.differences, self.figures, self.verified = [], {}, []

    def say(self, text):
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", flush=True)

    def check(self, text, held, detail=""):
        """One step of a journey: held, or failed with what was seen instead."""
        if held:
            self.passed += 1
            self.say(f"  ok      {text}")
        else:
            self.failed.append(text)
            self.say(f"  FAILED  {text}: {detail}")
        return bool(held)

    def equal(self, text, found, due):
        return self.check(text, found == due, f"{found!r}, not {due!r}")

    @contextlib.contextmanager
    def journey(self, title):
        """What breaks one journey is a failed step, and the next begins all the same."""
        self.say(title)
        self.verified.append(title)
        try:
            yield
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            text = f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
            self.check(f"{title}: to its end", False, text)

    def differs(self, what, consequence, error):
        """What this cloud cannot do, or does otherwise than AWS."""
        self.differences.append((what, consequence, error))
        self.say(f"  differs {what}: {consequence}")

    def blind(self):
        """What no run here can show, whatever the cloud."""
        for row in BLIND:
            self.differs(*row)

    def close(self):
        seconds = round(time.monotonic() - self.began)
        figures = {"command": "python3 infra/ministack", "steps_passed": self.passed,
                   "steps_failed": len(self.failed), "differences": len(self.differences),
                   "seconds": seconds, **self.figures}
        home.EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
        home.EVIDENCE.write_text(json.dumps(figures, indent=2) + "\n")
        for name, figure in figures.items():
            print(f"{name:<28}{figure}")
        for text in self.failed:
            print(f"failed: {text}")
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)
        return 1 if self.failed else 0
