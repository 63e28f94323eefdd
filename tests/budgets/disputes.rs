//! What a buyer complains of, goods that go back, and what is refused there.

use gateway::fake::ParcelStep;
use kernel::{Span, UserId};
use serde_json::{Value, json};

use super::{
    book::Book,
    fixture::Stage,
    trades::{PRICE, address, bought, buy, carried},
};
use crate::support::parcel;

const NOT_YOU: &str = "403 forbidden";
const STATE: &str = "409 wrong-trade-state";
const NO_OFFER: &str = "409 no-such-refund-offer";
const DUE: &str = "trade-sweep-due-trades";

/// Who trades, and where the goods go.
struct Parties {
    seller: UserId,
    buyer: UserId,
    home: Value,
}

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let (first, seller, buyer) = bought(&mut stage).await;
    stage.fund(buyer, 12 * PRICE).await;
    let home = address(&mut stage, buyer).await;
    let parties = Parties { seller, buyer, home };
    agreed(&mut stage, &parties, &first).await;
    overdue(&mut stage, &parties).await;
    on_the_way(&mut stage, &parties).await;
    sent_back(&mut stage, &parties).await;
    objected(&mut stage, &parties).await;
    stage.end()
}

async fn rule(stage: &mut Stage, outcome: &str, trade: &str, verdict: &str) {
    let mut body = json!({ "verdict": verdict, "reason": "사진과 다른 제품입니다" });
    if verdict == "return" {
        body["freight"] = json!("seller");
    }
    let request = stage.app.post(&format!("{trade}/dispute/ruling")).key(&stage.fresh());
    let request = stage.by_admin(request.json(body));
    stage.ask(outcome, request).await;
}

fn complaint() -> Value {
    json!({ "complaint": "damaged", "text": "깨졌습니다" })
}

fn says() -> Value {
    json!({ "text": "봉인한 사진이 있습니다" })
}

fn amount(amount: i64) -> Value {
    json!({ "amount": amount })
}

/// Paid and sent: its parcel.
async fn sent(stage: &mut Stage, of: &Parties, trade: &str) -> Value {
    let pay = json!({ "addressId": of.home });
    stage.ask_post("200", of.buyer, &format!("{trade}/pay"), pay).await;
    let sent = parcel();
    stage.ask_post("200", of.seller, &format!("{trade}/ship"), sent.clone()).await;
    carried(stage, &sent, ParcelStep::PickUp).await;
    sent
}

async fn delivered(stage: &mut Stage, of: &Parties, trade: &str) {
    let sent = sent(stage, of, trade).await;
    stage.name_runs(&[("trade-on-carrier-webhook", "done delivered")]);
    carried(stage, &sent, ParcelStep::Deliver).await;
    stage.name_runs(&[]);
}

/// Bought anew, brought, and complained of.
async fn disputed(stage: &mut Stage, of: &Parties) -> String {
    let trade = buy(stage, of.seller, of.buyer).await;
    delivered(stage, of, &trade).await;
    stage.ask_post("200", of.buyer, &format!("{trade}/dispute"), complaint()).await;
    trade
}

/// Nothing is disputed yet; then both sides agree.
async fn agreed(stage: &mut Stage, of: &Parties, trade: &str) {
    let (seller, buyer) = (of.seller, of.buyer);
    let path = |verb: &str| format!("{trade}/{verb}");
    let dispute = path("dispute");
    stage.ask(STATE, stage.get(buyer, &dispute)).await;
    for (outcome, who, verb, body) in [
        (STATE, buyer, "dispute", complaint()),
        (NOT_YOU, seller, "dispute", complaint()),
        (STATE, seller, "dispute/statements", says()),
        (STATE, seller, "dispute/refund-offers", amount(1)),
        (STATE, buyer, "dispute/refund", amount(1)),
        (STATE, buyer, "send-back", parcel()),
        (NOT_YOU, seller, "send-back", parcel()),
        (STATE, seller, "objection", says()),
        (NOT_YOU, buyer, "objection", says()),
    ] {
        stage.ask_post(outcome, who, &path(verb), body).await;
    }
    for verb in ["dispute/statements", "dispute/refund-offers", "dispute/refund"] {
        let body = if verb == "dispute/statements" { says() } else { amount(1) };
        let request = stage.app.post(&path(verb)).key(&stage.fresh());
        let request = stage.by_admin(request.json(body));
        stage.ask(NOT_YOU, request).await;
    }
    rule(stage, STATE, trade, "complete").await;
    delivered(stage, of, trade).await;
    stage.ask_post("200", buyer, &dispute, complaint()).await;
    for _ in 0..10 {
        stage.ask_post("200", seller, &path("dispute/statements"), says()).await;
    }
    let more = "409 too-many-statements";
    stage.ask_post(more, seller, &path("dispute/statements"), says()).await;
    stage.ask("200", stage.get(buyer, &dispute)).await;
    let (offers, refund) = (path("dispute/refund-offers"), path("dispute/refund"));
    stage.ask_post("409 refund-not-partial", seller, &offers, amount(PRICE)).await;
    stage.ask_post(NO_OFFER, buyer, &refund, amount(1_000)).await;
    stage.ask_post("200", seller, &offers, amount(1_000)).await;
    stage.ask_post("200", buyer, &refund, amount(1_000)).await;
}

async fn overdue(stage: &mut Stage, of: &Parties) {
    let trade = buy(stage, of.seller, of.buyer).await;
    delivered(stage, of, &trade).await;
    stage.app.clock.advance(Span::hours(72));
    let path = format!("{trade}/dispute");
    stage.ask_post("409 dispute-overdue", of.buyer, &path, complaint()).await;
    stage.run_after(Span::minutes(1), DUE).await;
    let trade = disputed(stage, of).await;
    stage.app.clock.advance(Span::days(7));
    let path = format!("{trade}/dispute/statements");
    stage.ask_post("409 statements-closed", of.buyer, &path, says()).await;
    rule(stage, "409 verdict-unavailable", &trade, "refund").await;
    rule(stage, "200 completed", &trade, "complete").await;
}

/// A parcel that does not come.
async fn on_the_way(stage: &mut Stage, of: &Parties) {
    let trade = buy(stage, of.seller, of.buyer).await;
    sent(stage, of, &trade).await;
    let path = format!("{trade}/dispute");
    stage.ask_post("409 dispute-too-early", of.buyer, &path, complaint()).await;
    // The hour's turn may come to it meanwhile.
    stage.name_runs(&[("trade-on-carrier-webhook", "done watched on")]);
    stage.run_after(Span::days(7), DUE).await;
    stage.name_runs(&[]);
    stage.ask_post("200", of.buyer, &path, complaint()).await;
    rule(stage, "200 refunded", &trade, "refund").await;
}

/// Sent back, brought, and refunded by silence; before that too late, and with another's number.
async fn sent_back(stage: &mut Stage, of: &Parties) {
    let late = disputed(stage, of).await;
    rule(stage, "200", &late, "return").await;
    stage.app.clock.advance(Span::hours(72));
    let path = format!("{late}/send-back");
    stage.ask_post("409 shipment-overdue", of.buyer, &path, parcel()).await;
    stage.run_after(Span::minutes(1), DUE).await;
    let trade = disputed(stage, of).await;
    rule(stage, "200", &trade, "return").await;
    let path = format!("{trade}/send-back");
    let back = parcel();
    stage.ask_post("200", of.buyer, &path, back.clone()).await;
    let other = disputed(stage, of).await;
    rule(stage, "200", &other, "return").await;
    let again = format!("{other}/send-back");
    stage.ask_post("409 tracking-number-used", of.buyer, &again, back.clone()).await;
    carried(stage, &back, ParcelStep::PickUp).await;
    stage.name_runs(&[("trade-on-carrier-webhook", "done came back")]);
    carried(stage, &back, ParcelStep::Deliver).await;
    stage.name_runs(&[]);
    stage.run_after(Span::hours(48), DUE).await;
}

/// What came back is doubted.
async fn objected(stage: &mut Stage, of: &Parties) {
    for late in [false, true] {
        let trade = disputed(stage, of).await;
        rule(stage, "200", &trade, "return").await;
        let back = parcel();
        stage.ask_post("200", of.buyer, &format!("{trade}/send-back"), back.clone()).await;
        carried(stage, &back, ParcelStep::PickUp).await;
        stage.name_runs(&[("trade-on-carrier-webhook", "done came back")]);
        carried(stage, &back, ParcelStep::Deliver).await;
        stage.name_runs(&[]);
        let path = format!("{trade}/objection");
        if late {
            stage.app.clock.advance(Span::hours(48));
            stage.ask_post("409 objection-overdue", of.seller, &path, says()).await;
        } else {
            stage.ask_post("200", of.seller, &path, says()).await;
            rule(stage, "200 refunded", &trade, "refund").await;
        }
    }
}
