"""What only time brings about: expiry, and a winner who does not pay."""

import os
import subprocess

import auction
import cloud as second
import home
import providers as played
import stack as stacks

HOUR = 3600
LAMP = "황동 스탠드"
JUNO = "+821055556666"


def states(market, who, title):
    return [row["state"] for row in market.trades(who) if row["title"] == title]


def texts(market, phone):
    return [text for to, text in market.cloud.sms() if to == phone]


def unpaid(report, market, stage):
    with report.journey("Days later: an order expires, and who does not pay loses the goods"):
        order = stage.order("haneul", "buy", 50_000, {"from": "wallet"}, days=1)
        available, held = market.purse("haneul")
        report.equal("a bid holds its money", held, 51_500)
        lamp = auction.offer(market, title=LAMP, durationSeconds=120)
        auction.bid(market, "minji", lamp, "l1", amount=50_000).due(201)
        auction.bid(market, "juno", lamp, "l2", amount=60_000).due(201)
        market.cloud.jump(6 * 60)
        report.check("juno has won", market.ripens("the win", lambda: states(
            market, "juno", LAMP) == ["awaiting_payment"]))
        market.cloud.jump(25 * HOUR)
        report.check("after a day the order's money is free again (sweep)", market.ripens(
            "the expiry", lambda: market.purse("haneul") == (available + held, 0)))
        report.equal("and the order has expired", stage.standing("haneul", order), "expired")
        report.check("a day before the end juno is reminded by text message (sweep)", market.ripens(
            "the reminder", lambda: len(texts(market, JUNO)) == 2), texts(market, JUNO))
        market.cloud.jump(24 * HOUR)
        report.check("after two days juno's trade is cancelled (sweep)", market.ripens(
            "the cancellation", lambda: states(market, "juno", LAMP) == ["cancelled"]))
        report.check("and minji is offered it", market.ripens("the offer", lambda: states(
            market, "minji", LAMP) == ["awaiting_payment"]))


def books(report, market):
    with report.journey("The auditor and the rebuilder, on the second cloud's tables"):
        for words in (["audit"], ["rebuild", "--check"]):
            words += ["--endpoint", market.cloud.endpoint]
            told = []

            def nothing_differs():
                done = subprocess.run(
                    [*played.XTASK, *words], cwd=home.ROOT, capture_output=True, text=True,
                    timeout=played.START_SECONDS, env={**os.environ, **second.KEYS})
                told.append(done.stderr.strip()[-500:])
                return done.returncode == 0

            # What is shown of a book is written behind it, by a stream that no queue shows.
            same = market.ripens("the views", nothing_differs)
            report.check(f"cargo xtask {words[0]}: nothing differs", same, told[-1])


def gone(report, market):
    with report.journey("The stack is deleted; tables and secrets stay"):
        lines = market.cloud.client("logs").filter_log_events(logGroupName="/jangteo/access")
        if not lines["events"]:
            report.differs("AWS::ApiGatewayV2::Stage AccessLogSettings", "no access log is written",
                           "filter_log_events on /jangteo/access: []")
        client = market.cloud.client("cloudformation")
        client.delete_stack(StackName=stacks.NAME)
        market.stack.cloud_forgets(client)
        tables = market.cloud.client("dynamodb").list_tables()["TableNames"]
        report.equal("every table is still there", len(tables), market.stack.count(
            "AWS::DynamoDB::Table"))
        secrets = market.cloud.client("secretsmanager").list_secrets()["SecretList"]
        report.equal("and every secret", len(secrets), market.stack.count(
            "AWS::SecretsManager::Secret"))
        functions = market.cloud.client("lambda").list_functions()["Functions"]
        report.equal("and no function", functions, [])
