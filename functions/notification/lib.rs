//! Who is told what: the notification centre, text messages and e-mails.
//!
//! Promises: one event adds one row per user, however often it arrives; one winner gets one text
//! message per auction, one new user one welcome mail, within the day's budget. A message is sent
//! again only when its provider did not confirm it. Numbers and addresses are read at the moment of
//! sending and stored nowhere here.

pub mod list_notifications;
pub mod mark_notification_read;
mod notify;
pub mod on_auction_closed;
pub mod on_auction_ending_soon;
pub mod on_bid_voided;
pub mod on_order_ended;
pub mod on_out_bid;
pub mod on_payment_ended;
pub mod on_price_reached;
pub mod on_trade_matched;
pub mod on_trade_moved;
pub mod on_user_signed_up;
pub mod send_message;
pub mod sweep_messages;

#[cfg(test)]
mod tests;

use platform::Function;

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &list_notifications::FUNCTION,
    &mark_notification_read::FUNCTION,
    &on_auction_closed::FUNCTION,
    &on_auction_ending_soon::FUNCTION,
    &on_out_bid::FUNCTION,
    &on_bid_voided::FUNCTION,
    &on_order_ended::FUNCTION,
    &on_payment_ended::FUNCTION,
    &on_price_reached::FUNCTION,
    &on_trade_matched::FUNCTION,
    &on_trade_moved::FUNCTION,
    &on_user_signed_up::FUNCTION,
    &send_message::FUNCTION,
    &sweep_messages::FUNCTION,
];
