use events::PaymentFacts;
use kernel::{PaymentId, TradeId, Won};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{World, user_id};

fn facts(trade: bool) -> PaymentFacts {
    PaymentFacts {
        payment_id: PaymentId::from_uuid(Uuid::from_u128(0x9)),
        user_id: user_id(1),
        trade_id: trade.then(|| TradeId::from_uuid(Uuid::from_u128(0x7))),
        amount: Won::constant(50_000),
        provider: "toss".to_owned(),
        is_charge: false,
    }
}

#[tokio::test]
async fn a_payer_is_told_once_where_the_money_is() {
    use PaymentLanding::{Trade, Wallet};
    let cases: [(bool, PaymentLanding, &[&str]); 3] =
        [(false, Wallet, &["paid"]), (true, Wallet, &["paid"]), (true, Trade, &[])];
    for (trade, landed, kinds) in cases {
        let world = World::start().await;
        world.cloud.adjust(|knobs| knobs.message_copies = 3);
        world.tell_all(1, &PaymentDone { payment: facts(trade), landed }).await;
        world.run_until_idle().await;
        assert_eq!(world.kinds(user_id(1)).await, kinds, "{trade} {landed:?}");
    }
}

#[tokio::test]
async fn a_payer_is_told_what_went_back_and_where_it_is() {
    for (trade, in_wallet, says) in [
        (false, false, "충전하신 20,000원이 결제하신 수단으로"),
        (true, false, "거래 대금 20,000원이 결제하신 수단으로"),
        (true, true, "거래 대금 20,000원을 지갑에"),
    ] {
        let world = World::start().await;
        world.cloud.adjust(|knobs| knobs.message_copies = 3);
        let amount = Won::constant(20_000);
        let event = PaymentCancelled { payment: facts(trade), amount, total: amount, in_wallet };
        world.tell_all(1, &event).await;
        world.run_until_idle().await;
        assert_eq!(world.kinds(user_id(1)).await, ["refunded"]);
        let body = world.told(user_id(1)).await[0].notice.body.clone();
        assert!(body.contains(says), "{body}");
    }
}

#[tokio::test]
async fn a_payer_is_told_that_nothing_was_charged() {
    let world = World::start().await;
    let failed = PaymentFailed { payment: facts(false), reason: "card-rejected".to_owned() };
    world.tell_all(1, &failed).await;
    world.run_until_idle().await;
    assert_eq!(world.kinds(user_id(1)).await, ["payment-failed"]);
    assert!(world.told(user_id(1)).await[0].notice.body.contains("다시 시도해 주세요"));
}

#[tokio::test]
async fn a_payer_whose_money_goes_back_is_told_so_and_not_to_try_again() {
    for (reason, again) in [("trade-closed", false), ("method-unsupported", true)] {
        let world = World::start().await;
        let failed = PaymentFailed { payment: facts(true), reason: reason.to_owned() };
        world.tell_all(1, &failed).await;
        world.run_until_idle().await;
        assert_eq!(world.kinds(user_id(1)).await, ["payment-failed"]);
        let body = world.told(user_id(1)).await[0].notice.body.clone();
        assert_eq!(body.contains("다시 시도해 주세요"), again, "{body}");
        assert_eq!(body.contains("돌려드립니다"), !again, "{body}");
    }
}

#[tokio::test]
async fn f10_whoever_cannot_try_again_is_not_asked_to() {
    let world = World::start().await;
    let payment = PaymentFacts { is_charge: true, ..facts(true) };
    let failed = PaymentFailed { payment, reason: "card-rejected".to_owned() };
    world.tell_all(1, &failed).await;
    world.run_until_idle().await;
    let told = world.told(user_id(1)).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].notice.body.contains("50,000원이 거절"), "{told:?}");
    assert!(!told[0].notice.body.contains("다시 시도해 주세요"), "{told:?}");
}
