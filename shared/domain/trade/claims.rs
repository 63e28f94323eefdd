//! A provider's payment takes a trade for itself, and lets it go.

use kernel::{Instant, PaymentId, Won};

use super::{
    aggregate::Trade,
    command::Rejection,
    decide::in_time,
    fields::{Claim, Funding, Match, State},
    policy::REFUSED_WITHIN,
};
use crate::identity::Address;

/// Lets a provider's payment of `amount` begin: until it ends, nothing else pays or ends the trade.
/// The same payment may claim again.
pub fn claim(
    trade: &Trade,
    payment: PaymentId,
    amount: Won,
    address: Address,
    now: Instant,
) -> Result<Trade, Rejection> {
    let held = matches!(trade.matched(), Some(Match { funding: Funding::Wallet { .. }, .. }));
    if trade.state != State::AwaitingPayment || held {
        return Err(Rejection::WrongState { state: trade.state });
    }
    if trade.claim.is_some_and(|claim| claim.payment != payment) {
        return Err(Rejection::PaymentInProgress);
    }
    in_time(trade, now)?;
    if amount != trade.total() {
        return Err(Rejection::OtherAmount);
    }
    let claim = Some(Claim { payment, at: now });
    let version = trade.version.saturating_add(1);
    Ok(Trade { claim, address: Some(address), version, ..trade.clone() })
}

/// Ends the claim of a payment that came to nothing. `refused`: the payer's means said no; then a
/// match keeps the other side waiting for no more than [`REFUSED_WITHIN`].
pub fn unclaim(trade: &Trade, payment: PaymentId, refused: bool) -> Result<Trade, Rejection> {
    if trade.claim.is_none_or(|claim| claim.payment != payment) {
        return Err(Rejection::OtherPayment);
    }
    let version = trade.version.saturating_add(1);
    let free = Trade { claim: None, version, ..trade.clone() };
    let refused = refused && trade.matched().is_some();
    if !refused {
        return Ok(free);
    }
    let soon = trade.since + REFUSED_WITHIN;
    let deadline = free.deadline.map(|deadline| deadline.min(soon));
    Ok(Trade { card_refused: true, deadline, ..free })
}
