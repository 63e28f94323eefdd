"""One live auction on the second cloud: from sign-up to the winner's text message and the seller's
money; and one that nobody wants."""

import subprocess

import carriers
import home
import providers as played
import stack as stacks

DURATION = 20 * 60
# The schedule fires this long before the end, a queue's delay does the rest.
ARM_BEFORE = 90
STREAM_SECONDS = 3


def people(report, market):
    with report.journey("Accounts: sign-up, log-in, refusals, CORS, welcome"):
        # As the operator does before the first deployment.
        market.cloud.client("sesv2").create_email_identity(EmailIdentity="jangteo.example")
        reply = market.join("seller", "01011112222")
        report.check("sign-up answers a token", reply.json["accessToken"])
        for name, phone in (("minji", "01033334444"), ("juno", "01055556666"),
                            ("admin", "01099990001"), ("centre", "01099990002")):
            market.join(name, phone)
        market.appoint("admin", "admin")
        body = {"roles": ["user", "inspector"]}
        path = f"/v1/users/{market.id('centre')}/roles"
        market.call("PUT", path, "admin", body).due(200)
        market.log_in("centre")
        wrong = {"email": "seller@example.com", "password": "wrong-password1"}
        report.equal("a wrong password is refused", market.post("/v1/sessions", None, wrong).status,
                     401)
        report.equal("an unknown path is answered by $default",
                     market.get("/v1/nowhere").code, "route-not-found")
        report.equal("nobody in particular has no profile", market.get("/v1/me").status, 401)
        me = market.get("/v1/me", "minji").due(200).json
        report.equal("a bearer is known by the token", me["id"], market.id("minji"))
        asked = {"Origin": "https://jangteo.example", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization,idempotency-key"}
        reply = market.call("OPTIONS", "/v1/auctions", headers=asked)
        headers = {name.lower(): value for name, value in reply.headers.items()}
        report.equal("the browser's preflight is let in",
                     headers.get("access-control-allow-origin"), "https://jangteo.example")
        report.check("a welcome is in the notification centre (outbox, bus, queue)",
                     market.settles("the welcome", lambda: "welcome" in market.kinds("minji")))
        report.check("and went to SES as a mail", market.settles(
            "the mail", lambda: "minji@example.com" in mail(market)))


def mail(market):
    """Whom mail was sent to."""
    sent = market.cloud.ask("/_ministack/ses/messages")["messages"].values()
    return [address for rows in sent for row in rows for address in row["To"]]


def bid(market, who, auction, key, **body):
    return market.post(f"/v1/auctions/{auction}/bids", who, body, key=key)


def offer(market, **terms):
    body = {"title": "필름 카메라", "startPrice": 50_000, **terms}
    return market.post("/v1/auctions", "seller", body).due(201).json["id"]


def see(market, auction):
    return market.get(f"/v1/auctions/{auction}").due(200).json


def bidding(report, market):
    """Bids on a new auction; answers its id."""
    auction = offer(market, durationSeconds=DURATION)
    first = bid(market, "minji", auction, "m1", amount=50_000, maxAmount=80_000).due(201)
    report.equal("the first bid leads at the start price",
                 (first.json["outcome"], first.json["price"]), ("leading", 50_000))
    outbid = bid(market, "juno", auction, "j1", amount=60_000).due(201).json
    report.equal("a proxy answers a lower bid", (outbid["outcome"], outbid["price"]),
                 ("outbid", 61_000))
    higher = bid(market, "juno", auction, "j2", amount=62_000, maxAmount=90_000).due(201)
    report.equal("a higher maximum leads one step above", higher.json["price"], 81_000)
    again = bid(market, "juno", auction, "j2", amount=62_000, maxAmount=90_000)
    report.equal("the same request twice is one bid", again.json["id"], higher.json["id"])
    report.equal("a bid below the price is refused",
                 bid(market, "minji", auction, "m2", amount=70_000).status, 409)
    report.equal("a seller's own bid is refused",
                 bid(market, "seller", auction, "s1", amount=200_000).status, 403)
    rows = f"/v1/auctions/{auction}/bids"
    report.check("the stream behind the head wrote three ledger rows", market.settles(
        "the ledger", lambda: len(market.get(rows).due(200).json["items"]) == 3))
    report.check("who was outbid is told (stream, bus, queue)", market.settles(
        "the notice", lambda: "outbid" in market.kinds("minji")))
    return auction


def streamed(report, market, auction):
    """The live price, at the function's own URL, which needs nobody's credentials."""
    name = market.stack.outputs["AuctionStreamPriceFunctionUrl"].split("//")[1].rstrip("/")
    host = {"Host": name}
    missing = market.get("/v1/auctions/01938f3c-7e2a-7000-8000-000000000000/stream", headers=host)
    report.equal("the price stream's URL answers anybody", (missing.status, missing.code),
                 (404, "auction-not-found"))
    path = f"/v1/auctions/{auction}/stream"
    try:
        market.send("GET", path, None, None, host, "", STREAM_SECONDS)
    except TimeoutError as error:
        report.differs("Function URL with RESPONSE_STREAM", "answers when the function has ended, "
                       "25 s after its start at the latest: the stream itself was not seen",
                       f"{error} after {STREAM_SECONDS} s")


def closing(report, market, auction):
    scheduler = market.cloud.client("scheduler")

    def armed():
        rows = scheduler.list_schedules(GroupName=stacks.NAME)["Schedules"]
        return [row["Name"] for row in rows if row["Name"] == f"close-{auction}"]
    report.check("a one-time schedule waits for the end", market.settles("the schedule", armed))
    market.cloud.jump(DURATION - 4 * 60)
    before = see(market, auction)
    late = bid(market, "minji", auction, "m3", amount=95_000).due(201).json
    report.check("a bid in the last five minutes moves the end", late["endsAt"] > before["endsAt"],
                 f"{before['endsAt']} {late['endsAt']}")
    report.check("the schedule fired into a delayed message, and is gone", (
        market.cloud.jump(4 * 60 - ARM_BEFORE + 5),
        market.settles("the schedule's end", lambda: not armed()))[1])
    report.equal("the auction is open past its old end", (
        market.cloud.jump(ARM_BEFORE), see(market, auction)["status"])[1], "open")
    # Nobody looks meanwhile: a read after the end would close it, too.
    market.cloud.jump(5 * 60)


def outcome(report, market, auction):
    def texts():
        return [text for to, text in market.cloud.sms() if to == "+821033334444"]
    report.check("it closed by itself, and the winner's text message went to SNS",
                 market.settles("the text message", texts))
    report.check("once, with the price", len(texts()) == 1 and "95,000" in texts()[0], texts())
    report.equal("the auction is won", see(market, auction)["status"], "won")
    for who, kind in (("minji", "won"), ("juno", "lost"), ("seller", "sold")):
        report.check(f"{who} is told: {kind}", market.settles(
            kind, lambda who=who, kind=kind: kind in market.kinds(who)))
    report.check("a trade awaits the winner's payment", market.settles(
        "the trade", lambda: [row["state"] for row in market.trades("minji")] ==
        ["awaiting_payment"]))
    files = []
    for name, path in (("ledger", f"/v1/auctions/{auction}/ledger"),
                       ("jwks", "/.well-known/jwks.json")):
        files.append(home.HOME / f"{name}.json")
        files[-1].write_text(market.get(path).due(200).body)
    words = [*played.XTASK, "verify-auction", str(files[0]), "--jwks", str(files[1])]
    done = subprocess.run(words, cwd=home.ROOT, capture_output=True, text=True, timeout=600)
    report.check("the exported ledger verifies: 4 entries, signed, 95,000 won",
                 "4 entries verified" in done.stdout and "at 95000 won" in done.stdout,
                 done.stdout + done.stderr)
    return market.trades("minji")[0]["id"]


def live(report, market):
    """Answers the trade that followed, if any."""
    trade = None
    with report.journey("An auction: proxy bids, soft close, close by schedule, the winner's SMS"):
        unwanted = offer(market, durationSeconds=60)
        auction = bidding(report, market)
        streamed(report, market, auction)
        closing(report, market, auction)
        report.equal("one that nobody wanted is unsold", see(market, unwanted)["status"], "unsold")
        trade = outcome(report, market, auction)
    return trade


def paid(report, market, providers, trade):
    with report.journey("The trade that follows: wallet, shipment, settlement, withdrawal"):
        address = market.address("minji")
        short = market.post(f"/v1/trades/{trade}/pay", "minji", {"addressId": address})
        report.equal("an empty wallet does not pay", short.code, "insufficient-balance")
        for provider, amount in (("toss", 60_000), ("kakaopay", 60_000)):
            top_up(market, providers, "minji", provider, amount)
        report.equal("the wallet was filled by Toss and by KakaoPay", market.purse("minji"),
                     (120_000, 0))
        market.post(f"/v1/trades/{trade}/pay", "minji", {"addressId": address}).due(200)
        report.equal("the price is paid", market.purse("minji"), (25_000, 0))
        parcel = {"carrier": "kr.cjlogistics", "trackingNumber": "6887-1234-5678"}
        market.post(f"/v1/trades/{trade}/ship", "seller", parcel).due(200)
        early = market.post(f"/v1/trades/{trade}/confirm", "minji", {})
        report.equal("nobody confirms what the carrier never had", early.code, "not-picked-up")
        carriers.brings(report, market, providers, trade, "minji", parcel)
        done = market.post(f"/v1/trades/{trade}/confirm", "minji", {}).due(200).json
        report.equal("the buyer confirms", done["state"], "completed")
        report.check("the seller has the price less 5 % (trade-settle-trade)", market.settles(
            "the settlement", lambda: market.purse("seller") == (90_250, 0)))
        account = {"bankCode": "088", "accountNumber": "110-234-567890", "holder": "소라"}
        market.post("/v1/me/payout-account", "seller", account).due(201)
        early = market.post("/v1/wallet/withdrawals", "seller", {"amount": 40_000})
        report.equal("what a sale brought does not leave at once", early.code,
                     "insufficient-balance")
        market.a_week_later("seller")
        asked = market.post("/v1/wallet/withdrawals", "seller", {"amount": 40_000}).due(201)
        path = f"/v1/wallet/withdrawals/{asked.json['id']}"
        report.check("the bank is asked for the withdrawal (queue, Toss payouts)", market.settles(
            "the withdrawal", lambda: market.get(path, "seller").due(200).json["state"] in
            ("sending", "done")))


def top_up(market, providers, who, provider, amount):
    body = {"amount": amount, "provider": provider}
    begun = market.post("/v1/wallet/top-ups", who, body).due(201).json
    agreed = getattr(providers, provider)(begun["checkoutUrl"])
    path = f"/v1/payments/{begun['payment']['id']}/confirm"
    market.post(path, who, agreed).due(200)
    return begun["payment"]["id"]
