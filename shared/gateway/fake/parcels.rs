//! Delivery Tracker, played: parcels that a test or a person moves, look-ups of them, and notices
//! to whoever watches one.
//!
//! A parcel is there once it is watched, added or moved. Notices leave when
//! [`Parcels::send_notices`] is called, which every button of the page does.

mod book;
mod graphql;
mod page;
mod stand;

#[cfg(test)]
mod tests;

use axum::{
    Router,
    routing::{get, post},
};

pub use book::{NoticeMode, ParcelNotice, ParcelStep};
pub use stand::{CarrierFault, Parcels};

impl Parcels {
    /// The page, and `/graphql`.
    pub(super) fn router(&self) -> Router {
        Router::new()
            .route("/", get(page::list).post(page::pressed))
            .route("/graphql", post(graphql::asked))
            .with_state(self.clone())
    }
}
