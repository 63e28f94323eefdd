"""Toss, KakaoPay and the carriers, played by `cargo dev` beside the cloud, and what is pressed there."""

import json
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import cloud as second
import home

LOG = home.HOME / "providers.log"
XTASK = ["cargo", "run", "--quiet", "--locked", "--package", "jangteo-xtask", "--"]
START_SECONDS = 600
# What the stand-ins take; public, nothing real may use it.
SECRETS = {
    "tossSecretKey": "test_sk_second_cloud",
    "kakaopaySecretKey": "DEVsecondcloud",
    "tossPayoutSecretKey": "test_sk_payouts",
    "tossPayoutSecurityKey": "6b" * 32,
    "trackerClientId": "local-second-cloud",
    "trackerClientSecret": "second-cloud",
}


class Stay(urllib.request.HTTPRedirectHandler):
    """Answers a redirect instead of following it."""

    def redirect_request(self, *_):
        return None


class Providers:
    """Of the marketplace that `cargo dev` runs only the providers' pages are used."""

    def __init__(self):
        self.port = second.free_port()
        self.base = f"http://127.0.0.1:{self.port}/_local"
        self.process = None
        # So far its clock was moved.
        self.ahead = 0

    def __enter__(self):
        words = [*XTASK, "dev", "--memory", "--port", str(self.port)]
        with LOG.open("wb") as log:
            self.process = subprocess.Popen(
                words, cwd=home.ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self

    def wait(self):
        second.wait_for("cargo dev", START_SECONDS, self.answers)

    def answers(self):
        if self.process.poll() is not None:
            raise SystemExit(f"cargo dev ended: see {LOG}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v1/health", timeout=5).close()
            return True
        except (urllib.error.URLError, OSError):
            return False

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def press(self, path, fields):
        """Presses a button; answers the query that the payer's browser is sent back with."""
        data = urllib.parse.urlencode(fields).encode()
        try:
            urllib.request.build_opener(Stay).open(self.base + path, data, timeout=10)
        except urllib.error.HTTPError as answer:
            query = urllib.parse.urlsplit(answer.headers["Location"]).query
            return dict(urllib.parse.parse_qsl(query))
        raise RuntimeError(f"{path} sent nobody back")

    def brings(self, parcel, ahead):
        """The parcel reaches its addressee now, by a clock that is so many seconds ahead."""
        data = json.dumps({"advanceSeconds": ahead - self.ahead}).encode()
        if ahead > self.ahead:
            urllib.request.urlopen(f"{self.base}/clock", data, timeout=60).close()
            self.ahead = ahead
        number = {"carrier": parcel["carrier"], "number": parcel["trackingNumber"]}
        for press in ("pick-up", "deliver"):
            self.press("/carrier", {**number, "press": press})

    def toss(self, checkout):
        """The payer agrees in Toss's window, which our page opened with that query."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(checkout).query))
        back = self.press("/toss/checkout", {**asked, "press": "pay"})
        return {"paymentKey": back["paymentKey"], "amount": int(back["amount"])}

    def kakaopay(self, checkout):
        path = urllib.parse.urlsplit(checkout).path.removeprefix("/_local")
        return {"pgToken": self.press(path, {"press": "pay"})["pg_token"]}
