"""The exchange on the second cloud: a match by wallet and one by card, inspection, the seller's
money, and what the market looks like behind it."""

import itertools

import auction
import carriers

PRICE, PURSE, SAVINGS = 100_000, 300_000, 10_000
# 3 % of the price, while a bid waits for a card.
CARD_DEPOSIT = 3_000
# 3 % more for the buyer, 3 % less for the seller.
PAYS, GETS = 103_000, 97_000
PASSWORD = "271828"
# A number stands in one shipment only.
NUMBERS = itertools.count(688_700_000_000)


class Stage:
    """One shoe in one size, two buyers, one seller."""

    def __init__(self, market, providers):
        self.market, self.providers, self.homes = market, providers, {}
        shoe = {"nameKo": "에어 조던 1", "nameEn": "Air Jordan 1", "model": "555088"}
        self.item = market.post("/v1/catalog", "admin", shoe).due(201).json["id"]
        option = {"option": "270"}
        market.post(f"/v1/catalog/{self.item}/options", "admin", option).due(201)
        for name, phone in (("sora", "01020000001"), ("haneul", "01020000002"),
                            ("bora", "01020000003")):
            market.join(name, phone)
            self.homes[name] = market.address(name)
        account = {"bankCode": "088", "accountNumber": "110-234-567891", "holder": "소라"}
        market.post("/v1/me/payout-account", "sora", account).due(201)
        auction.top_up(market, providers, "haneul", "toss", PURSE)
        auction.top_up(market, providers, "sora", "toss", SAVINGS)
        auction.top_up(market, providers, "bora", "toss", CARD_DEPOSIT)

    def order(self, who, side, price, funding=None, days=30):
        body = {"itemId": self.item, "option": "270", "side": side, "price": price,
                "expiresInDays": days, "addressId": self.homes[who], "confirm": True}
        if funding:
            body["funding"] = funding
        return self.market.post("/v1/exchange/orders", who, body).due(201).json

    def standing(self, who, order):
        return self.market.get(f"/v1/exchange/orders/{order['id']}", who).due(200).json["state"]

    def trade(self, who, trade):
        return self.market.get(f"/v1/trades/{trade}", who).due(200).json["state"]

    def step(self, who, trade, verb, body):
        path = f"/v1/trades/{trade}/{verb}"
        return self.market.post(path, who, body).due(200).json["state"]

    def card(self, who, auth_key):
        body = {"authKey": auth_key, "password": PASSWORD}
        made = self.market.post("/v1/me/payment-methods", who, body).due(201).json
        return {"from": "card", "paymentMethodId": made["id"], "password": PASSWORD}


def parcel():
    return {"carrier": "kr.cjlogistics", "trackingNumber": f"{next(NUMBERS)}"}


def handed_over(report, stage, trade, buyer):
    """From the seller's parcel to the buyer's word. The carrier brings the last one."""
    last = parcel()
    result = {"grade": "pass", "checklistVersion": 3, "notes": "새 상품",
              "photos": ["inspection/front.jpg"]}
    states = [stage.step("sora", trade, "ship", parcel()),
              stage.step("centre", trade, "receive", {}),
              stage.step("centre", trade, "inspection", result),
              stage.step("centre", trade, "forward", last)]
    report.equal("shipped, received, inspected, forwarded", states,
                 ["in_transit", "inspecting", "forwarding", "forwarding"])
    carriers.brings(report, stage.market, stage.providers, trade, buyer, last)
    report.equal("and confirmed", stage.step(buyer, trade, "confirm", {}), "completed")


def by_wallet(report, stage, market):
    wallet = {"from": "wallet"}
    ask = stage.order("sora", "sell", PRICE)
    report.equal("an ask rests", (ask["state"], ask["total"]), ("open", GETS))
    prices = f"/v1/catalog/{stage.item}/prices"
    report.check("the stream behind the book shows its price", market.settles(
        "the price", lambda: f"{PRICE}" in market.get(prices).due(200).body))
    lower = stage.order("haneul", "buy", 90_000, wallet)
    report.equal("a lower bid rests, and its money is held", market.purse("haneul"),
                 (PURSE - 92_700, 92_700))
    market.post(f"/v1/exchange/orders/{lower['id']}/cancel", "haneul", {}).due(200)
    report.equal("cancelled, the money is free", market.purse("haneul"), (PURSE, 0))
    bid = stage.order("haneul", "buy", PRICE, wallet)
    report.equal("a bid at the ask's price is matched", (bid["state"], bid["matchedPrice"]),
                 ("matched", PRICE))
    trade = bid["tradeId"]
    report.check("TradeMatched takes what is held (outbox, bus, trade-capture-match)", market.settles(
        "the capture", lambda: stage.trade("haneul", trade) == "awaiting_shipment"))
    report.equal("price and fee are gone", market.purse("haneul"), (PURSE - PAYS, 0))
    report.check("the same event told both sides (one event, several queues)", market.settles(
        "the notices", lambda: all("matched" in market.kinds(who) for who in ("haneul", "sora"))))
    handed_over(report, stage, trade, "haneul")
    report.check("the seller has the price less 3 %", market.settles(
        "the settlement", lambda: market.purse("sora") == (GETS + SAVINGS, 0)))
    prints = f"/v1/catalog/{stage.item}/options/270/trades"
    report.check("the market has its first print", market.settles(
        "the print", lambda: [row["price"] for row in market.get(prints).due(200).json["items"]]
        == [PRICE]))


def by_card(report, stage, market):
    bid = stage.order("bora", "buy", PRICE, stage.card("bora", "card-ok-1"))
    report.equal("a bid that a card pays rests", bid["state"], "open")
    ask = stage.order("sora", "sell", 90_000)
    report.equal("a lower ask gets the resting bid's price", ask["matchedPrice"], PRICE)
    trade = ask["tradeId"]
    report.check("the card was charged at Toss (payment-charge-card)", market.settles(
        "the charge", lambda: stage.trade("bora", trade) == "awaiting_shipment"))
    handed_over(report, stage, trade, "bora")
    report.check("the seller is paid again", market.settles(
        "the settlement", lambda: market.purse("sora") == (2 * GETS + SAVINGS, 0)))


def declined(report, stage, market):
    ask = stage.order("sora", "sell", PRICE)
    bid = stage.order("bora", "buy", PRICE, stage.card("bora", "card-declines-1"))
    report.equal("a match with a card that will not pay", bid["state"], "matched")
    report.equal("a bid by card has a deposit", market.purse("bora"), (0, CARD_DEPOSIT))
    report.check("after its attempts, at one and at three minutes, the trade is cancelled", market.ripens(
        "the cancellation", lambda: stage.trade("bora", bid["tradeId"]) == "cancelled", 125))
    report.check("and the ask is back in its place", market.settles(
        "the ask", lambda: stage.standing("sora", ask) == "open"))
    report.equal("the buyer's deposit is gone", market.purse("bora"), (0, 0))
    market.post(f"/v1/exchange/orders/{ask['id']}/cancel", "sora", {}).due(200)


def traded(report, market, providers):
    """Answers the stage, for what comes later."""
    stage = None
    with report.journey("The exchange: a match by wallet, by card, by a card that declines"):
        stage = Stage(market, providers)
        report.check("the catalogue's search has the shoe (queue)", market.settles(
            "the search", lambda: stage.item in market.get("/v1/catalog?search=jordan").body))
        by_wallet(report, stage, market)
        by_card(report, stage, market)
        declined(report, stage, market)
    return stage
