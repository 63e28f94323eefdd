//! Asks and bids on catalogue items.
//!
//! Promises: an incoming order meets the best resting one of the other side, the oldest among
//! equals, at the resting order's price, or rests; no interleaving leaves the book crossed
//! (`domain::exchange` has the proof, played through every interleaving); a buyer's money is held
//! before the order is in the book and ends captured or released; of a match, a cancellation and an
//! expiry exactly one wins.

mod alert_view;
mod history;
mod instrument;
mod placing;
mod refusal;
mod submission;
mod taking_back;
mod turn;
mod view;

pub mod buy_now;
pub mod cancel_order;
pub mod cancel_user_orders;
pub mod get_order;
pub mod list_orders;
pub mod place_order;
pub mod quote_order;
pub mod reprice_order;
pub mod sell_now;

pub mod on_trade_cancelled;
pub mod sweep_cancelled_trades;
pub mod sweep_due_orders;

pub mod draw_chart;
pub mod list_recent_trades;
pub mod read_depth;
pub mod read_history;
pub mod read_prices;

pub mod create_alert;
pub mod delete_alert;
pub mod list_alerts;

pub mod on_book_changed;
pub mod on_price_fell;
pub mod on_trade_moved;

#[cfg(test)]
mod tests;

use platform::Function;

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &quote_order::FUNCTION,
    &place_order::FUNCTION,
    &buy_now::FUNCTION,
    &sell_now::FUNCTION,
    &cancel_order::FUNCTION,
    &cancel_user_orders::FUNCTION,
    &reprice_order::FUNCTION,
    &get_order::FUNCTION,
    &list_orders::FUNCTION,
    &sweep_due_orders::FUNCTION,
    &on_trade_cancelled::FUNCTION,
    &sweep_cancelled_trades::FUNCTION,
    &read_prices::FUNCTION,
    &read_depth::FUNCTION,
    &list_recent_trades::FUNCTION,
    &read_history::FUNCTION,
    &draw_chart::FUNCTION,
    &create_alert::FUNCTION,
    &list_alerts::FUNCTION,
    &delete_alert::FUNCTION,
    &on_book_changed::FUNCTION,
    &on_trade_moved::FUNCTION,
    &on_price_fell::FUNCTION,
];
