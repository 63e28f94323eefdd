use domain::payment::{
    LOOK_PAUSE_MAX, Provider,
    breaker::{Breaker, BreakerPolicy, LOOKS},
};
use events::PaymentDone;
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::Span;
use serde_json::{Value, json};
use store::{Table, Write, keys};

use crate::tests::fixture::{AMOUNT, Begun, Market};

const MINUTE: Span = Span::minutes(1);
/// As many as stood in the way in F5.
const MANY: usize = 23;

/// A payment whose confirmation took effect, which nobody knows.
async fn unknown(market: &Market, provider: &str) -> Begun {
    let begun = market.begin(provider).await;
    let body: Value = match provider {
        "toss" => market.agree(&begun),
        _ => market.agree_kakao(&begun),
    };
    let call = if provider == "toss" { "toss:confirm" } else { "kakaopay:approve" };
    market.providers().fail(call, 1, FaultKind::LostAfter);
    market.providers().fail(&format!("{provider}:read"), 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect(202);
    begun
}

async fn all_unknown(market: &Market, provider: &str, many: usize) -> Vec<Begun> {
    let mut all = Vec::new();
    for _ in 0..many {
        all.push(unknown(market, provider).await);
    }
    all
}

#[tokio::test]
async fn many_unknown_outcomes_are_resolved_in_one_run() {
    let market = Market::start().await;
    let mut all = Vec::new();
    for _ in 0..12 {
        let (begun, body) = market.agreed().await;
        market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
        market.providers().fail("toss:read", 1, FaultKind::LostBefore);
        market.confirm(&begun, &body).await.expect(202);
        all.push(begun);
    }
    market.sweep().await.unwrap();
    assert_eq!(market.purse().await, (0, 0), "their requests may still be at work");
    market.wait(Span::seconds(61)).await;
    assert_eq!(market.purse().await, (12 * AMOUNT, 0));
    for begun in &all {
        assert_eq!(market.status(begun).await, "done");
    }
}

#[tokio::test]
async fn runs_at_once_do_the_work_once() {
    let market = Market::start().await;
    let (begun, body) = market.agreed().await;
    market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect(202);
    market.clock.advance(Span::seconds(61));
    for run in join_all((0..8).map(|_| market.sweep())).await {
        run.unwrap();
    }
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
    assert_eq!(market.told::<PaymentDone>().await.len(), 1);
}

#[tokio::test]
async fn one_that_cannot_be_resolved_keeps_no_other_waiting() {
    let market = Market::start().await;
    market.expect_failures();
    let mut all = Vec::new();
    for _ in 0..8 {
        let (begun, body) = market.agreed().await;
        market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
        market.providers().fail("toss:read", 1, FaultKind::LostBefore);
        market.confirm(&begun, &body).await.expect(202);
        all.push(begun);
    }
    let odd = &all[0];
    let key = keys::payment(odd.id.parse().unwrap());
    let write = Write::update(Table::Payment, key).set_number("amount", 1).if_present("pk");
    market.store().write(write).await.unwrap();
    market.clock.advance(Span::seconds(61));
    assert!(market.sweep().await.is_err());
    assert_eq!(market.purse().await, (7 * AMOUNT, 0));
    assert_eq!(market.status(odd).await, "approving");
}

/// F5: one provider's outage kept those of every other waiting.
#[tokio::test]
async fn f5_a_provider_that_times_out_delays_no_other() {
    let market = Market::start().await;
    let stuck = all_unknown(&market, "toss", MANY).await;
    let other = unknown(&market, "kakaopay").await;
    market.clock.advance(Span::seconds(61));
    for nth in 1..=MANY {
        market.providers().fail("toss:read", u32::try_from(nth).unwrap(), FaultKind::Held);
    }
    let meanwhile = async {
        market.providers().holding().await;
        while market.status(&other).await != "done" {
            tokio::task::yield_now().await;
        }
        assert_eq!(market.status(&stuck[0]).await, "approving", "its provider has not answered");
        market.providers().release();
    };
    let (swept, ()) = futures::join!(market.sweep(), meanwhile);
    swept.unwrap();
    for begun in stuck.iter().chain([&other]) {
        assert_eq!(market.status(begun).await, "done");
    }
}

/// F5: 23 payments at 13 seconds each, every minute.
#[tokio::test]
async fn f5_a_provider_that_is_down_is_left_alone_and_then_asked_once() {
    let market = Market::start().await;
    let stuck = all_unknown(&market, "toss", MANY).await;
    let other = unknown(&market, "kakaopay").await;
    let before = market.providers().calls("toss:read");
    let asked = || market.providers().calls("toss:read") - before;
    market.providers().out_of_reach(&["toss:read"]);
    market.wait(Span::seconds(61)).await;
    assert_eq!(market.status(&other).await, "done");
    let BreakerPolicy { silences, pause, .. } = LOOKS;
    let first = usize::try_from(silences).unwrap();
    assert_eq!(asked(), first, "and then no more");
    let lines = market.log_lines();
    let told: Vec<_> = lines.iter().filter(|line| line["breaker"] == LOOKS.name).collect();
    assert_eq!((told.len(), &told[0]["provider"]), (1, &json!("toss")));
    market.wait(MINUTE).await;
    assert_eq!(asked(), first, "it is left alone");
    market.wait(pause).await;
    assert_eq!(asked(), first + 1, "one question tells");
    market.providers().recover();
    market.wait(pause).await;
    let done = async || {
        let mut done = 0;
        for begun in &stuck {
            done += usize::from(market.status(begun).await == "done");
        }
        done
    };
    // Those that were asked for in vain wait a little longer than the others.
    assert!(done().await >= MANY - first - 1, "{}", done().await);
    market.wait(LOOK_PAUSE_MAX).await;
    assert_eq!(done().await, MANY);
}

/// F5: a look that decided nothing never moved its row.
#[tokio::test]
async fn f5_what_waits_is_looked_into_less_and_less_often() {
    let market = Market::start().await;
    let begun = market.begin("toss").await;
    let body = market.agree(&begun);
    market.providers().fail("toss:confirm", 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect(202);
    let before = market.providers().calls("toss:read");
    let mut minutes = Vec::new();
    for minute in 1..=14 {
        let asked = market.providers().calls("toss:read");
        market.wait(MINUTE).await;
        if market.providers().calls("toss:read") > asked {
            minutes.push(minute);
        }
    }
    assert_eq!(minutes, [1, 2, 4, 8]);
    assert_eq!(market.providers().calls("toss:read") - before, minutes.len());
    assert_eq!(market.status(&begun).await, "approving");
}

/// F5: a row that fails stood first in every run.
#[tokio::test]
async fn f5_a_payment_that_cannot_be_looked_into_is_looked_into_later() {
    let market = Market::start().await;
    market.expect_failures();
    let odd = unknown(&market, "toss").await;
    market.providers().toss_cancel_by_hand(&odd.order, 1_000);
    market.clock.advance(Span::seconds(61));
    assert!(market.sweep().await.is_err(), "somebody must look");
    market.sweep().await.unwrap();
    market.clock.advance(MINUTE);
    assert!(market.sweep().await.is_err(), "and is told again");
    assert_eq!(market.payment(&odd).await.looks, 2);
}

/// F5: one row that does not read stopped the whole sweep.
#[tokio::test]
async fn f5_a_row_that_does_not_read_stops_no_other() {
    let market = Market::start().await;
    market.expect_failures();
    let all = all_unknown(&market, "toss", 6).await;
    let other = unknown(&market, "kakaopay").await;
    let key = keys::payment(all[0].id.parse().unwrap());
    let row = |status| {
        Write::update(Table::Payment, key.clone()).set_text("status", status).if_present("pk")
    };
    market.store().write(row("odd")).await.unwrap();
    market.clock.advance(Span::seconds(61));
    let told = market.sweep().await.unwrap_err().to_string();
    assert_eq!(told.matches("status of a payment").count(), 1, "{told}");
    for begun in all[1..].iter().chain([&other]) {
        assert_eq!(market.status(begun).await, "done");
    }
    market.store().write(row("approving")).await.unwrap();
    market.wait(MINUTE).await;
    assert_eq!(market.status(&all[0]).await, "done");
}

/// F9, when it meets F5: what ends by the clock alone waits for no provider.
#[tokio::test]
async fn f9_what_nobody_confirms_ends_while_its_provider_is_left_alone() {
    let market = Market::start().await;
    let silences = usize::try_from(LOOKS.silences).unwrap();
    let left = market.begin("toss").await;
    market.clock.advance(Provider::Toss.confirm_within());
    all_unknown(&market, "toss", silences).await;
    market.providers().out_of_reach(&["toss:read"]);
    market.clock.advance(Span::seconds(61));
    // Its provider is left alone from now on, whichever of them comes first.
    market.sweep().await.unwrap();
    let later = market.begin("toss").await;
    assert_eq!(market.status(&left).await, "failed");
    market.clock.advance(Provider::Toss.confirm_within());
    let breaker = Breaker { silences: LOOKS.silences, open_until: Some(market.now() + MINUTE) };
    market.store().breaker_keep(LOOKS.name, Provider::Toss, breaker).await.unwrap();
    let before = market.providers().calls("toss:read");
    market.sweep().await.unwrap();
    assert_eq!(market.providers().calls("toss:read"), before, "nothing is asked");
    assert_eq!(market.status(&later).await, "failed");
    market.providers().recover();
    market.wait(LOOK_PAUSE_MAX).await;
    market.wait(LOOK_PAUSE_MAX).await;
    assert_eq!(market.purse().await.0, i64::try_from(silences).unwrap() * AMOUNT);
}
