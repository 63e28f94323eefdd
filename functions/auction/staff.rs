//! Staff in an auction: whoever is a party has no say as staff, and what staff does is noted.

use domain::auction::Head;
use kernel::codes;
use platform::{Problem, staff::Changed};

/// What makes `after` of `before`.
pub fn changed(before: &Head, after: &Head, why: String) -> Changed {
    let told = |head: &Head| {
        let leader = head.lead.map_or_else(|| "nobody".to_owned(), |lead| lead.tag.to_string());
        format!("{:?}, {} won, led by {leader}, {} bids", head.status, head.price, head.bid_count)
    };
    Changed {
        whom: format!("auction#{}", before.terms.auction),
        why: Some(why),
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
