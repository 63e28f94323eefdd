//! What a trade gives back, where a provider took it.

use domain::{
    carrier::{Carrier, TrackingNumber},
    ledger::Split,
    trade::{Actor, Command, Complaint, RefundEnd, State, Trade, decide_taking, settlement},
};
use events::{PaymentCancelled, TradeCancelled, TradeCompleted};
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::{Span, TradeId, Won};

use crate::tests::fixture::{AMOUNT, Begun, Market};

const MINUTE: Span = Span::seconds(61);
/// The part that both sides agree on.
const PART: i64 = 20_000;
const LOST: [Option<FaultKind>; 3] =
    [None, Some(FaultKind::LostBefore), Some(FaultKind::LostAfter)];

/// A trade that a provider was paid for.
async fn paid(market: &Market, provider: &str) -> (TradeId, Begun) {
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, provider).await;
    let body = match provider {
        "toss" => market.agree(&begun),
        _ => market.agree_kakao(&begun),
    };
    market.confirm(&begun, &body).await.expect(200);
    (trade, begun)
}

async fn trade(market: &Market, id: TradeId) -> Trade {
    market.store().trade(id).await.unwrap().unwrap()
}

async fn command(market: &Market, id: TradeId, actor: Actor, command: Command) {
    let before = trade(market, id).await;
    let now = market.now();
    let decision = decide_taking(&before, command, actor, now, Split::ZERO).unwrap();
    assert!(market.store().trade_commit(&before, &decision, now).await.unwrap());
}

async fn cancel(market: &Market, id: TradeId) {
    let note = Some("품절".to_owned());
    command(market, id, Actor::Admin, Command::Cancel { note }).await;
}

/// Delivered, disputed, and [`PART`] of the price agreed to go back.
async fn agree_on_a_part(market: &Market, id: TradeId) {
    let number = TrackingNumber::parse(Carrier::by_id("kr.kdexp").unwrap(), "688712345678");
    let amount = Won::constant(PART);
    let text = || "상자가 찌그러져 있습니다".parse().unwrap();
    let complaint = Command::Dispute { complaint: Complaint::Damaged, text: text() };
    for (actor, next) in [
        (Actor::Seller, Command::Ship(number.unwrap())),
        (Actor::System, Command::Scan { at: market.now() }),
        (Actor::Admin, Command::Deliver { note: Some("배송 사진 확인".to_owned()) }),
        (Actor::Buyer, complaint),
        (Actor::Seller, Command::OfferRefund { amount }),
        (Actor::Buyer, Command::AcceptRefund { amount }),
    ] {
        command(market, id, actor, next).await;
    }
}

async fn settle(market: &Market, id: TradeId) {
    let trade = trade(market, id).await;
    let movement = settlement(&trade).unwrap();
    assert!(market.store().trade_settle(&trade, &movement, market.now()).await.unwrap());
}

async fn escrow(market: &Market, id: TradeId) -> i64 {
    market.store().escrow(id).await.unwrap().get()
}

async fn end(market: &Market, id: TradeId) -> Option<RefundEnd> {
    trade(market, id).await.provider_refund.unwrap().end
}

/// F9: what Toss or KakaoPay had taken for a trade went into the wallet.
#[tokio::test]
async fn f9_what_a_provider_took_for_a_cancelled_trade_goes_back_to_it_once() {
    for (provider, lost) in ["toss", "kakaopay"].iter().flat_map(|it| LOST.map(|lost| (it, lost))) {
        let market = Market::start().await;
        let (id, begun) = paid(&market, provider).await;
        if let Some(lost) = lost {
            market.providers().fail(&format!("{provider}:cancel"), 1, lost);
            market.providers().fail(&format!("{provider}:read"), 2, FaultKind::LostBefore);
        }
        cancel(&market, id).await;
        assert!(market.told::<TradeCancelled>().await[0].refunding);
        assert_eq!(end(&market, id).await, None, "it is on its way");
        assert_eq!((escrow(&market, id).await, market.purse().await), (AMOUNT, (0, 0)));
        let (swept, told) = futures::join!(
            join_all((0..3).map(|_| market.sweep())),
            join_all((0..3).map(|_| market.notice(&begun)))
        );
        swept.into_iter().for_each(|run| assert!(run.is_ok(), "{run:?}"));
        told.into_iter().for_each(|reply| assert_eq!(reply.status(), 200));
        market.run_until_idle().await;
        for _ in 0..3 {
            market.wait(MINUTE).await;
        }
        let stand = market.providers().stand(&begun.order).unwrap();
        assert_eq!((stand.cancelled, stand.amount), (AMOUNT, AMOUNT), "{provider} {lost:?}");
        assert_eq!(market.status(&begun).await, "cancelled", "{provider} {lost:?}");
        assert!(!end(&market, id).await.unwrap().in_wallet);
        assert_eq!((escrow(&market, id).await, market.purse().await), (0, (0, 0)));
        let told = market.told::<PaymentCancelled>().await;
        let told: Vec<_> = told.iter().map(|it| (it.amount.get(), it.in_wallet)).collect();
        assert_eq!(told, [(AMOUNT, false)]);
        assert_eq!(market.payment(&begun).await.due_at(), None, "nothing is open any more");
    }
}

#[tokio::test]
async fn what_the_provider_refuses_for_good_is_the_buyers_to_spend() {
    let market = Market::start().await;
    let (id, begun) = paid(&market, "toss").await;
    let refused = FaultKind::TossCode("REFUND_REJECTED");
    market.providers().fail("toss:cancel", 1, refused);
    cancel(&market, id).await;
    market.wait(MINUTE).await;
    let balance = market.store().balance(market.payer.id, store::Read::Consistent).await.unwrap();
    assert_eq!(balance.free, Split::spend_only(Won::constant(AMOUNT)), "it may not leave");
    assert_eq!((market.status(&begun).await, escrow(&market, id).await), ("done", 0));
    assert!(end(&market, id).await.unwrap().in_wallet);
    assert!(market.told::<PaymentCancelled>().await[0].in_wallet);
    market.wait(Span::days(1)).await;
    assert_eq!(market.providers().calls("toss:cancel"), 1, "it is not asked for again");
}

/// A part goes back while the seller is paid the rest, whichever is first.
#[tokio::test]
async fn a_part_goes_back_to_the_provider_and_the_rest_to_the_seller() {
    for settled_first in [true, false] {
        let market = Market::start().await;
        let (id, begun) = paid(&market, "kakaopay").await;
        agree_on_a_part(&market, id).await;
        let completed = &market.told::<TradeCompleted>().await[0];
        assert_eq!((completed.refunded.get(), completed.refunding), (PART, true));
        assert_eq!(market.purse().await, (0, 0));
        if settled_first {
            settle(&market, id).await;
            assert_eq!(escrow(&market, id).await, PART);
        }
        market.wait(MINUTE).await;
        if !settled_first {
            assert_eq!(escrow(&market, id).await, AMOUNT - PART);
            settle(&market, id).await;
        }
        assert_eq!((escrow(&market, id).await, market.purse().await), (0, (0, 0)));
        let stand = market.providers().stand(&begun.order).unwrap();
        assert_eq!((stand.cancelled, market.status(&begun).await), (PART, "partially_cancelled"));
        let trade = trade(&market, id).await;
        assert_eq!(trade.state, State::Completed);
        assert!(trade.settled_at.is_some() && trade.provider_refund.unwrap().end.is_some());
    }
}

/// A provider that does not know us has refused nothing.
#[tokio::test]
async fn money_is_not_taken_for_refused_because_our_key_is_wrong() {
    let market = Market::start().await;
    market.expect_failures();
    let (id, begun) = paid(&market, "toss").await;
    for nth in 1..=3 {
        market.providers().fail("toss:cancel", nth, FaultKind::TossCode("UNAUTHORIZED_KEY"));
    }
    cancel(&market, id).await;
    for _ in 0..2 {
        market.wait(Span::minutes(2)).await;
        assert_eq!((escrow(&market, id).await, market.purse().await), (AMOUNT, (0, 0)));
    }
    market.clock.advance(Span::hours(25));
    assert!(market.sweep().await.is_err(), "after a day somebody must look");
    market.wait(Span::minutes(31)).await;
    assert_eq!((market.status(&begun).await, market.purse().await), ("cancelled", (0, 0)));
}

/// What a trade gives back is no top-up: no request takes it over, whatever its key is called.
#[tokio::test]
async fn no_request_gives_a_trades_money_back() {
    let market = Market::start().await;
    let (id, begun) = paid(&market, "toss").await;
    market.cancel(&begun, None).await.expect_problem(409, "payment-not-cancellable");
    cancel(&market, id).await;
    for key in ["refund-trade", "mine"] {
        let reply = market.cancel_with(&begun, key, None).await;
        reply.expect_problem(409, "payment-not-cancellable");
    }
    assert_eq!(market.providers().calls("toss:cancel"), 0);
    market.wait(MINUTE).await;
    assert_eq!((market.status(&begun).await, market.purse().await), ("cancelled", (0, 0)));
    market.cancel(&begun, None).await.expect_problem(409, "payment-not-cancellable");
}

/// What was paid from the wallet goes back as it was, at once.
#[tokio::test]
async fn nothing_is_asked_of_a_provider_that_took_nothing() {
    let market = Market::start().await;
    let id = market.trade().await;
    market.fund(AMOUNT).await;
    let from = Split::spend_only(Won::constant(AMOUNT));
    command(&market, id, Actor::Buyer, Command::PayToMeet { from }).await;
    assert_eq!(market.purse().await, (0, 0));
    cancel(&market, id).await;
    assert_eq!((escrow(&market, id).await, market.purse().await), (0, (AMOUNT, 0)));
    assert_eq!(trade(&market, id).await.provider_refund, None);
    assert!(!market.told::<TradeCancelled>().await[0].refunding);
}
