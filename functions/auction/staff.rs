//! Staff in an auction: whoever is a party has no say as staff, and what staff does is noted.

use domain::auction::Head;
use kernel::{AuctionId, Instant, codes};
use platform::{App, Caller, Problem};
use store::staff::StaffAct;

/// What an auction is called in the entries of staff.
pub fn subject(auction: AuctionId) -> String {
    format!("auction#{auction}")
}

/// The entry of what makes `after` of `before`.
pub fn act(app: &App, caller: &Caller, before: &Head, after: &Head, now: Instant) -> StaffAct {
    let told = |head: &Head| {
        let leader = head.lead.map_or_else(|| "nobody".to_owned(), |lead| lead.tag.to_string());
        format!("{:?}, {} won, led by {leader}, {} bids", head.status, head.price, head.bid_count)
    };
    StaffAct {
        id: app.entropy.uuid(now),
        at: now,
        by: caller.user,
        what: platform::current().map(platform::Function::id).unwrap_or_default(),
        whom: subject(before.terms.auction),
        why: None,
        before: told(before),
        after: told(after),
    }
}

/// A party of the auction who asks as staff.
pub fn party() -> Problem {
    let detail = "You sell or bid in this auction, so you have no say in it as staff.";
    Problem::new(codes::FORBIDDEN, detail)
}

/// A member of staff who bids where they voided a bid.
pub fn judge() -> Problem {
    let detail = "You voided a bid of this auction as staff, so you cannot bid in it.";
    Problem::new(codes::FORBIDDEN, detail)
}
