use domain::trade::Reason;
use events::TradeFacts;
use kernel::{Span, TradeId};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{World, auction_id, phone, start_time, user_id};

const SELLER: u32 = 1;
const BUYER: u32 = 2;

fn facts(round: u8) -> TradeFacts {
    TradeFacts {
        trade_id: TradeId::from_uuid(Uuid::from_u128(0x7)),
        exchange: None,
        auction_id: Some(auction_id()),
        round,
        seller_id: user_id(SELLER),
        buyer_id: user_id(BUYER),
        title: "맥북".to_owned(),
        price: Won::constant(12_000),
    }
}

fn moved(step: TradeStep, round: u8) -> TradeMoved {
    TradeMoved { trade: facts(round), step, until: Some(start_time() + Span::hours(24)) }
}

fn cancelled(reason: Reason, penalty: i64) -> TradeCancelled {
    TradeCancelled {
        trade: facts(0),
        reason: reason.as_str().to_owned(),
        penalty: Won::constant(penalty),
        taken: Won::constant(penalty),
        paid: penalty > 0,
        refunding: false,
        forfeited: Won::ZERO,
    }
}

async fn kinds(world: &World) -> (Vec<&'static str>, Vec<&'static str>) {
    (world.kinds(user_id(SELLER)).await, world.kinds(user_id(BUYER)).await)
}

#[tokio::test]
async fn every_step_tells_whom_it_concerns() {
    use TradeStep::{
        ArrivedBack, ArrivedDisputed, CodeRenewed, ConfirmationReminded, ConsentAsked,
        ConsentReminded, DecisionReminded, Delivered, Disputed, Doubted, Forwarded, HandInReminded,
        Late, MeetingReminded, ObjectionReminded, Opened, Paid, Passed, PaymentReminded, PickedUp,
        Received, RefundOffered, ReturnReminded, ReturnRuled, SentBack, Settled, ShipmentReminded,
        Shipped, Stated, WrongCode,
    };
    let cases: [(TradeStep, u8, &[&str], &[&str]); 31] = [
        (Opened, 0, &[], &[]),
        (Opened, 1, &["offer"], &["offer"]),
        (PaymentReminded, 0, &[], &["reminder"]),
        (ShipmentReminded, 0, &["reminder"], &[]),
        (HandInReminded, 0, &["reminder"], &[]),
        (MeetingReminded, 0, &["reminder"], &["reminder"]),
        (WrongCode, 0, &[], &["reminder"]),
        (CodeRenewed, 0, &[], &[]),
        (ConsentReminded, 0, &[], &["reminder"]),
        (ConfirmationReminded, 0, &[], &["reminder"]),
        (Paid, 0, &["paid"], &["paid"]),
        (Shipped, 0, &[], &["shipped"]),
        (PickedUp, 0, &[], &[]),
        (Received, 0, &["inspected"], &["inspected"]),
        (ConsentAsked, 0, &["inspected"], &["inspected"]),
        (Passed, 0, &["inspected"], &["inspected"]),
        (Forwarded, 0, &[], &["shipped"]),
        (Delivered, 0, &["delivered"], &["delivered"]),
        (Late, 0, &[], &["dispute"]),
        (Disputed, 0, &["dispute"], &["dispute"]),
        (Stated, 0, &["dispute"], &["dispute"]),
        (RefundOffered, 0, &["dispute"], &["dispute"]),
        (ArrivedDisputed, 0, &["dispute"], &["dispute"]),
        (DecisionReminded, 0, &[], &[]),
        (ReturnRuled, 0, &["return"], &["return"]),
        (ReturnReminded, 0, &[], &["reminder"]),
        (SentBack, 0, &["return"], &[]),
        (ArrivedBack, 0, &["return"], &["return"]),
        (ObjectionReminded, 0, &["reminder"], &[]),
        (Doubted, 0, &["return"], &["return"]),
        (Settled, 0, &["settled"], &[]),
    ];
    for (step, round, seller, buyer) in cases {
        let world = World::start().await;
        world.cloud.adjust(|knobs| knobs.message_copies = 3);
        world.tell_all(1, &moved(step, round)).await;
        world.run_until_idle().await;
        assert_eq!(kinds(&world).await, (seller.to_vec(), buyer.to_vec()), "{step:?}");
    }
}

#[tokio::test]
async fn a_cancellation_is_told_to_both_and_a_penalty_to_the_buyer() {
    let world = World::start().await;
    world.tell_all(1, &cancelled(Reason::Unpaid, 0)).await;
    world.run_until_idle().await;
    assert_eq!(kinds(&world).await, (vec!["cancelled"], vec!["cancelled"]));
    let world = World::start().await;
    world.tell_all(1, &cancelled(Reason::NotShipped, 1_200)).await;
    world.run_until_idle().await;
    let (mut seller, mut buyer) = kinds(&world).await;
    seller.sort_unstable();
    buyer.sort_unstable();
    let both = vec!["cancelled", "settled"];
    assert_eq!((seller, buyer), (both.clone(), both));
    let told = world.told(user_id(SELLER)).await;
    let bodies: Vec<&str> = told.iter().map(|row| &*row.notice.body).collect();
    let penalty = "'맥북' 위약금 1,200원이 부과되었습니다. 지갑에서 차감되었습니다.";
    assert!(bodies.contains(&penalty), "{bodies:?}");
}

/// Who is paid in full is told so once; an agreement is told to both.
#[tokio::test]
async fn a_partial_refund_is_told_to_both() {
    for (refunded, told) in [(0, &[][..]), (3_000, &["dispute"])] {
        let world = World::start().await;
        let event = completed(refunded, false);
        world.tell_all(1, &event).await;
        world.run_until_idle().await;
        assert_eq!(kinds(&world).await, (told.to_vec(), told.to_vec()));
    }
    for (refunding, text) in
        [(false, "3,000원을 구매자에게 환불하고"), (true, "결제 수단으로 환불하기로")]
    {
        let world = World::start().await;
        world.tell_all(1, &completed(3_000, refunding)).await;
        world.run_until_idle().await;
        assert!(bodies(&world, BUYER).await.contains(text));
    }
}

fn completed(refunded: i64, refunding: bool) -> TradeCompleted {
    TradeCompleted { trade: facts(0), refunded: Won::constant(refunded), refunding }
}

/// F9: where the money goes.
#[tokio::test]
async fn a_cancellation_says_where_the_money_goes() {
    for (paid, refunding, says, says_not) in [
        (true, false, "구매자에게 환불되었습니다", "결제 수단"),
        (true, true, "결제 수단으로 환불됩니다", "환불되었습니다"),
        (false, false, "취소되었습니다", "환불"),
    ] {
        let world = World::start().await;
        let event = TradeCancelled { paid, refunding, ..cancelled(Reason::NotShipped, 0) };
        world.tell_all(1, &event).await;
        world.run_until_idle().await;
        let told = bodies(&world, BUYER).await;
        assert!(told.contains(says) && !told.contains(says_not), "{told}");
    }
}

/// Of 1,200 nothing, a part, or all of it could be taken: both are told what is true.
#[tokio::test]
async fn what_a_seller_still_owes_is_told_and_what_is_collected() {
    for (taken, buyer) in [(0, None), (200, Some("위약금 200원이 지갑에"))] {
        let world = World::start().await;
        let event =
            TradeCancelled { taken: Won::constant(taken), ..cancelled(Reason::NotShipped, 1_200) };
        world.tell_all(1, &event).await;
        world.run_until_idle().await;
        let left = if taken == 0 { "미납액 1,200원은" } else { "미납액 1,000원은" };
        assert!(bodies(&world, SELLER).await.contains(left));
        let told = bodies(&world, BUYER).await;
        assert_eq!(told.contains("위약금"), buyer.is_some(), "{told}");
        assert!(buyer.is_none_or(|text| told.contains(text)), "{told}");
    }
    for (left, text) in [(300, "남은 금액은 300원입니다."), (0, "모두 납부되었습니다.")]
    {
        let world = World::start().await;
        let event = PenaltyCollected {
            trade: facts(0),
            debtor_id: user_id(SELLER),
            amount: Won::constant(900),
            left: Won::constant(left),
        };
        world.tell_all(1, &event).await;
        world.run_until_idle().await;
        assert!(bodies(&world, SELLER).await.contains(text));
        assert!(bodies(&world, BUYER).await.contains("위약금 900원이 지갑에 입금되었습니다."));
    }
}

async fn bodies(world: &World, of: u32) -> String {
    let told = world.told(user_id(of)).await;
    told.iter().map(|row| &*row.notice.body).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_reason_is_told() {
    for reason in Reason::ALL {
        let world = World::start().await;
        world.tell_all(1, &cancelled(*reason, 0)).await;
        world.run_until_idle().await;
        assert_eq!(kinds(&world).await, (vec!["cancelled"], vec!["cancelled"]), "{reason:?}");
    }
}

#[tokio::test]
async fn f10_a_declined_card_is_told_with_what_it_cost_and_brought() {
    for (cost, buyer, seller) in [
        (0, "결제된 금액은 없습니다.", "거래가 취소되었습니다."),
        (3_000, "보증금 3,000원이 판매자에게", "보증금 3,000원이 지갑에 입금되었습니다."),
    ] {
        let world = World::start().await;
        let forfeited = Won::constant(cost);
        let event = TradeCancelled { forfeited, ..cancelled(Reason::PaymentDeclined, 0) };
        world.tell_all(1, &event).await;
        world.run_until_idle().await;
        assert_eq!(kinds(&world).await, (vec!["cancelled"], vec!["cancelled"]));
        for (who, text) in [(BUYER, buyer), (SELLER, seller)] {
            let told = world.told(user_id(who)).await;
            assert!(told[0].notice.body.contains(text), "{told:?}");
        }
    }
}

#[tokio::test]
async fn a_failed_sale_is_told_to_the_seller() {
    let world = World::start().await;
    let failed = SaleFailed {
        auction_id: auction_id(),
        seller_id: user_id(SELLER),
        title: "맥북".to_owned(),
    };
    world.tell_all(1, &failed).await;
    world.run_until_idle().await;
    assert_eq!(kinds(&world).await, (vec!["unsold"], vec![]));
}

#[tokio::test]
async fn a_payment_reminder_is_also_a_text_message_once() {
    let world = World::start().await;
    world.user(BUYER, Some(&phone(BUYER)), None).await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    for _ in 0..2 {
        world.tell_all(1, &moved(TradeStep::PaymentReminded, 0)).await;
        world.run_until_idle().await;
    }
    world.tell_all(2, &moved(TradeStep::PaymentReminded, 0)).await;
    world.run_until_idle().await;
    let sent = world.cloud.sms();
    assert_eq!(sent.len(), 2, "one per reminder");
    assert_eq!(sent[0].text, "[장터] 맥북 12,000원. 11-22 09:00까지 결제해 주세요.");
}

#[tokio::test]
async fn another_event_is_a_failure() {
    let world = World::start().await;
    world.expect_failures();
    world.expect_dead(&super::FUNCTION.id());
    world.tell_all(1, &cancelled(Reason::Unpaid, 0)).await;
    let strange = TradeCancelled { reason: "bored".to_owned(), ..cancelled(Reason::Unpaid, 0) };
    world.tell_all(2, &strange).await;
    world.run_until_idle().await;
    world.advance(Span::hours(1)).await;
    assert_eq!(world.kinds(user_id(SELLER)).await, ["cancelled"]);
}
