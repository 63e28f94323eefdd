//! What users are told: rows of the notification centre, and messages to phones and mailboxes.
//!
//! Promises: the same event names the same row, so a repetition adds nothing; an outside message
//! that was sent is never claimed again; at most one attempt runs at a time. It knows neither phone
//! numbers nor addresses beyond the moment of sending.

mod dispute_text;
mod exchange_text;
mod kind;
mod message;
mod notice;
mod payment_text;
mod text;
mod trade_text;

pub use exchange_text::{OrderEnd, price_reached};
pub use kind::Kind;
pub use message::{
    Change, Channel, ClaimRejection, DONE_KEPT, Draft, LEASE, Message, State, WAITING_MAX, claim,
    complete, defer, expire, fail, skip,
};
pub use notice::{Notice, notice_id};
pub use payment_text::{
    account_unsupported, charge_failed, paid_into_wallet, payment_failed, payment_returned,
    refunded, top_up_cancelled, topped_up,
};
pub use text::{
    PAY_WITHIN, SMS_BYTES_MAX, SMS_UNITS_MAX, auction_cancelled, auction_ending_soon, auction_won,
    auction_won_sms, bid_voided, international, item_sold, item_unsold, leads_again,
    lost_below_reserve, lost_to_another, outbid, redact, sms_bytes, welcome, welcome_email,
};
pub use trade_text::{Sale, WayBack, sale_failed};
