//! When a payment is looked into, and when its provider is left alone.

use super::{
    super::breaker::{Breaker, BreakerPolicy, LOOKS, Questions},
    *,
};

#[test]
fn f5_a_look_that_decides_nothing_moves_the_next_one_on() {
    let minutes = [1, 2, 4, 8, 16, 30, 30].map(Span::minutes);
    let mut payment = payment().claim(None, "a", now()).unwrap();
    for (number, pause) in minutes.into_iter().enumerate() {
        let at = payment.due_at().unwrap();
        let looked = payment.looked(at);
        let looks = u32::try_from(number).unwrap() + 1;
        let due = Payment { looks, look_at: Some(at + pause), version: looks + 2, ..payment };
        assert_eq!(looked, due);
        assert_eq!(looked.due_at(), Some(at + pause));
        payment = looked;
    }
    assert_eq!(pause_after(u32::MAX), LOOK_PAUSE_MAX);
    assert_eq!(pause_after(0), LOOK_PAUSE);
    // Whoever takes it anew begins anew.
    let taken = payment.claim(None, "b", payment.due_at().unwrap()).unwrap();
    assert_eq!((taken.looks, taken.look_at), (0, None));
}

#[test]
fn what_is_open_about_a_payment_is_due_and_what_is_over_is_not() {
    let claimed = payment().claim(None, "a", now()).unwrap();
    assert_eq!(claimed.due_at(), Some(now() + CLAIM_LEASE));
    let looked = claimed.looked(now());
    for over in [looked.done(&truth(TruthState::Paid, 10_000, 0), None, now()), paid()] {
        assert_eq!((over.due_at(), over.looks), (None, 0));
    }
    let (begun, cancelling) = paid().begin_cancel(None, "r", "c", now()).unwrap();
    assert_eq!(begun.due_at(), Some(cancelling.until));
    let later = begun.looked(cancelling.until);
    assert_eq!(later.due_at(), Some(cancelling.until + LOOK_PAUSE));
    for took_effect in [true, false] {
        assert_eq!(later.end_cancel(took_effect).due_at(), None);
    }
}

#[test]
fn f5_a_provider_that_does_not_answer_is_left_alone_for_a_while() {
    let BreakerPolicy { silences, pause, .. } = LOOKS;
    let mut breaker = Breaker::default();
    for _ in 1..silences {
        breaker = breaker.after(false, LOOKS, now());
        assert_eq!(breaker.questions(LOOKS, now()), Questions::Many);
    }
    assert_eq!(breaker.after(true, LOOKS, now()), Breaker::default(), "not in a row");
    breaker = breaker.after(false, LOOKS, now());
    let again = now() + pause;
    assert_eq!(breaker.questions(LOOKS, again - Span::millis(1)), Questions::None);
    assert_eq!(breaker.questions(LOOKS, again), Questions::One);
    let silent = breaker.after(false, LOOKS, again);
    assert_eq!(silent.questions(LOOKS, again), Questions::None, "one silence is enough now");
    let answered = breaker.after(true, LOOKS, again);
    assert_eq!(answered.questions(LOOKS, again), Questions::Many);
}
