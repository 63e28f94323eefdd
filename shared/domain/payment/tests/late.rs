//! What is found out late, and what goes back unbooked.

use kernel::Id;
use uuid::Uuid;

use super::*;

fn of_trade() -> Payment {
    let trade = Id::from_uuid(Uuid::from_u128(3));
    let address = Id::from_uuid(Uuid::from_u128(4));
    Payment { purpose: Purpose::Trade { trade, address }, ..payment() }
}

#[test]
fn a_deposit_is_waited_for_by_a_top_up_until_it_is_due() {
    let due = now() + Span::days(3);
    let known = truth(TruthState::Deposit { due: Some(due) }, 10_000, 0);
    let unknown = truth(TruthState::Deposit { due: None }, 10_000, 0);
    let top_up = payment().claim(None, "a", now()).unwrap();
    let over = Verdict::GivenUp(Decline::Expired);
    for (truth, at, verdict) in [
        (&known, due - Span::millis(1), Verdict::Wait),
        (&known, due, over.clone()),
        (&unknown, now() + Span::hours(168) - Span::millis(1), Verdict::Wait),
        (&unknown, now() + Span::hours(168), over),
    ] {
        assert_eq!(top_up.judge(Some(truth), at), verdict);
    }
    let trade = of_trade().claim(None, "a", now()).unwrap();
    for at in [now(), due] {
        assert_eq!(trade.judge(Some(&known), at), Verdict::Unsupported);
    }
}

#[test]
fn the_providers_word_wins_after_a_payment_was_given_up() {
    use TruthState::{Dead, Deposit, Paid, Waiting};
    let late = |state, amount, cancelled| {
        let truth = truth(state, amount, cancelled);
        let failed = |payment: Payment| payment.failed(Decline::NotFound).judge_late(&truth);
        (failed(payment()), failed(of_trade()))
    };
    let both = |verdict: Verdict| (verdict.clone(), verdict);
    assert_eq!(late(Paid, 10_000, 0), both(Verdict::Paid));
    assert_eq!(late(Paid, 10_000, 10_000), both(Verdict::Wait), "it went back by itself");
    assert_eq!(late(Paid, 10_000, 1), both(Verdict::Contradiction));
    assert_eq!(late(Paid, 9_999, 0), both(Verdict::Contradiction));
    assert_eq!(late(Waiting, 10_000, 0), both(Verdict::Wait));
    assert_eq!(late(Dead, 10_000, 0), both(Verdict::Wait));
    let account = late(Deposit { due: None }, 10_000, 0);
    assert_eq!(account, (Verdict::Wait, Verdict::Unsupported));
}

#[test]
fn what_goes_back_is_due_at_once_and_ends_as_its_provider_shows() {
    let claimed = of_trade().claim(None, "a", now()).unwrap();
    let told = truth(TruthState::Paid, 10_000, 0);
    let going = claimed.returning(Decline::TradeClosed, &told, now());
    let stands = (going.status, going.decline, going.due_at(), going.is_paid());
    assert_eq!(stands, (Status::Returning, Some(Decline::TradeClosed), Some(now()), false));
    let cancelling = going.cancelling.clone().unwrap();
    assert_eq!((cancelling.number, cancelling.amount, going.left()), (1, AMOUNT, AMOUNT));
    for (state, amount, cancelled, due) in [
        (TruthState::Paid, 10_000, 0, ReturnProgress::Kept),
        (TruthState::Deposit { due: None }, 10_000, 0, ReturnProgress::Kept),
        (TruthState::Waiting, 10_000, 0, ReturnProgress::Kept),
        (TruthState::Paid, 10_000, 10_000, ReturnProgress::Returned),
        (TruthState::Dead, 10_000, 0, ReturnProgress::Void),
        (TruthState::Paid, 10_000, 1, ReturnProgress::Contradiction),
        (TruthState::Paid, 10_001, 0, ReturnProgress::Contradiction),
    ] {
        assert_eq!(going.judge_return(&truth(state, amount, cancelled)), due, "{state:?}");
    }
    let back = going.returned(false);
    assert_eq!((back.status, back.cancelled, back.due_at()), (Status::Returned, AMOUNT, None));
    let void = going.returned(true);
    assert_eq!((void.status, void.cancelled, void.due_at()), (Status::Failed, Won::ZERO, None));
    // Refused for good: it is the payer's.
    let kept = going.done(&told, None, now());
    let stands = (kept.status, kept.decline, kept.due_at(), kept.left());
    assert_eq!(stands, (Status::Done, None, None, AMOUNT));
    for over in [going, back, void] {
        let rejection = ClaimRejection::Failed(Decline::TradeClosed);
        assert_eq!(over.claim(None, "b", now()), Err(rejection));
    }
}

#[test]
fn what_was_given_up_is_looked_for_a_few_times() {
    let mut payment = payment().claim(None, "a", now()).unwrap();
    payment = payment.given_up(Decline::NotFound, now());
    let mut at = now();
    for pause in LATE_LOOKS {
        at = at + *pause;
        assert_eq!(payment.due_at(), Some(at));
        payment = payment.looked(at);
    }
    assert_eq!((payment.due_at(), payment.status), (None, Status::Failed));
    // Of which a provider that is down uses up none.
    let first = super::payment().claim(None, "a", now()).unwrap();
    let silent = first.given_up(Decline::NotFound, now()).unanswered(now());
    assert_eq!((silent.looks, silent.due_at()), (0, Some(now() + LOOK_PAUSE_MAX)));
    let open = first.unanswered(now());
    assert_eq!((open.looks, open.look_at), (1, Some(now() + LOOK_PAUSE)));
    assert_eq!(payment.failed(Decline::CardRejected).due_at(), None, "a refusal is the truth");
}
