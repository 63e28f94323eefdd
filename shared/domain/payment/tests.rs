mod changes;
mod charges;
mod late;
mod looks;
mod methods;

use kernel::Id;
use uuid::Uuid;

use super::*;

const AMOUNT: Won = Won::constant(10_000);

fn now() -> Instant {
    "2026-11-21T00:00:00.000Z".parse().unwrap()
}

fn payment() -> Payment {
    let id = Id::from_uuid(Uuid::from_u128(1));
    let user = Id::from_uuid(Uuid::from_u128(2));
    Payment::new(id, user, Purpose::TopUp, AMOUNT, Provider::Toss, now())
}

fn truth(state: TruthState, amount: i64, cancelled: i64) -> Truth {
    Truth {
        state,
        key: Some("key".to_owned()),
        amount: Won::constant(amount),
        cancelled: Won::constant(cancelled),
        method: None,
        secret: None,
        answer: String::new(),
    }
}

fn paid() -> Payment {
    let claimed = payment().claim(Some(AMOUNT), "k", now()).unwrap();
    claimed.done(&truth(TruthState::Paid, 10_000, 0), None, now())
}

#[test]
fn a_claim_keeps_others_out_until_its_lease_ends() {
    let claimed = payment().claim(None, "a", now()).unwrap();
    assert_eq!(claimed.status, Status::Approving);
    let until = now() + CLAIM_LEASE;
    let busy = ClaimRejection::InProgress { key: "a".to_owned(), until };
    assert_eq!(claimed.claim(None, "b", until - Span::millis(1)), Err(busy));
    let again = claimed.claim(None, "b", until).unwrap();
    assert_eq!(again.claim.as_ref().unwrap().first_at, now());
    assert_eq!(again.version, 3);
}

#[test]
fn what_stands_in_the_way_of_a_claim() {
    let wrong = Some(Won::constant(9_999));
    assert_eq!(payment().claim(wrong, "a", now()), Err(ClaimRejection::AmountMismatch));
    assert_eq!(paid().claim(None, "a", now()), Err(ClaimRejection::Done));
    let failed = payment().failed(Decline::CardRejected);
    let rejection = ClaimRejection::Failed(Decline::CardRejected);
    assert_eq!(failed.claim(None, "a", now()), Err(rejection));
    let (begun, _) = paid().begin_cancel(None, "r", "c", now()).unwrap();
    let cancelled = begun.end_cancel(true);
    assert_eq!(cancelled.claim(None, "a", now()), Err(ClaimRejection::Cancelled));
}

#[test]
fn the_providers_word_decides() {
    use TruthState::{Dead, Paid, Waiting};
    let claimed = payment().claim(None, "a", now()).unwrap();
    let late = now() + LOST_AFTER;
    let cases = [
        (Some(truth(Paid, 10_000, 0)), now(), Verdict::Paid),
        (Some(truth(Paid, 10_000, 0)), late, Verdict::Paid),
        (Some(truth(Paid, 9_000, 0)), now(), Verdict::Contradiction),
        (Some(truth(Paid, 10_000, 1)), now(), Verdict::Contradiction),
        (Some(truth(Paid, 10_000, 10_000)), now(), Verdict::Failed(Decline::Other)),
        (Some(truth(Waiting, 10_000, 0)), late - Span::millis(1), Verdict::Wait),
        (Some(truth(Waiting, 10_000, 0)), late, Verdict::GivenUp(Decline::Expired)),
        (Some(truth(Dead, 10_000, 0)), now(), Verdict::Failed(Decline::Expired)),
        (None, late - Span::millis(1), Verdict::Wait),
        (None, late, Verdict::GivenUp(Decline::NotFound)),
    ];
    for (truth, at, verdict) in cases {
        assert_eq!(claimed.judge(truth.as_ref(), at), verdict, "{truth:?}");
    }
}

#[test]
fn cancellations_never_exceed_what_is_left_and_come_one_at_a_time() {
    let part = Some(Won::constant(4_000));
    let (begun, first) = paid().begin_cancel(part, "r", "a", now()).unwrap();
    assert_eq!((first.number, first.amount), (1, Won::constant(4_000)));
    let busy = CancelRejection::InProgress { key: "a".to_owned(), until: first.until };
    assert_eq!(begun.begin_cancel(part, "r", "b", now()).unwrap_err(), busy);
    let partly = begun.end_cancel(true);
    assert_eq!((partly.status, partly.left()), (Status::PartiallyCancelled, Won::constant(6_000)));
    let too_much = CancelRejection::TooMuch { left: Won::constant(6_000) };
    let refused = partly.begin_cancel(Some(Won::constant(6_001)), "r", "b", now());
    assert_eq!(refused.unwrap_err(), too_much);
    let (begun, second) = partly.begin_cancel(None, "r", "b", now()).unwrap();
    assert_eq!((second.number, second.amount), (2, Won::constant(6_000)));
    let refused = begun.end_cancel(false);
    assert_eq!((refused.status, refused.left()), (Status::PartiallyCancelled, partly.left()));
    let (begun, third) = refused.begin_cancel(None, "r", "c", now()).unwrap();
    assert_eq!(third.number, 3, "a number is never used again");
    let all = begun.end_cancel(true);
    assert_eq!(all.status, Status::Cancelled);
    let over = all.begin_cancel(None, "r", "d", now()).unwrap_err();
    assert_eq!(over, CancelRejection::Cancelled);
}

#[test]
fn what_cannot_be_given_back() {
    let ready = payment().begin_cancel(None, "r", "a", now()).unwrap_err();
    assert_eq!(ready, CancelRejection::NotDone);
    let trade = Id::from_uuid(Uuid::from_u128(3));
    let address = Id::from_uuid(Uuid::from_u128(4));
    let trade = Payment { purpose: Purpose::Trade { trade, address }, ..paid() };
    let refused = trade.begin_cancel(None, "r", "a", now()).unwrap_err();
    assert_eq!(refused, CancelRejection::NotTopUp);
}

#[test]
fn a_cancellation_is_told_by_the_sum_that_went_back() {
    let part = Some(Won::constant(4_000));
    let (begun, _) = paid().begin_cancel(part, "r", "a", now()).unwrap();
    let effect = |cancelled| begun.cancel_took_effect(&truth(TruthState::Paid, 10_000, cancelled));
    assert_eq!(effect(0), Some(false));
    assert_eq!(effect(4_000), Some(true));
    assert_eq!(effect(5_000), None);
    assert_eq!(begun.resume_cancel(now()), None);
    assert!(begun.resume_cancel(now() + CLAIM_LEASE).is_some());
}

#[test]
fn names_of_providers_have_one_spelling() {
    for (name, route) in [
        ("toss", Ok(Provider::Toss)),
        ("kakaopay", Ok(Provider::KakaoPay)),
        ("naver", Err(Unsupported)),
        ("payco", Err(Unsupported)),
    ] {
        assert_eq!(name.parse::<ProviderName>().unwrap().route(), route);
    }
    for bad in ["", "TOSS", "Toss", "kakao", "kakao_pay", " toss", "null"] {
        assert_eq!(bad.parse::<ProviderName>(), Err(UnknownProvider), "{bad}");
    }
    for decline in Decline::ALL {
        assert_eq!(Decline::parse(decline.as_str()), Some(*decline));
    }
}
