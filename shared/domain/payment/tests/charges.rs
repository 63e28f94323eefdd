use std::collections::BTreeSet;

use kernel::Id;
use uuid::Uuid;

use super::*;
use crate::payment::charge::{ASK_WITHIN, CHARGE_PAUSES, CHARGES_MAX, Charging, charging};
use crate::trade::policy::REFUSED_WITHIN;

fn begun() -> Payment {
    let purpose = Purpose::Match { trade: Id::from_uuid(Uuid::from_u128(3)) };
    Payment { purpose, ..payment() }.claim_charge(now()).unwrap()
}

fn declined(decline: Decline) -> Payment {
    begun().failed(decline)
}

#[test]
fn what_comes_next_by_the_attempts_so_far() {
    let soft = || declined(Decline::LimitExceeded);
    let hard = || declined(Decline::CardInvalid);
    let done = || begun().done(&truth(TruthState::Paid, 10_000, 0), None, now());
    let free = now() + CLAIM_LEASE;
    let [again, later] = [Span::minutes(1), Span::minutes(2)].map(|pause| now() + pause);
    let early = |at: Instant| at - Span::millis(1);
    let cases = [
        (vec![], now(), Charging::Begin(1)),
        (vec![begun()], early(free), Charging::Wait { until: free }),
        (vec![begun()], free, Charging::Resume(Box::new(begun()))),
        (vec![done()], now(), Charging::Paid),
        (vec![soft()], early(again), Charging::Wait { until: again }),
        (vec![soft()], again, Charging::Begin(2)),
        (vec![hard()], now(), Charging::GiveUp(Decline::CardInvalid)),
        (vec![soft(), begun()], free, Charging::Resume(Box::new(begun()))),
        (vec![soft(), soft()], early(later), Charging::Wait { until: later }),
        (vec![soft(), soft()], later, Charging::Begin(3)),
        (vec![soft(), hard()], again, Charging::GiveUp(Decline::CardInvalid)),
        (vec![soft(), soft(), done()], again, Charging::Paid),
        (vec![soft(), soft(), soft()], now(), Charging::GiveUp(Decline::LimitExceeded)),
    ];
    for (attempts, at, due) in cases {
        assert!(attempts.len() <= usize::try_from(CHARGES_MAX).unwrap());
        assert_eq!(charging(&attempts, at), due, "{attempts:?} {at}");
    }
}

/// Attempts at 0, 1 and 3 minutes: the other side of a refused card is free within five.
#[test]
fn three_attempts_fit_into_the_time_of_a_refused_card() {
    assert_eq!(CHARGE_PAUSES.len() + 1, usize::try_from(CHARGES_MAX).unwrap());
    let last = CHARGE_PAUSES.iter().fold(now(), |at, pause| at + *pause);
    assert!(last + CLAIM_LEASE < now() + REFUSED_WITHIN);
}

/// What never reached the provider, or was found when nobody waited for it any more, is nobody's
/// fault; everything else is the payer's.
#[test]
fn which_ends_are_refusals() {
    let nobodys = [Decline::NotFound, Decline::TradeClosed];
    for decline in Decline::ALL {
        assert_eq!(decline.is_refusal(), !nobodys.contains(decline), "{}", decline.as_str());
    }
}

#[test]
fn which_refusals_may_pass() {
    let pass = [
        Decline::CardRejected,
        Decline::LimitExceeded,
        Decline::Suspicious,
        Decline::NotFound,
        Decline::Expired,
        Decline::TradeClosed,
    ];
    for decline in Decline::ALL {
        assert_eq!(decline.may_pass(), pass.contains(decline), "{}", decline.as_str());
    }
}

#[test]
fn a_charge_is_no_clients_to_confirm() {
    let busy = |until| Err(ClaimRejection::InProgress { key: CHARGER.to_owned(), until });
    let late = now() + CLAIM_LEASE;
    assert_eq!(begun().claim(None, "mine", late), busy(late));
    let wrong = Some(Won::constant(1));
    assert_eq!(begun().claim(wrong, "mine", late), Err(ClaimRejection::AmountMismatch));
    let failed = declined(Decline::CardInvalid).claim(None, "mine", late);
    assert_eq!(failed, Err(ClaimRejection::Failed(Decline::CardInvalid)));
    let again = begun().claim_charge(late).unwrap();
    assert_eq!(again.claim.unwrap().first_at, now());
}

/// Asking late for what may have been given up must be impossible.
#[test]
fn a_charge_is_not_asked_for_once_it_may_count_as_lost() {
    assert!(now() + ASK_WITHIN + CLAIM_LEASE < now() + LOST_AFTER);
}

#[test]
fn a_match_goes_back_by_its_trade() {
    let done = begun().done(&truth(TruthState::Paid, 10_000, 0), None, now());
    let refused = done.begin_cancel(None, "r", "a", now()).unwrap_err();
    assert_eq!(refused, CancelRejection::NotTopUp);
    assert_eq!(done.purpose.trade(), Some(Id::from_uuid(Uuid::from_u128(3))));
    assert_eq!(payment().purpose.trade(), None);
}

#[test]
fn every_refusal_has_a_sentence_of_its_own_for_the_payer() {
    let sentences: BTreeSet<_> = Decline::ALL.iter().map(|decline| decline.detail()).collect();
    assert_eq!(sentences.len(), Decline::ALL.len());
    for sentence in sentences {
        assert!(sentence.contains(" ") && sentence.ends_with('.'), "{sentence}");
    }
}
