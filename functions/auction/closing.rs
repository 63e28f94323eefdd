//! The end of an auction: whoever notices it first flips it, and everybody who follows finds it
//! done. What the triggers that notice it share stands here, so that none needs another.

use domain::auction::{CloseRejection, Head, close};
use kernel::{AuctionId, Instant, Span};
use platform::{App, Failure, retry::Policy};
use serde::{Deserialize, Serialize};
use store::{CommitError, Read, StoreError, auction::decode_head};

/// The scheduler may be a minute late: it fires this early, and a queue's delay does the rest.
pub const ARM_BEFORE: Span = Span::seconds(90);

/// What names an auction to the functions that close it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloseAuction {
    pub auction_id: AuctionId,
}

/// A bid can come between reading and flipping only before the end; one more look settles it.
const CLOSE: Policy = Policy::named("close-auction", 8);

/// The head after closing what is due. A head that is not due comes back unchanged.
pub async fn close_if_due(app: &App, head: Head, now: Instant) -> Result<Head, StoreError> {
    let mut head = head;
    let mut attempts = CLOSE.attempts();
    while attempts.again() {
        let status = match close(&head, now) {
            Ok(status) => status,
            Err(CloseRejection::AlreadyClosed | CloseRejection::NotDue { .. }) => return Ok(head),
        };
        match app.store.auction_end(&head, status, now).await {
            Ok(()) => return Ok(Head { status, ..head }),
            Err(CommitError::Condition { item: Some(item), .. }) => head = decode_head(&item)?,
            Err(CommitError::Condition { item: None, .. }) => {
                return Err(StoreError::Busy("the head is gone".to_owned()));
            }
            Err(CommitError::Store(error)) => return Err(error),
        }
    }
    Err(attempts.exhausted().into())
}

/// Reads and closes what is due; `None` when there is no such auction.
pub async fn read_and_close(
    app: &App,
    auction: AuctionId,
    now: Instant,
) -> Result<Option<Head>, Failure> {
    match app.store.auction_head(auction, Read::Consistent).await? {
        Some(head) => Ok(Some(close_if_due(app, head, now).await?)),
        None => Ok(None),
    }
}
