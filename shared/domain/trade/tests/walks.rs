//! Random walks: only allowed edges, money in escrow exactly while it is owed.

use proptest::prelude::*;

use super::*;
use crate::ledger::Account;

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(pay()),
        Just(Command::AcceptPayment { payment: id(9) }),
        Just(Command::Decline),
        Just(Command::Ship(number())),
        Just(Command::Receive),
        Just(Command::Capture),
        Just(Command::DeclinePayment),
        prop::sample::select(Grade::ALL).prop_map(inspected),
        Just(Command::Consent),
        Just(Command::RefuseConsent),
        Just(Command::Forward(number())),
        Just(arrive()),
        Just(scan()),
        Just(Command::Lose),
        Just(Command::TurnBack),
        Just(Command::Confirm),
        Just(dispute()),
        Just(Command::MakeStatement { text: says("봉인한 사진이 있습니다") }),
        (1..100_001_i64)
            .prop_map(|amount| Command::OfferRefund { amount: Won::constant(amount % 3 * 50_000) }),
        (0..3_i64).prop_map(|n| Command::AcceptRefund { amount: Won::constant(n * 50_000) }),
        Just(rule(Verdict::Complete)),
        Just(goes_back()),
        Just(rule(Verdict::Refund)),
        Just(Command::SendBack(back_number())),
        Just(Command::Object { text: says("다른 물건입니다") }),
        Just(Command::Cancel { note: None }),
        Just(Command::Remind),
        Just(Command::TimeOut),
    ]
}

/// I15: `rules.md`, "Trade".
fn allowed(from: State, to: State, variant: Variant) -> bool {
    use State::{
        AwaitingConsent, AwaitingPayment, AwaitingReturn, AwaitingShipment, Cancelled, Completed,
        Delivered, Disputed, Forwarding, InTransit, Inspecting, Returning,
    };
    match (from, to) {
        (AwaitingPayment, AwaitingShipment)
        | (AwaitingShipment, InTransit)
        | (Delivered | Disputed | AwaitingReturn | Returning, Completed)
        | (InTransit | Delivered, Disputed)
        | (Disputed, AwaitingReturn)
        | (AwaitingReturn, Returning) => true,
        (InTransit, Delivered) => variant == Variant::Direct,
        (InTransit | Disputed, Inspecting)
        | (Forwarding, Disputed)
        | (Inspecting, AwaitingConsent | Forwarding)
        | (AwaitingConsent, Forwarding)
        | (Forwarding, Delivered) => variant == Variant::Inspected,
        (Delivered | AwaitingReturn | Completed | Cancelled, Cancelled) => false,
        (_, Cancelled) => true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_keeps_the_rules(
        way in 0..3_u8,
        round in 0..4_u8,
        steps in prop::collection::vec(
            (any_command(), 0..5_usize, 0..40_i64, any::<bool>()),
            1..60,
        ),
    ) {
        let (variant, source) = match way {
            0 => (Variant::Direct, auction(round)),
            1 => (Variant::Inspected, from_wallet()),
            _ => (Variant::Inspected, by_card()),
        };
        let mut trade = opened(source, variant);
        let (mut now, mut escrow) = (start(), 0);
        let buyer = trade.agreement.buyer;
        let mut held = trade.card_bid().map_or(0, |bid| bid.deposit.total().get());
        for (command, actor, hours, toggle) in steps {
            now = now + Span::hours(hours);
            if toggle {
                let next = if trade.claim.is_some() {
                    unclaim(&trade, id(9), false)
                } else {
                    claim(&trade, id(9), trade.total(), address(), now)
                };
                trade = next.unwrap_or(trade);
            }
            let free = Split::of(Won::constant(7_000 * hours), Won::constant(hours));
            let actor = Actor::ALL[actor];
            let decided = decide_taking(&trade, command.clone(), actor, now, free);
            let Ok(decision) = decided else { continue };
            let asked_for = super::super::decide(&trade, command, actor, now);
            prop_assert_eq!(asked_for.is_err(), decision.penalty.is_some());
            if let Some(penalty) = &decision.penalty {
                let left = penalty.debt.map(|debt| debt.left).unwrap_or_default();
                let due = decision.trade.cancellation.as_ref().unwrap().penalty;
                prop_assert_eq!(penalty.taken.checked_add(left), Some(due));
                prop_assert!(left == Won::ZERO || penalty.taken >= free.total());
            }
            let movement = decision.movement.as_ref();
            escrow += movement.map_or(0, |moved| moved.change_of(Account::Escrow(trade.id)));
            let release = decision.release.as_ref().map(|release| &release.movement);
            let by_card = trade.card_bid().is_some();
            for moved in movement.into_iter().chain(release).filter(|_| by_card) {
                held += moved.change_of(Account::Held(buyer));
            }
            prop_assert_eq!(decision.trade.version, trade.version + 1);
            trade = decision.trade;
            // What a provider took it has back later.
            let kept = trade.total().get() - trade.back().get();
            let on_its_way = trade.provider_refund.map_or(0, |refund| refund.amount.get());
            let due = if trade.paid.is_some() { kept + on_its_way } else { 0 };
            prop_assert_eq!(escrow, due);
            let waits = trade.state == State::AwaitingPayment;
            let due = trade.card_bid().filter(|_| waits).map_or(0, |bid| bid.deposit.total().get());
            prop_assert_eq!(held, due, "a deposit ends when the charge does, once");
        }
        for pair in trade.history.windows(2) {
            prop_assert!(allowed(pair[0].state, pair[1].state, variant), "{:?}", pair);
        }
        prop_assert_eq!(trade.history.last().unwrap().state, trade.state);
        prop_assert_eq!(trade.cancellation.is_some(), trade.state == State::Cancelled);
        if trade.state == State::Completed {
            let settled = settlement(&trade).unwrap();
            escrow += settled.change_of(Account::Escrow(trade.id));
        }
        if let Some(refund) = trade.provider_refund {
            let back = provider_refund(&trade, refund, false).unwrap();
            escrow += back.change_of(Account::Escrow(trade.id));
        }
        if matches!(trade.state, State::Completed | State::Cancelled) {
            prop_assert_eq!(escrow, 0);
        }
    }
}
