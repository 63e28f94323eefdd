//! Charges of which nobody knows what became.

use domain::{
    payment::{Decline, Status},
    trade::{Actor, Command, decide, policy::CHARGE_WITHIN},
};
use events::{PaymentDone, PaymentFailed};
use gateway::fake::FaultKind;
use kernel::Span;
use store::trade::unclaim_payment;

use super::{DEPOSIT, GIVEN_UP, Market, PAID, TOTAL, charge, end, stands};

/// The sweep finds what a worker left, too; and never charges.
#[tokio::test]
async fn an_unknown_outcome_is_resolved_by_the_sweep() {
    let market = Market::start().await;
    market.expect_failures();
    let card = market.card("card-ok-1").await;
    let trade = market.by_card(card).await;
    market.providers().fail("toss:charge", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    let outcome = charge(&market.app, trade, card, market.now()).await;
    assert!(outcome.unwrap_err().to_string().contains("not known yet"));
    assert_eq!(end(&market, trade).await, ("awaiting_payment", TOTAL, 0));
    market.wait(Span::seconds(61)).await;
    assert_eq!(end(&market, trade).await, PAID);
    assert_eq!(market.providers().calls("toss:charge"), 1);
}

/// What the provider never knew is given up after a while, and tried anew while there is time.
#[tokio::test]
async fn a_provider_that_comes_back_is_asked_by_another_attempt() {
    let market = Market::start().await;
    market.expect_failures();
    let trade = market.by_card(market.card("card-ok-1").await).await;
    market.providers().out_of_reach(&["toss:charge", "toss:read"]);
    market.call(trade).await;
    market.run_until_idle().await;
    market.advance(Span::minutes(14)).await;
    assert_eq!(market.trade_state(trade).await, "awaiting_payment");
    market.providers().recover();
    market.advance(Span::minutes(7)).await;
    assert_eq!(end(&market, trade).await, PAID);
    let lost = (Status::Failed, Some(Decline::NotFound));
    assert_eq!(stands(&market.charges(trade).await), [lost, (Status::Done, None)]);
}

#[tokio::test]
async fn charges_that_never_arrive_cancel_the_trade_at_last() {
    let market = Market::start().await;
    market.expect_failures();
    let trade = market.by_card(market.card("card-ok-1").await).await;
    market.providers().out_of_reach(&["toss:charge"]);
    market.call(trade).await;
    market.run_until_idle().await;
    market.advance(Span::minutes(46)).await;
    assert_eq!(end(&market, trade).await, GIVEN_UP);
    let lost = (Status::Failed, Some(Decline::NotFound));
    assert_eq!(stands(&market.charges(trade).await), [lost, lost]);
}

/// Nothing else ends a claimed trade; should a hand have done it, the money goes back.
#[tokio::test]
async fn money_that_comes_after_the_trades_end_goes_back_to_its_card() {
    let market = Market::start().await;
    market.expect_failures();
    let card = market.card("card-ok-1").await;
    let trade = market.by_card(card).await;
    market.providers().fail("toss:charge", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    charge(&market.app, trade, card, market.now()).await.unwrap_err();
    let claimed = market.store().trade(trade).await.unwrap().unwrap();
    let charges = market.charges(trade).await;
    market.store().write(unclaim_payment(&claimed, charges[0].id, false).unwrap()).await.unwrap();
    let free = market.store().trade(trade).await.unwrap().unwrap();
    let decision = decide(&free, Command::DeclinePayment, Actor::System, market.now()).unwrap();
    assert!(market.store().trade_commit(&free, &decision, market.now()).await.unwrap());
    market.wait(Span::seconds(61)).await;
    assert_eq!(end(&market, trade).await, ("cancelled", 0, 0));
    assert!(market.told::<PaymentDone>().await.is_empty());
    let told = market.told::<PaymentFailed>().await;
    assert_eq!((told.len(), &*told[0].reason), (1, "trade-closed"));
    charge(&market.app, trade, card, market.now()).await.unwrap();
    assert_eq!(market.providers().calls("toss:charge"), 1);
}

/// The trade waits no longer than half an hour; what the provider is found to have taken by then
/// goes back to its payer, with the deposit.
#[tokio::test]
async fn money_found_after_half_an_hour_goes_back_to_its_payer() {
    let market = Market::start().await;
    market.expect_failures();
    let card = market.card("card-ok-1").await;
    let trade = market.by_card(card).await;
    market.providers().fail("toss:charge", 1, FaultKind::LostAfter);
    market.providers().out_of_reach(&["toss:read"]);
    market.call(trade).await;
    market.run_until_idle().await;
    market.advance(CHARGE_WITHIN).await;
    assert_eq!(end(&market, trade).await, ("awaiting_payment", TOTAL, 0));
    let claimed = market.store().trade(trade).await.unwrap().unwrap();
    let decision = decide(&claimed, Command::TimeOut, Actor::System, market.now()).unwrap();
    assert!(market.store().trade_commit(&claimed, &decision, market.now()).await.unwrap());
    assert_eq!(end(&market, trade).await, ("cancelled", TOTAL, DEPOSIT));
    market.providers().recover();
    market.advance(Span::minutes(5)).await;
    assert_eq!(end(&market, trade).await, ("cancelled", 0, DEPOSIT));
    assert_eq!(market.told::<PaymentFailed>().await[0].reason, "trade-closed");
}
