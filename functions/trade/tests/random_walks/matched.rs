//! The same through the inspection centre.

use domain::trade::{Reason, State, Trade};
use serde_json::json;
use testkit::RequestBuilder;

use super::{Dice, SEEDS, STEPS, calm, carry, failing_calls, judge, pass_time, trouble};
use crate::tests::fixture::{Market, forwarding, inspection, match_id, person, shipment};

const VERBS: &[&str] = &[
    "ship",
    "receive",
    "inspection",
    "consent",
    "consent-refusal",
    "forward",
    "confirm",
    "cancel",
];
const GRADES: &[&str] = &["pass", "pass_at_95", "pass_at_95", "mismatch", "counterfeit"];

/// What is next in this state, most of the time.
fn due(state: State, dice: &mut Dice) -> Option<&'static str> {
    let first = dice.below(2) == 0;
    match state {
        State::AwaitingShipment => Some("ship"),
        State::InTransit => Some("receive"),
        State::Inspecting => Some("inspection"),
        State::AwaitingConsent if first => Some("consent"),
        State::AwaitingConsent => Some("consent-refusal"),
        State::Forwarding if first => Some("forward"),
        State::Forwarding | State::Delivered => Some("confirm"),
        // What is disputed is not walked here.
        State::Disputed | State::AwaitingReturn | State::Returning => None,
        State::AwaitingPayment | State::Completed | State::Cancelled => None,
    }
}

fn request(market: &Market, verb: &str, dice: &mut Dice) -> RequestBuilder {
    let any = |items: &[&'static str], dice: &mut Dice| {
        items[usize::try_from(dice.below(u64::try_from(items.len()).unwrap())).unwrap()]
    };
    let request = match (verb, dice.below(10)) {
        (_, 0) => market.ask(match_id(), verb, &person(market, 1)),
        ("ship" | "cancel", _) => market.ask(match_id(), verb, &market.seller),
        ("consent" | "consent-refusal" | "confirm", _) => {
            market.ask(match_id(), verb, &market.buyer)
        }
        _ => market.centre(verb),
    };
    match verb {
        "ship" => request.json(shipment()),
        "forward" => request.json(forwarding()),
        "inspection" => request.json(inspection(any(GRADES, dice))),
        "cancel" => request.json(json!({ "reason": "변심" })),
        _ => request,
    }
}

async fn step(market: &Market, dice: &mut Dice) {
    let state = match market.store().trade(match_id()).await {
        Ok(Some(trade)) => trade.state,
        _ => State::AwaitingPayment,
    };
    let verb = match dice.below(4) {
        0 => VERBS.get(usize::try_from(dice.below(20)).unwrap()).copied(),
        _ => due(state, dice),
    };
    if state == State::Forwarding && dice.below(3) == 0 {
        return carry(market, dice).await;
    }
    let Some(verb) = verb else { return pass_time(market, dice).await };
    let reply = request(market, verb, dice).send().await;
    assert!([200, 403, 404, 409, 503].contains(&reply.status()), "{}", reply.text());
    if dice.below(2) == 0 {
        market.run_until_idle().await;
    }
}

#[tokio::test]
async fn every_won_of_a_match_is_where_it_belongs() {
    let mut seen: Vec<Trade> = Vec::new();
    for seed in 0..2 * SEEDS {
        let market = Market::matched().await;
        trouble(&market, seed);
        let mut dice = Dice(seed);
        failing_calls(&market, seed);
        for _ in 0..STEPS {
            step(&market, &mut dice).await;
        }
        calm(&market).await;
        seen.extend(judge(&market, seed).await);
    }
    assert!(seen.iter().any(|trade| trade.settled_at.is_some()), "no walk settled anything");
    for reason in [Reason::ConsentRefused, Reason::Mismatch, Reason::Counterfeit] {
        let ended =
            |trade: &Trade| trade.cancellation.as_ref().is_some_and(|ended| ended.reason == reason);
        assert!(seen.iter().any(ended), "no walk ended for {reason:?}");
    }
}
