//! A sale from the won auction to the settlement.
//!
//! Promises: a trade is paid once, whatever races; its money is in escrow from the payment until it
//! is settled or refunded, once; a deadline that passes is answered within a minute (the sweep
//! decides by the trade's own version, so late, repeated and concurrent runs change nothing); a
//! winner who does not pay is followed by at most three bidders, one after another. A penalty is
//! paid out of money that is there; the rest is owed and collected later.
//! When goods have arrived their carrier says, or an admin with a reason, never a party; from the
//! carrier's first scan on the buyer may confirm. A parcel that its carrier never had ends the
//! trade at its seller's cost; one that is lost or brought back ends it at nobody's. Goods handed
//! over in person are paid for when their seller has the buyer's code.
//! What a buyer complains of in time is decided by an admin who is no party, agreed on by both
//! sides, or ended by the clock; goods that were delivered are not refunded before they are back.
//!
//! Knows nothing of providers: a payment claims a trade through `store::trade` and pays it there.

mod command;
mod deciding;
mod dispute_view;
mod meeting;
mod named;
mod parcel;
mod refusal;
mod state_name;
mod view;
mod watching;

pub mod get_trade;
pub mod list_trades;
pub mod list_trades_for_staff;
pub mod list_user_trades;

pub mod on_auction_closed;

pub mod decline_trade;
pub mod pay_trade;

pub mod capture_match;

pub mod confirm_trade;
pub mod deliver_trade;
pub mod ship_trade;

pub mod get_handover_code;
pub mod hand_over_trade;
pub mod renew_handover_code;

pub mod receive_trade;

pub mod inspect_trade;

pub mod give_consent;
pub mod refuse_consent;

pub mod forward_trade;

pub mod cancel_trade;

pub mod accept_partial_refund;
pub mod decide_dispute;
pub mod get_dispute;
pub mod make_statement;
pub mod offer_partial_refund;
pub mod open_dispute;

pub mod object_to_return;
pub mod send_back;

pub mod collect_penalties;
pub mod on_carrier_webhook;
pub mod on_trade_moved;
pub mod take_carrier_webhook;

pub mod on_trade_cancelled;
pub mod settle_trade;
pub mod sweep_consequences;
pub mod sweep_due_trades;
pub mod sweep_parcels;

#[cfg(test)]
mod tests;

use platform::Function;

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &on_auction_closed::FUNCTION,
    &get_trade::FUNCTION,
    &list_trades::FUNCTION,
    &list_trades_for_staff::FUNCTION,
    &list_user_trades::FUNCTION,
    &pay_trade::FUNCTION,
    &capture_match::FUNCTION,
    &decline_trade::FUNCTION,
    &ship_trade::FUNCTION,
    &get_handover_code::FUNCTION,
    &renew_handover_code::FUNCTION,
    &hand_over_trade::FUNCTION,
    &receive_trade::FUNCTION,
    &inspect_trade::FUNCTION,
    &give_consent::FUNCTION,
    &refuse_consent::FUNCTION,
    &forward_trade::FUNCTION,
    &deliver_trade::FUNCTION,
    &confirm_trade::FUNCTION,
    &cancel_trade::FUNCTION,
    &open_dispute::FUNCTION,
    &get_dispute::FUNCTION,
    &make_statement::FUNCTION,
    &offer_partial_refund::FUNCTION,
    &accept_partial_refund::FUNCTION,
    &decide_dispute::FUNCTION,
    &send_back::FUNCTION,
    &object_to_return::FUNCTION,
    &on_trade_moved::FUNCTION,
    &take_carrier_webhook::FUNCTION,
    &on_carrier_webhook::FUNCTION,
    &sweep_parcels::FUNCTION,
    &settle_trade::FUNCTION,
    &on_trade_cancelled::FUNCTION,
    &sweep_due_trades::FUNCTION,
    &sweep_consequences::FUNCTION,
    &collect_penalties::FUNCTION,
];
