//! The money of a trade. Every movement has one reason per trade, so that it happens once.

use kernel::{PaymentId, UserId, Won};

use super::{
    aggregate::Trade,
    command::Release,
    fields::{Cancellation, CardBid},
};
use crate::exchange::{deposit_of, hold_of};
use crate::ledger::{Account, Between, Movement, MovementError, MovementKind, Posting};

/// The buyer's money, into escrow: from the wallet, or from what the provider took.
pub(super) fn payment(
    trade: &Trade,
    payment: Option<PaymentId>,
) -> Result<Movement, MovementError> {
    let from = match payment {
        None => Account::Available(trade.agreement.buyer),
        Some(_) => Account::Provider,
    };
    let accounts = Between { from, to: Account::Escrow(trade.id) };
    let reason = format!("trade-payment#{}", trade.id);
    Movement::transfer(reason, MovementKind::TradePayment, trade.total(), accounts)
}

/// From what was held when the order was placed, into escrow; the rest is the buyer's again.
pub(super) fn capture(trade: &Trade, held: Won) -> Result<Movement, MovementError> {
    let buyer = trade.agreement.buyer;
    let total = trade.total().get();
    let postings = [
        (Account::Held(buyer), -held.get()),
        (Account::Escrow(trade.id), total),
        (Account::Available(buyer), held.get() - total),
    ];
    let postings = postings.into_iter().filter(|(_, amount)| *amount != 0);
    let postings = postings.map(|(account, amount)| Posting { account, amount }).collect();
    let reason = format!("trade-payment#{}", trade.id);
    Movement::new(reason, MovementKind::TradePayment, postings)
}

/// All of it back to the buyer.
pub(super) fn refund(trade: &Trade) -> Result<Movement, MovementError> {
    let accounts =
        Between { from: Account::Escrow(trade.id), to: Account::Available(trade.agreement.buyer) };
    let reason = format!("refund#{}", trade.id);
    Movement::transfer(reason, MovementKind::Refund, trade.total(), accounts)
}

/// The price to the seller, the fees to the platform; `debt` (what the seller owes for penalties)
/// is kept back as far as the seller's share goes.
pub fn settlement(trade: &Trade, debt: Won) -> Result<Movement, MovementError> {
    let seller = trade.agreement.seller;
    let total = trade.total().get();
    let share = trade.agreement.price.get() - trade.seller_fee.get();
    let repaid = debt.get().min(share);
    let postings = [
        (Account::Escrow(trade.id), -total),
        (Account::Available(seller), share - repaid),
        (Account::Revenue, total - share),
        (Account::Penalty(seller), repaid),
    ];
    let postings = postings.into_iter().filter(|(_, amount)| *amount != 0);
    let postings = postings.map(|(account, amount)| Posting { account, amount }).collect();
    Movement::new(format!("settlement#{}", trade.id), MovementKind::Settlement, postings)
}

/// The seller's penalty to the buyer: out of the deposit first; the platform advances the rest, and
/// the next settlements repay it. What is left of the deposit is the seller's again.
pub fn penalty(
    trade: &Trade,
    cancellation: &Cancellation,
) -> Result<Option<Movement>, MovementError> {
    let due = cancellation.penalty.get();
    if due == 0 {
        return Ok(None);
    }
    let agreement = &trade.agreement;
    let deposit = deposit(trade).get();
    let taken = due.min(deposit);
    let postings = [
        (Account::Held(agreement.seller), -deposit),
        (Account::Available(agreement.seller), deposit - taken),
        (Account::Penalty(agreement.seller), taken - due),
        (Account::Available(agreement.buyer), due),
    ];
    let postings = postings.into_iter().filter(|(_, amount)| *amount != 0);
    let postings = postings.map(|(account, amount)| Posting { account, amount }).collect();
    Movement::new(format!("penalty#{}", trade.id), MovementKind::Penalty, postings).map(Some)
}

/// The hold that a [`penalty`] ends: the seller's deposit, if there is one.
#[must_use]
pub fn penalty_hold(trade: &Trade) -> Option<String> {
    let matched = trade.matched().filter(|matched| matched.deposit > Won::ZERO)?;
    Some(deposit_of(matched.sell))
}

fn deposit(trade: &Trade) -> Won {
    trade.matched().map(|matched| matched.deposit).unwrap_or_default()
}

/// The seller's deposit, given back whole; `None` without one.
pub(super) fn deposit_release(trade: &Trade) -> Result<Option<Release>, MovementError> {
    let release = |subject| release(subject, trade.agreement.seller, deposit(trade));
    penalty_hold(trade).map(release).transpose()
}

/// What `user` has set aside for `subject`, given back whole.
fn release(subject: String, user: UserId, amount: Won) -> Result<Release, MovementError> {
    let accounts = Between { from: Account::Held(user), to: Account::Available(user) };
    let reason = format!("release#{subject}");
    let movement = Movement::transfer(reason, MovementKind::Release, amount, accounts)?;
    Ok(Release { subject, movement })
}

/// The name of what is held for a card bid.
pub(super) fn bid_hold(trade: &Trade) -> Option<String> {
    let matched = trade.matched()?;
    trade.card_bid().map(|_| hold_of(matched.buy))
}

/// The deposit of a card bid, given back whole; `None` without one.
pub(super) fn bid_release(trade: &Trade) -> Result<Option<Release>, MovementError> {
    let (Some(subject), Some(CardBid { deposit, .. })) = (bid_hold(trade), trade.card_bid()) else {
        return Ok(None);
    };
    release(subject, trade.agreement.buyer, deposit).map(Some)
}

/// The deposit of a card bid to the owner of the ask that it took off the market for nothing;
/// `None` without one.
pub(super) fn forfeit(trade: &Trade) -> Result<Option<Movement>, MovementError> {
    let Some(CardBid { deposit, .. }) = trade.card_bid() else { return Ok(None) };
    let accounts = Between {
        from: Account::Held(trade.agreement.buyer),
        to: Account::Available(trade.agreement.seller),
    };
    let reason = format!("forfeit#{}", trade.id);
    Movement::transfer(reason, MovementKind::Penalty, deposit, accounts).map(Some)
}
