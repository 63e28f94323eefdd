"""A cloud of one process: ministack on a loopback port, with a clock that can be moved."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

import home

REGION = "ap-northeast-2"
ACCOUNT = "000000000000"
START_SECONDS = 60
CALL_SECONDS = 60
# Every wait is so many times as long: a machine that others use is slow.
patience = 1
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION}
LOG = home.HOME / "cloud.log"
# How far the harness wants the clock ahead, and how far the functions' clock is.
WANTED = home.HOME / "clock-wanted"
CLOCK = home.HOME / "clock"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(what, seconds, ask, pause=0.2):
    """What `ask` answers, once that is true."""
    due = time.monotonic() + seconds * patience
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > due:
            raise TimeoutError(f"{what}: not within {seconds * patience} s")
        time.sleep(pause)


def preloaded():
    """The environment of a function that lives in the cloud's time."""
    return {
        "LD_PRELOAD": str(home.faketime()),
        "FAKETIME_TIMESTAMP_FILE": str(CLOCK),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }


def set_clock(clock, ahead):
    """Whole in one step: whoever reads half a clock is back in the present."""
    new = clock.with_suffix(".new")
    new.write_text(f"+{ahead}\n")
    new.replace(clock)


class Cloud:
    """Starts with `with`, ends with it, and leaves only its log."""

    def __init__(self):
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.ahead = 0

    def __enter__(self):
        temp = home.HOME / "tmp"
        shutil.rmtree(temp, ignore_errors=True)
        temp.mkdir(parents=True)
        for clock in (WANTED, CLOCK):
            set_clock(clock, 0)
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(temp), "TMPDIR": str(temp), **KEYS,
            "GATEWAY_PORT": str(self.port), "BIND_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION, "AWS_ENDPOINT_URL": self.endpoint,
            # Every call is held to the policies of the role that makes it.
            "AUTH": "true", "SFTP_ENABLED": "0", "LOG_LEVEL": "INFO",
        }
        with LOG.open("wb") as log:
            serve = Path(__file__).with_name("serve.py")
            self.process = subprocess.Popen(
                [home.python(), "-B", serve], cwd=temp, env=environment, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for("the second cloud", START_SECONDS, self.ready)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def ready(self):
        if self.process.poll() is not None:
            raise SystemExit(f"the second cloud ended: see {LOG}")
        try:
            return self.ask("/_ministack/ready")["status"] == "completed"
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        """Ends the cloud and the functions it started: they share its session."""
        for kind, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, kind)
            except ProcessLookupError:
                break
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
        shutil.rmtree(home.HOME / "tmp", ignore_errors=True)

    def ask(self, path):
        """One of the cloud's own pages, like what was sent by SMS."""
        with urllib.request.urlopen(self.endpoint + path, timeout=10) as answer:
            return json.load(answer)

    def client(self, service):
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION,
            aws_access_key_id="test", aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=CALL_SECONDS * patience))

    def jump(self, seconds):
        """Moves the clock forward, for the cloud and for every function in it."""
        self.ahead += seconds
        set_clock(WANTED, self.ahead)
        wait_for("the cloud's clock", CALL_SECONDS,
                 lambda: CLOCK.read_text() == WANTED.read_text(), pause=0.01)
        # What was under way finds its deadline past, and comes again.
        time.sleep(0.5)

    def sms(self):
        """Every text message that left, as (phone, text)."""
        sent = self.ask(f"/_ministack/sns/sms-messages?region={REGION}")["sms_messages"]
        return [(phone, row["Message"]) for phone, rows in sent.items() for row in rows]
