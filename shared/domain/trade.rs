//! A sale from the agreement to the settlement (`rules.md`, "Trade").
//!
//! Promises: every transition is one row of [`decide`], with its actor, its condition, its money
//! and its next deadline; a paid trade ends with its escrow empty, either settled or refunded, what
//! a provider took once that provider has it back; a trade that a provider's payment has claimed is
//! not ended by anything else, but for a match whose charge nobody can find out about in half an
//! hour.

mod aggregate;
mod allowed;
mod carried;
mod claims;
mod command;
mod decide;
mod dispute;
mod disputing;
mod fields;
mod liability;
mod money;
mod names;
mod note;
pub mod policy;
mod statement;
mod step;

pub use aggregate::Trade;
pub use allowed::may;
pub use carried::carried;
pub use claims::{claim, unclaim};
pub use command::{Command, Decision, Rejection, Transition};
pub use decide::{decide, decide_taking, due_command};
pub use dispute::{
    Complaint, Dispute, FreightPayer, GoingBack, RefundOffer, Ruling, Statement, StatementCount,
    Verdict,
};
pub use fields::{
    Actor, Agreement, Cancellation, CardBid, Claim, Defect, Duty, Funding, Grade, Handover,
    History, Inspection, LiableParty, Match, Paid, ProviderRefund, Reason, RefundEnd, Shipment,
    Source, State, Variant,
};
pub use money::{Penalty, Release, provider_refund, settlement};
pub use note::{DeliveryNote, InvalidNote};
pub use statement::{InvalidStatement, StatementText};

#[cfg(test)]
mod tests;
