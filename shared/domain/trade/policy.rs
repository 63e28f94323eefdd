//! The numbers (`rules.md`, "Trade"), in one place.

use kernel::{Span, Won};

use super::fields::{Duty, Funding, Match, Source};

pub const PAY_WITHIN: Span = Span::hours(48);
/// A second-chance offer.
pub const ACCEPT_WITHIN: Span = Span::hours(24);
/// A match that is paid from the wallet is paid at once; what was left undone is done then.
pub const CAPTURE_WITHIN: Span = Span::minutes(2);
/// A match that is paid by card: so long it waits for a provider who does not say what became of
/// the charge.
pub const CHARGE_WITHIN: Span = Span::minutes(30);
/// A match whose card was refused ends this soon: three attempts fit in.
pub const REFUSED_WITHIN: Span = Span::minutes(5);
/// How many bidders are asked after a winner who does not pay, one after another.
pub const OFFERS_MAX: u8 = 3;
pub const SHIP_WITHIN: Span = Span::hours(48);
/// In person.
pub const MEET_WITHIN: Span = Span::days(7);
/// At so many sales in person that lapsed within 90 days nobody buys or sells in person.
pub const MISSED_MEETINGS_MAX: u32 = 3;
/// Wrong codes at the handing over, until the buyer renews it.
pub const WRONG_CODES_MAX: u8 = 5;
/// From the shipment to the carrier's first scan.
pub const HAND_IN_WITHIN: Span = Span::hours(72);
/// From the carrier's first scan: then the buyer may dispute, and nobody waits for the parcel.
pub const ARRIVE_WITHIN: Span = Span::days(7);
/// The inspection centre's checklists are numbered from 1 on; the newest is this one.
pub const CHECKLIST_NEWEST: u32 = 3;
pub const CONSENT_WITHIN: Span = Span::hours(24);
pub const CONFIRM_WITHIN: Span = Span::hours(72);

/// From the opening of a dispute: so long both sides are heard.
pub const STATE_WITHIN: Span = Span::days(7);
/// A side.
pub const STATEMENTS_MAX: u8 = 10;
/// An offered refund.
pub const OFFER_LASTS: Span = Span::hours(48);
/// From the opening of a dispute to its end, whether or not an admin decides.
pub const DECIDE_WITHIN: Span = Span::days(14);
pub const SEND_BACK_WITHIN: Span = Span::hours(72);
pub const OBJECT_WITHIN: Span = Span::hours(48);
/// From the doubt about a return: so long both sides are heard.
pub const ANSWER_OBJECTION_WITHIN: Span = Span::days(5);

/// A seller who refuses this soon after the payment pays less.
pub const EARLY_REFUSAL: Span = Span::hours(1);
pub const EARLY_REFUSAL_PERCENT: i64 = 5;
pub const REFUSAL_PERCENT: i64 = 10;
pub const MISMATCH_PERCENT: i64 = 10;
pub const COUNTERFEIT_PERCENT: i64 = 15;

pub const EXCHANGE_SELLER_PERCENT: i64 = 3;
pub const EXCHANGE_BUYER_PERCENT: i64 = 3;

/// What the seller and the buyer pay to the platform, in percent of the price.
#[must_use]
pub const fn fee_percents(source: Source) -> (i64, i64) {
    match source {
        Source::Auction { .. } => (5, 0),
        Source::Listing => (3, 0),
        Source::Exchange(_) => (EXCHANGE_SELLER_PERCENT, EXCHANGE_BUYER_PERCENT),
    }
}

/// `percent` of `price`, rounded down to the won.
#[must_use]
pub fn share(price: Won, percent: i64) -> Won {
    // At most 10^14 before the division.
    Won::new(price.get() * percent / 100).unwrap_or_default()
}

/// How long whoever must act has, and after how long they are reminded.
#[must_use]
pub const fn time_limits(duty: Duty, source: Source) -> (Span, &'static [Span]) {
    const PAY: &[Span] = &[Span::hours(24), Span::hours(40)];
    const ACCEPT: &[Span] = &[Span::hours(18)];
    const SHIP: &[Span] = &[Span::hours(36)];
    const MEET: &[Span] = &[Span::days(5)];
    const HAND_IN: &[Span] = &[Span::hours(48)];
    const CONSENT: &[Span] = &[Span::hours(18)];
    const CONFIRM: &[Span] = &[Span::hours(48)];
    const DECIDE: &[Span] = &[Span::days(12), Span::days(13)];
    const SEND_BACK: &[Span] = &[Span::hours(48)];
    const OBJECT: &[Span] = &[Span::hours(24)];
    const DECIDE_RETURN: &[Span] = &[
        Span::days(5),
        Span::days(6),
        Span::days(7),
        Span::days(8),
        Span::days(9),
        Span::days(10),
        Span::days(11),
        Span::days(12),
        Span::days(13),
    ];
    match (duty, source) {
        (Duty::Pay, Source::Auction { round: 1.., .. }) => (ACCEPT_WITHIN, ACCEPT),
        (Duty::Pay, Source::Exchange(Match { funding: Funding::Wallet { .. }, .. })) => {
            (CAPTURE_WITHIN, &[])
        }
        (Duty::Pay, Source::Exchange(_)) => (CHARGE_WITHIN, &[]),
        (Duty::Pay, _) => (PAY_WITHIN, PAY),
        (Duty::Ship, _) => (SHIP_WITHIN, SHIP),
        (Duty::Meet, _) => (MEET_WITHIN, MEET),
        (Duty::HandIn | Duty::HandBack, _) => (HAND_IN_WITHIN, HAND_IN),
        (Duty::Arrive | Duty::ArriveBack, _) => (ARRIVE_WITHIN, &[]),
        (Duty::Consent, _) => (CONSENT_WITHIN, CONSENT),
        (Duty::Confirm, _) => (CONFIRM_WITHIN, CONFIRM),
        (Duty::Decide, _) => (DECIDE_WITHIN, DECIDE),
        (Duty::SendBack, _) => (SEND_BACK_WITHIN, SEND_BACK),
        (Duty::Object, _) => (OBJECT_WITHIN, OBJECT),
        (Duty::DecideReturn, _) => (DECIDE_WITHIN, DECIDE_RETURN),
    }
}
