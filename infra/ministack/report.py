"""What a run found: steps passed and failed, differences, figures."""

import contextlib
import time
import traceback

import home
import run_figures

# What this cloud does not do and never says: found by reading it, or by what was missing.
BLIND = [
    ("API Gateway: credentials of a route", "no role is assumed; asked of IAM's simulator instead",
     "a route without CredentialsArn is answered all the same"),
    ("EventBridge Scheduler: RoleArn, RetryPolicy, DeadLetterConfig", "no role is assumed, nothing "
     "is tried again; the roles are asked of IAM's simulator instead",
     "_tick_schedules calls the target and looks at nothing"),
    ("DynamoDB event sources: ReportBatchItemFailures", "what a stream's function reports as "
     "failed is taken for done: partial answers are shown of queues, not of streams",
     "_poll_dynamodb_streams advances past the batch"),
    ("DynamoDB event sources: BisectBatchOnFunctionError, MaximumRetryAttempts", "a batch that "
     "fails is tried again whole, for ever", "_poll_dynamodb_streams stays where it is"),
    ("Architectures, MemorySize", "the binaries run natively on this machine and with all "
     "its memory", "none: the process is started as it is"),
    ("API Gateway: throttling", "ThrottlingRateLimit and ThrottlingBurstLimit limit nothing",
     "none: every request is taken"),
    ("TLS", "functions reach the cloud over http on loopback: the pinned Amazon roots are not used",
     "AWS_ENDPOINT_URL is http"),
    ("Instants", "the clock is moved forward, by time-machine for the cloud and by libfaketime for "
     "every function in it; what was under way then may come again", "none"),
    ("Sessions of functions", "the walk that drops expired ones is left out (serve.py): two starts "
     "at once trip over each other in it, and one invocation is lost", "_evict_expired_sessions "
     "reads without a lock what other threads write"),
    ("WebSocket", "the product has no socket routes yet: nothing to show", "none"),
]


class Report:
    def __init__(self):
        self.began, self.run = time.monotonic(), run_figures.begin("python3 infra/ministack")
        self.passed, self.failed = 0, []
        self.differences, self.figures, self.lines = [], {}, []

    def say(self, text):
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", flush=True)

    def check(self, text, held, detail=""):
        """One step of a journey: held, or failed with what was seen instead."""
        if held:
            self.passed += 1
            self.lines.append(f"- {text}")
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
        self.lines += ["", f"**{title}**", ""]
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

    def page(self, write):
        """infra/docs/second-cloud.md: what was shown, and what this cloud does otherwise. It has no
        figure that a new endpoint would change."""
        packages = ", ".join(f"{name} {version}" for name, version in home.PACKAGES.items())
        rows = [f"| {what} | {consequence} | `{error}` |".replace("\n", " ")
                for what, consequence, error in self.differences]
        text = "\n".join([
            "# The second cloud", "",
            "Written by `python3 infra/ministack --write`; without `--write` the command fails",
            "when this page is stale.", "",
            "`template.yaml` with its nested stacks, put together into one, and the packaged release",
            "binaries, deployed by CloudFormation on a",
            f"cloud that nobody of us wrote ({packages}),",
            "with IAM enforced for every call of a function.", "",
            "## What was shown", *self.lines, "",
            "## What this cloud does otherwise than AWS", "",
            "| what | consequence here | seen |", "|---|---|---|", *rows, ""])
        if write and not self.failed:
            home.PAGE.write_text(text)
        fresh = home.PAGE.exists() and home.PAGE.read_text() == text
        self.check("infra/docs/second-cloud.md says what was found", fresh, "run with --write")

    def close(self):
        seconds = round(time.monotonic() - self.began)
        measured = {"steps_passed": self.passed,
                   "steps_failed": len(self.failed), "differences": len(self.differences),
                   "seconds": seconds, **self.figures}
        run_figures.leave("second-cloud", self.run, measured)
        for name, figure in measured.items():
            print(f"{name:<28}{figure}")
        for text in self.failed:
            print(f"failed: {text}")
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)
        return 1 if self.failed else 0
