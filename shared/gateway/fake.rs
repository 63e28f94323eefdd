//! Stand-ins for the providers, over HTTP: the documented paths, fields, codes and idempotency,
//! with faults on purpose and pages on which a person presses "pay", "refuse" or "delivered".

mod billing;
mod codes;
mod fault;
mod html;
mod kakaopay;
mod page;
mod parcels;
mod payouts;
mod providers;
mod server;
mod state;
mod toss;
mod wire;

use axum::Router;

pub use fault::FaultKind;
pub use parcels::{CarrierFault, NoticeMode, ParcelNotice, ParcelStep, Parcels};
pub use payouts::{PAYOUT_SECURITY_KEY, PayoutStand, UNIDENTIFIED_ENDING};
pub use providers::Providers;
pub use server::Server;
pub use state::Stand;
pub use wire::InProcess;

impl Providers {
    /// `/toss/…`, `/kakaopay/…`, the page `/payments/…` that payers come back to, and `/carrier`,
    /// where parcels are moved.
    pub fn router(&self) -> Router {
        let toss = toss::router(self.clone())
            .merge(billing::router(self.clone()))
            .merge(payouts::router(self.clone()));
        Router::new()
            .nest("/toss", toss)
            .nest("/kakaopay", kakaopay::router(self.clone()))
            .nest("/payments", page::returned(self.clone()))
            .nest("/carrier", self.parcels().router())
    }
}
