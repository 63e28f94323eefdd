//! The money of a trade. Every movement has one reason per trade, so that it happens once.

use kernel::{Instant, UserId, Won};

use super::{
    aggregate::Trade,
    fields::{Agreement, CardBid, ProviderRefund, State},
};
use crate::exchange::{deposit_of, hold_of};
use crate::ledger::{
    Account, Between, Debt, Movement, MovementError, MovementKind, Posting, Split,
};

/// The end of a hold that nothing is taken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub subject: String,
    pub movement: Movement,
}

/// What a provider took, into escrow.
pub(super) fn payment(trade: &Trade) -> Result<Movement, MovementError> {
    let accounts = Between { from: Account::Provider, to: Account::Escrow(trade.id) };
    let kind = MovementKind::TradePayment;
    Movement::transfer(payment_reason(trade), kind, trade.total(), accounts)
}

/// Out of the buyer's wallet, into escrow.
pub(super) fn wallet_payment(trade: &Trade, from: Split) -> Result<Movement, MovementError> {
    let escrow = Posting { account: Account::Escrow(trade.id), amount: from.total().get() };
    let postings = from.out_of(trade.agreement.buyer).chain([escrow]).collect();
    Movement::new(payment_reason(trade), MovementKind::TradePayment, postings)
}

fn payment_reason(trade: &Trade) -> String {
    format!("trade-payment#{}", trade.id)
}

/// From what was held when the order was placed, into escrow; the rest is the buyer's again.
pub(super) fn capture(trade: &Trade, held: Split) -> Result<Captured, MovementError> {
    let buyer = trade.agreement.buyer;
    let needs = held.take_up_to(trade.total());
    let postings = [
        Posting { account: Account::Held(buyer), amount: -held.total().get() },
        Posting { account: Account::Escrow(trade.id), amount: needs.total().get() },
    ];
    let postings = postings.into_iter().chain(held.without(needs).into(buyer)).collect();
    let movement = Movement::new(payment_reason(trade), MovementKind::TradePayment, postings)?;
    Ok(Captured { movement, earned: needs.earned })
}

/// What was taken of a hold, and how much of that was earned money.
pub(super) struct Captured {
    pub movement: Movement,
    pub earned: Won,
}

/// What the buyer has back of a trade that ended, into the wallet, as it was: all of it, or the
/// agreed part, spend-only money first. `None`: nothing, or what a provider took, which stays in
/// escrow until that provider has it back ([`provider_refund`]).
pub(super) fn refund(trade: &Trade) -> Result<Option<Movement>, MovementError> {
    let back = paid_as(trade).take_up_to(trade.back());
    if back == Split::ZERO || trade.provider_refund.is_some() {
        return Ok(None);
    }
    let escrow = Posting { account: Account::Escrow(trade.id), amount: -back.total().get() };
    let postings = [escrow].into_iter().chain(back.into(trade.agreement.buyer)).collect();
    Movement::new(refund_reason(trade), MovementKind::Refund, postings).map(Some)
}

/// What a provider took of `refund`, out of escrow: back to it, or, as it takes none of it for
/// good, to the buyer, who may spend it.
pub fn provider_refund(
    trade: &Trade,
    refund: ProviderRefund,
    in_wallet: bool,
) -> Result<Movement, MovementError> {
    let to = if in_wallet { Account::SpendOnly(trade.agreement.buyer) } else { Account::Provider };
    let accounts = Between { from: Account::Escrow(trade.id), to };
    Movement::transfer(refund_reason(trade), MovementKind::Refund, refund.amount, accounts)
}

fn refund_reason(trade: &Trade) -> String {
    match trade.state {
        State::Cancelled => format!("refund#{}", trade.id),
        _ => format!("partial-refund#{}", trade.id),
    }
}

/// What was paid, by kind.
fn paid_as(trade: &Trade) -> Split {
    Split::of(trade.total(), earned_of(trade))
}

/// How much of what was paid was earned money of the buyer's.
fn earned_of(trade: &Trade) -> Won {
    trade.paid.map(|paid| paid.earned).unwrap_or_default()
}

/// The price, but for what the buyer has back of it, to the seller, who has earned it, the fees to
/// the platform.
pub fn settlement(trade: &Trade) -> Result<Movement, MovementError> {
    let seller = trade.agreement.seller;
    let paid = paid_as(trade);
    let there = paid.without(paid.take_up_to(trade.refunded));
    let total = there.total().get();
    let share = trade.agreement.price.get() - trade.refunded.get() - trade.seller_fee.get();
    let postings = [
        (Account::Escrow(trade.id), -total),
        (Account::Earned(seller), share),
        (Account::Revenue, total - share),
    ];
    let postings = changes(&postings);
    let reason = format!("settlement#{}", trade.id);
    let movement = Movement::new(reason, MovementKind::Settlement, postings)?;
    // The fees are out of earned money first: a charge-back finds all that it can.
    let brought = Won::new(share).unwrap_or_default();
    Ok(movement.locking(seller, Split::earned(brought.min(there.spend_only))))
}

/// What there is of these changes.
fn changes(of: &[(Account, i64)]) -> Vec<Posting> {
    let of = of.iter().filter(|(_, amount)| *amount != 0);
    of.map(|(account, amount)| Posting { account: *account, amount: *amount }).collect()
}

/// A penalty as it is taken, and what could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Penalty {
    pub movement: Movement,
    /// The hold that the movement ends: the seller's deposit, if there is one.
    pub hold: Option<String>,
    pub debt: Option<Debt>,
    /// What the buyer has of it at once.
    pub taken: Won,
}

/// The seller's penalty of `due` won to the buyer: out of this trade's deposit, whose rest is the
/// seller's again, then out of the seller's `free` money, spend-only first. The rest is a debt.
pub(super) fn penalty(
    trade: &Trade,
    due: Won,
    free: Split,
    now: Instant,
) -> Result<Penalty, MovementError> {
    let Agreement { buyer, seller, .. } = trade.agreement;
    let deposit = deposit(trade);
    let of_deposit = deposit.take_up_to(due);
    let of_free = free.take_up_to(due.checked_sub(of_deposit.total()).unwrap_or_default());
    let paid = of_deposit.with(of_free);
    let taken = paid.total();
    let left = due.checked_sub(taken).unwrap_or_default();
    let back = deposit.without(of_deposit);
    let postings = [
        (Account::Held(seller), -deposit.total().get()),
        (Account::SpendOnly(seller), back.spend_only.get() - of_free.spend_only.get()),
        (Account::Earned(seller), back.earned.get() - of_free.earned.get()),
        (Account::SpendOnly(buyer), paid.spend_only.get()),
        (Account::Earned(buyer), paid.earned.get()),
        (Account::Penalty(seller), -left.get()),
        (Account::Claim(trade.id), left.get()),
    ];
    let postings = changes(&postings);
    let movement = Movement::new(format!("penalty#{}", trade.id), MovementKind::Penalty, postings)?;
    let debt = Debt { trade: trade.id, debtor: seller, creditor: Some(buyer), left, born_at: now };
    Ok(Penalty {
        movement: movement.locking(buyer, Split::spend_only(paid.spend_only)),
        hold: penalty_hold(trade),
        debt: (left > Won::ZERO).then_some(debt),
        taken,
    })
}

fn penalty_hold(trade: &Trade) -> Option<String> {
    let matched = trade.matched().filter(|matched| matched.deposit != Split::ZERO)?;
    Some(deposit_of(matched.sell))
}

fn deposit(trade: &Trade) -> Split {
    trade.matched().map(|matched| matched.deposit).unwrap_or_default()
}

/// The seller's deposit, given back whole; `None` without one, and once the goods have passed, when
/// it was.
pub(super) fn deposit_release(trade: &Trade) -> Result<Option<Release>, MovementError> {
    let release = |subject| release(subject, trade.agreement.seller, deposit(trade));
    penalty_hold(trade).filter(|_| !trade.has_passed()).map(release).transpose()
}

/// What `user` has set aside for `subject`, given back whole.
fn release(subject: String, user: UserId, money: Split) -> Result<Release, MovementError> {
    let movement = Movement::release(&subject, user, money)?;
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
    let Agreement { buyer, seller, .. } = trade.agreement;
    let held = Posting { account: Account::Held(buyer), amount: -deposit.total().get() };
    let postings = deposit.into(seller).chain([held]).collect();
    let reason = format!("forfeit#{}", trade.id);
    let movement = Movement::new(reason, MovementKind::Penalty, postings)?;
    Ok(Some(movement.locking(seller, Split::spend_only(deposit.spend_only))))
}
