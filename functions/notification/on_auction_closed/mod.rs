//! Queue, AuctionClosed — tells winner, other bidders and seller how an auction ended.

use std::collections::HashSet;

use domain::notification::{
    Channel, Draft, Notice, PAY_WITHIN, auction_cancelled, auction_won, auction_won_sms, item_sold,
    item_unsold, lost_below_reserve, lost_to_another,
};
use events::{AuctionClosed, AuctionOutcome, Envelope, Event, MessageWaiting, Winner};
use futures::{TryStreamExt, stream};
use kernel::{Instant, UserId};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::{Read, Table, keys};

use crate::notify::{notify, queue_message};

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_auction_closed",
    "Tells winner, other bidders and seller how an auction ended",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[AuctionClosed::KIND]),
)
.grants(&[
    Grant::table(Table::Auction).get().query(),
    Grant::table(Table::Notification).put(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[MessageWaiting::KIND])
.timeout_s(60);

/// How many bidders are told side by side.
const CONCURRENCY: usize = 16;

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, closed) = message.event::<AuctionClosed>()?;
    if let Some(winner) = &closed.winner {
        tell_winner(&app, &event, &closed, winner, message.now).await?;
    }
    notify(&app, &event, closed.seller_id, for_seller(&closed)).await?;
    tell_bidders(&app, &event, &closed).await
}

async fn tell_winner(
    app: &App,
    event: &Envelope,
    closed: &AuctionClosed,
    winner: &Winner,
    now: Instant,
) -> Result<(), Failure> {
    let AuctionClosed { auction_id, title, .. } = closed;
    let draft = Draft {
        channel: Channel::Sms,
        recipient: winner.user_id,
        subject: String::new(),
        text: auction_won_sms(title, winner.price),
        useful_until: closed.closed_at + PAY_WITHIN,
    };
    queue_message(app, keys::won_message(*auction_id, winner.user_id), draft, now).await?;
    let notice = auction_won(*auction_id, title, winner.price);
    notify(app, event, winner.user_id, notice).await
}

/// Tells every distinct bidder but the winner. The ledger is written behind the bids: while it
/// lacks some, the message comes again after all that are there were told.
async fn tell_bidders(app: &App, event: &Envelope, closed: &AuctionClosed) -> Result<(), Failure> {
    let head = app.store.auction_head(closed.auction_id, Read::Consistent).await?;
    let mut missing = head.map_or(0, |head| head.sequence);
    let mut told: HashSet<UserId> = closed.winner.iter().map(|winner| winner.user_id).collect();
    let mut after = None;
    loop {
        let page = app.store.auction_bidders(closed.auction_id, after).await?;
        missing = missing.saturating_sub(u32::try_from(page.items.len())?);
        let fresh: Vec<_> = page.items.into_iter().filter(|bidder| told.insert(*bidder)).collect();
        stream::iter(fresh.into_iter().map(Ok))
            .try_for_each_concurrent(CONCURRENCY, |bidder| {
                notify(app, event, bidder, for_bidder(closed))
            })
            .await?;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    match missing {
        0 => Ok(()),
        missing => Err(Failure::new(format!("{missing} ledger entries are still to come"))),
    }
}

fn for_seller(closed: &AuctionClosed) -> Notice {
    let AuctionClosed { auction_id, title, .. } = closed;
    match (&closed.winner, closed.outcome) {
        (Some(winner), _) => item_sold(*auction_id, title, winner.price),
        (None, AuctionOutcome::Cancelled) => auction_cancelled(*auction_id, title),
        (None, _) => item_unsold(*auction_id, title),
    }
}

/// For whoever bid and did not win.
fn for_bidder(closed: &AuctionClosed) -> Notice {
    let AuctionClosed { auction_id, title, .. } = closed;
    match closed.outcome {
        AuctionOutcome::Won | AuctionOutcome::SoldBuyNow => lost_to_another(*auction_id, title),
        AuctionOutcome::Unsold => lost_below_reserve(*auction_id, title),
        AuctionOutcome::Cancelled => auction_cancelled(*auction_id, title),
    }
}

#[cfg(test)]
mod tests;
