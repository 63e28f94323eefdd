//! A command that changes the head together with more, decided on the head as it was read.

use domain::auction::Head;
use platform::{App, Once, Problem, Reply};
use store::{
    Item, Label, Transaction,
    auction::{AuctionWrite, decode_head},
};

/// Commits what was decided on a head. `Err`: another write came first; the head as it stands, to
/// decide on anew.
pub async fn commit(
    app: &App,
    once: &Once,
    transaction: Transaction,
    reply: Reply,
) -> Result<Result<Reply, Head>, Problem> {
    let mut newer = None;
    let moved = |label, item: Option<Item>| {
        newer = item.filter(|_| label == Label::Auction(AuctionWrite::Head));
        Problem::try_again("the auction moved")
    };
    let outcome = once.commit(app, transaction, reply, moved).await;
    match newer {
        Some(item) => Ok(Err(decode_head(&item)?)),
        None => outcome.map(Ok),
    }
}
