"""A second cloud: the templates and the packaged bootstraps on ministack, journeys over HTTP.

    python3 infra/ministack [--write] [--patience N] [--binaries FOLDER]

Needs target/lambda/<context>/bootstrap (`cargo xtask package`) for this machine, or one binary a
context in FOLDER, which are sooner built; a C compiler and, once, the package registry. Everything
that is known of the product comes from the templates and the binaries: of the registry and the
embedded cloud nothing is used, except that `cargo dev` plays Toss and KakaoPay. Every call of a
function is held to its role's policies.

Prints every step, what this cloud cannot do, and figures; fails on a step that failed, and when
infra/docs/second-cloud.md does not say what was found (--write writes it).
"""

import argparse
import platform
import signal
import sys

import home

home.enter(sys.argv[1:])

import auction  # noqa: E402
import cloud as second  # noqa: E402
import exchange  # noqa: E402
import later  # noqa: E402
import market as markets  # noqa: E402
import messages  # noqa: E402
import providers as played  # noqa: E402
import report as reports  # noqa: E402
import stack as stacks  # noqa: E402
import wiring  # noqa: E402

# It takes a fraction of this on two idle cores.
SECONDS_MAX = 600


def deploy(report, stack):
    """The stack as a first deployment makes it, and the secrets put in."""
    with report.journey("The stack is created from the templates"):
        report.say(f"  {stack.upload(platform.machine())} packages uploaded")
        stack.create()
        report.check("CloudFormation makes every other resource", True)
        made, wanted = stack.route()
        report.equal("every route is there", made, wanted)
    if report.failed:
        raise SystemExit("without a stack there is nothing to tell")
    with report.journey("What was made is what the template says, and no more is allowed"):
        wiring.inspect(report, stack)
        stack.lend()
    with report.journey("Secrets are put in, and functions read them when they start"):
        stack.secrets(report, played.SECRETS)
        wiring.environments(report, stack)


def tell(report, market, providers):
    """The journeys, in the order of the clock, which only moves forward."""
    auction.people(report, market)
    trade = auction.live(report, market)
    if trade:
        auction.paid(report, market, providers, trade)
    stage = exchange.traded(report, market, providers)
    messages.poison(report, market)
    messages.ticks(report, market)
    if stage:
        later.unpaid(report, market, stage)
    messages.quiet(report, market)
    later.books(report, market)
    later.gone(report, market)
    report.figures["requests_repeated"] = market.repeated


def ended(number, _):
    raise SystemExit(f"ended by signal {number}")


def run(report, write):
    with played.Providers() as providers, second.Cloud() as cloud:
        stack = stacks.Stack(cloud, report, providers.base)
        deploy(report, stack)
        providers.wait()
        tell(report, markets.Market(cloud, stack), providers)
        report.blind()
        report.page(write)


def main():
    asked = argparse.ArgumentParser(description="the second cloud")
    asked.add_argument("--write", action="store_true", help="write infra/docs/second-cloud.md")
    asked.add_argument("--patience", type=int, default=1, help="waits so many times as long")
    asked.add_argument("--binaries", metavar="FOLDER", help="those, and not the packaged ones")
    asked = asked.parse_args()
    second.patience, home.binaries = asked.patience, asked.binaries
    for kind in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(kind, ended)
    signal.alarm(SECONDS_MAX * asked.patience)
    report = reports.Report()
    report.figures["binaries"] = asked.binaries or "target/lambda, as packaged"
    try:
        run(report, asked.write)
    except SystemExit as end:
        report.check("to the end", False, end)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
