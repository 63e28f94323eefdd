//! Rejections of the rules as problem documents.

use domain::exchange::{
    CARD_BIDS_MAX, CARD_BIDS_WON_MAX, Order, OrderFunding, OrderState, Price, Rejection,
};
use kernel::{OrderId, ProblemCode, Won, codes};
use platform::{Problem, payment_password};
use store::{
    Item,
    exchange::Quotes,
    payment_method::{CardBids, CardWrite, read_card_bids},
};

use crate::submission::Unpaid;

/// What an order that may rest can meet, beside the body's own faults.
pub const ORDER_PROBLEMS: &[ProblemCode] = &[
    codes::NOT_TRADED,
    codes::ADDRESS_NOT_FOUND,
    codes::PAYOUT_ACCOUNT_REQUIRED,
    codes::PENALTY_DUE,
    codes::PAYMENT_METHOD_NOT_FOUND,
    codes::WRONG_PAYMENT_PASSWORD,
    codes::PAYMENT_PASSWORD_LOCKED,
    codes::CARD_BIDS_SUSPENDED,
    codes::CARD_BIDS_FULL,
    codes::INSUFFICIENT_BALANCE,
    codes::DEPOSIT_REQUIRED,
    codes::SELF_TRADE,
    codes::CONFIRM_PRICE,
];

/// What another price for an order can meet.
pub const REPRICING_PROBLEMS: &[ProblemCode] = &[
    codes::ORDER_NOT_FOUND,
    codes::ORDER_NOT_OPEN,
    codes::PRICE_UNCHANGED,
    codes::PRICE_FIXED,
    codes::NOT_TRADED,
    codes::PENALTY_DUE,
    codes::INSUFFICIENT_BALANCE,
    codes::DEPOSIT_REQUIRED,
    codes::SELF_TRADE,
    codes::CONFIRM_PRICE,
];

/// What taking the best ask can meet.
pub const BUYING_PROBLEMS: &[ProblemCode] = &[
    codes::NOT_TRADED,
    codes::ADDRESS_NOT_FOUND,
    codes::PENALTY_DUE,
    codes::PAYMENT_METHOD_NOT_FOUND,
    codes::WRONG_PAYMENT_PASSWORD,
    codes::PAYMENT_PASSWORD_LOCKED,
    codes::CARD_BIDS_SUSPENDED,
    codes::CARD_BIDS_FULL,
    codes::INSUFFICIENT_BALANCE,
    codes::DEPOSIT_REQUIRED,
    codes::SELF_TRADE,
    codes::PRICE_MOVED,
];

/// What taking the best bid can meet.
pub const SELLING_PROBLEMS: &[ProblemCode] = &[
    codes::NOT_TRADED,
    codes::ADDRESS_NOT_FOUND,
    codes::PAYOUT_ACCOUNT_REQUIRED,
    codes::PENALTY_DUE,
    codes::DEPOSIT_REQUIRED,
    codes::SELF_TRADE,
    codes::PRICE_MOVED,
];

pub fn not_traded() -> Problem {
    Problem::new(codes::NOT_TRADED, "There is no such item and option in the catalogue.")
}

pub fn not_found(order: OrderId) -> Problem {
    Problem::new(codes::ORDER_NOT_FOUND, format!("You have no order {order}."))
}

pub fn not_open(state: OrderState) -> Problem {
    let detail = format!("The order is {}.", state.as_str());
    Problem::new(codes::ORDER_NOT_OPEN, detail).member("state", state.as_str())
}

pub fn order(rejection: Rejection) -> Problem {
    match rejection {
        Rejection::Closed => not_traded(),
        Rejection::SelfTrade => {
            let detail = "The best order on the other side is your own. Cancel it first.";
            Problem::new(codes::SELF_TRADE, detail)
        }
        Rejection::PriceMoved { best } => {
            let problem = Problem::rejected(codes::PRICE_MOVED, &rejection);
            problem.member("best", best.map(|price| price.get()))
        }
        Rejection::Unconfirmed { meets_at } => unconfirmed(&Quotes::default(), meets_at),
    }
}

/// A price that slips make. `meets_at`: where the order would have met another one.
pub fn unconfirmed(quotes: &Quotes, meets_at: Option<Price>) -> Problem {
    let detail = match meets_at {
        Some(price) => format!("The order would be matched at {} won at once.", price.get()),
        None => "The price is more than 10 % off the last trade.".to_owned(),
    };
    let won = |price: Option<Price>| price.map(Price::get);
    Problem::new(codes::CONFIRM_PRICE, format!("{detail} Send `confirm: true` if you mean it."))
        .member("wouldMatchAt", won(meets_at))
        .member("lowestAsk", won(quotes.ask))
        .member("highestBid", won(quotes.bid))
        .member("lastTrade", quotes.last.map(|last| last.price.get()))
}

/// What the order needs of its owner's wallet is not there.
pub fn money(unpaid: &Unpaid) -> Problem {
    let Unpaid { order, available, in_debt } = unpaid;
    match order.terms.funding {
        _ if *in_debt => Problem::penalty_due(),
        OrderFunding::Wallet => insufficient(*available),
        _ => no_deposit(order.terms.deposit, *available),
    }
}

/// What the order needs of its owner's card is not there.
pub fn card(order: &Order, write: CardWrite, bids: Option<&Item>) -> Problem {
    match (write, order.terms.funding) {
        (CardWrite::BidCount, _) => card_bids_full(bids),
        // Deleted since its password was compared.
        (_, OrderFunding::Card(method)) => payment_password::not_found(method),
        (write, _) => Problem::internal(format!("an order without a card met {write:?}")),
    }
}

/// Too much waits for the owner's cards; `bids`: how much does.
pub fn card_bids_full(bids: Option<&Item>) -> Problem {
    let CardBids { count, won } = match bids.map(read_card_bids).transpose() {
        Ok(bids) => bids.unwrap_or_default(),
        Err(corrupt) => return corrupt.into(),
    };
    let detail = format!(
        "{count} bids for {won} won wait for your cards. At most {CARD_BIDS_MAX}, and \
         {CARD_BIDS_WON_MAX} won, may at a time."
    );
    Problem::new(codes::CARD_BIDS_FULL, detail).member("count", count).member("won", won)
}

/// The wallet does not hold price and fee.
fn insufficient(available: Won) -> Problem {
    let detail = format!("The order needs price and fee; {available} won are available.");
    Problem::new(codes::INSUFFICIENT_BALANCE, detail).member("available", available.get())
}

/// The wallet does not hold the deposit.
fn no_deposit(deposit: Won, available: Won) -> Problem {
    let detail = format!(
        "The order needs a deposit of {deposit} won in your wallet; {available} won are available."
    );
    let problem = Problem::new(codes::DEPOSIT_REQUIRED, detail);
    problem.member("deposit", deposit.get()).member("available", available.get())
}
