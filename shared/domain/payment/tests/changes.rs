//! Every change to the field: what is stored of a payment is all that later requests know of it.

use kernel::Id;
use uuid::Uuid;

use super::*;

fn claim(key: &str, first_at: Instant, at: Instant) -> Option<Claim> {
    Some(Claim { key: key.to_owned(), first_at, until: at + CLAIM_LEASE })
}

#[test]
fn a_claim_changes_status_claim_and_version_alone() {
    let first = payment().claim(Some(AMOUNT), "a", now()).unwrap();
    let status = Status::Approving;
    let due = Payment { status, claim: claim("a", now(), now()), version: 2, ..payment() };
    assert_eq!(first, due);
    // Taken over, it keeps the instant since which somebody may have asked the provider.
    let later = now() + CLAIM_LEASE;
    let second = first.claim(None, "b", later).unwrap();
    assert_eq!(second, Payment { claim: claim("b", now(), later), version: 3, ..due });
}

#[test]
fn a_card_is_charged_by_the_worker_alone() {
    let purpose = Purpose::Match { trade: Id::from_uuid(Uuid::from_u128(3)) };
    let fresh = Payment { purpose, ..payment() };
    let busy = |key: &str, until| Err(ClaimRejection::InProgress { key: key.to_owned(), until });
    let until = now() + CLAIM_LEASE;
    assert_eq!(fresh.claim(None, "a", now()), busy(CHARGER, until));
    let charged = fresh.claim_charge(now()).unwrap();
    let (status, claim) = (Status::Approving, claim(CHARGER, now(), now()));
    assert_eq!(charged, Payment { status, claim, version: 2, ..fresh });
    assert_eq!(charged.claim(None, "a", until), busy(CHARGER, until));
    // Once it is over, a client is told so as of any payment.
    let done = charged.done(&truth(TruthState::Paid, 10_000, 0), None, now());
    assert_eq!(done.claim(None, "a", now()), Err(ClaimRejection::Done));
}

#[test]
fn what_is_kept_of_a_payment_that_went_through() {
    let claimed = payment().claim(None, "a", now()).unwrap();
    let told = Truth { method: Some("카드".to_owned()), ..truth(TruthState::Paid, 10_000, 0) };
    let at = now() + Span::seconds(3);
    let done = claimed.done(&told, Some("seal".to_owned()), at);
    let due = Payment {
        status: Status::Done,
        provider_key: Some("key".to_owned()),
        method: Some("카드".to_owned()),
        webhook_seal: Some("seal".to_owned()),
        done_at: Some(at),
        claim: None,
        version: 3,
        ..claimed.clone()
    };
    assert_eq!(done, due);
    // A provider that does not repeat its name for it leaves the one that is known.
    let known = Payment { provider_key: Some("old".to_owned()), ..claimed };
    let nameless = Truth { key: None, ..told };
    assert_eq!(known.done(&nameless, None, at).provider_key.as_deref(), Some("old"));
}

#[test]
fn what_is_kept_of_a_payment_that_failed() {
    let claimed = payment().claim(None, "a", now()).unwrap();
    let failed = claimed.failed(Decline::CardRejected);
    let (status, decline) = (Status::Failed, Some(Decline::CardRejected));
    assert_eq!(failed, Payment { status, decline, claim: None, version: 3, ..claimed });
}

#[test]
fn a_cancellation_begins_is_taken_over_and_ends() {
    let (before, amount) = (paid(), Won::constant(4_000));
    let (begun, first) = before.begin_cancel(Some(amount), "r", "a", now()).unwrap();
    let (reason, key) = ("r".to_owned(), "a".to_owned());
    let until = now() + CLAIM_LEASE;
    let due = Cancelling { number: 1, amount, reason, key, first_at: now(), until };
    assert_eq!(first, due);
    let version = before.version + 1;
    let begun_due =
        Payment { cancellations: 1, cancelling: Some(due.clone()), version, ..before.clone() };
    assert_eq!(begun, begun_due);
    let later = until + Span::seconds(1);
    let (resumed, second) = begun.resume_cancel(later).unwrap();
    assert_eq!(second, Cancelling { until: later + CLAIM_LEASE, ..due });
    let (cancelling, version) = (Some(second), version + 1);
    assert_eq!(resumed, Payment { cancelling, version, ..begun_due });
    let (status, version) = (Status::PartiallyCancelled, version + 1);
    let ended = Payment { cancelling: None, status, cancelled: amount, version, ..resumed.clone() };
    assert_eq!(resumed.end_cancel(true), ended);
    let refused = Payment { cancelling: None, version, ..resumed.clone() };
    assert_eq!(resumed.end_cancel(false), refused);
    // The rest of it goes back as what is left, not as what it was.
    let (rest, _) = ended.begin_cancel(Some(Won::constant(6_000)), "r", "b", now()).unwrap();
    let over = rest.end_cancel(true);
    assert_eq!((over.status, over.cancelled, over.left()), (Status::Cancelled, AMOUNT, Won::ZERO));
}

#[test]
fn statuses_have_one_spelling_and_say_whether_the_money_came() {
    let cases = [
        (Status::Ready, "ready", false),
        (Status::Approving, "approving", false),
        (Status::Done, "done", true),
        (Status::Failed, "failed", false),
        (Status::PartiallyCancelled, "partially_cancelled", true),
        (Status::Cancelled, "cancelled", true),
        (Status::Returning, "returning", false),
        (Status::Returned, "returned", false),
    ];
    for (status, text, is_paid) in cases {
        assert_eq!((status.as_str(), Status::parse(text)), (text, Some(status)));
        assert_eq!(Payment { status, ..payment() }.is_paid(), is_paid, "{text}");
    }
    assert_eq!(Status::parse("paid"), None);
}

#[test]
fn a_payment_knows_the_trade_it_is_for() {
    let trade = Id::from_uuid(Uuid::from_u128(3));
    let address = Id::from_uuid(Uuid::from_u128(4));
    assert_eq!(Purpose::TopUp.trade(), None);
    assert_eq!(Purpose::Trade { trade, address }.trade(), Some(trade));
    assert_eq!(Purpose::Match { trade }.trade(), Some(trade));
}
