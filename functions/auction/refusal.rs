//! Rejections of the rules as problem documents.

use domain::auction::{CancelRejection, Rejection, VoidRejection};
use kernel::{AuctionId, ProblemCode, Span, codes};
use platform::Problem;

/// The problems of bidding, for the contracts of the routes that bid.
pub const BID_PROBLEMS: &[ProblemCode] = &[
    codes::AUCTION_NOT_FOUND,
    codes::AUCTION_CANCELLED,
    codes::AUCTION_ENDED,
    codes::AUCTION_NOT_OPEN,
    codes::FORBIDDEN,
    codes::OWN_AUCTION,
    codes::BIDDER_BLOCKED,
    codes::BIDDER_SUSPENDED,
    codes::PENALTY_DUE,
    codes::NO_BUY_NOW,
    codes::PRICE_CHANGED,
    codes::BUY_NOW_GONE,
    codes::MAXIMUM_NOT_RAISED,
    codes::RAISES_USED_UP,
    codes::BID_TOO_LOW,
    codes::IDEMPOTENCY_IN_PROGRESS,
    codes::NOT_DECIDED,
];

pub fn bid(rejection: Rejection) -> Problem {
    let code = match rejection {
        Rejection::BelowStart { start_price } => {
            let problem = Problem::field("/amount", "invalid", rejection.to_string());
            return problem.member("startPrice", start_price.get());
        }
        Rejection::Cancelled => codes::AUCTION_CANCELLED,
        Rejection::Ended => codes::AUCTION_ENDED,
        Rejection::NotOpen { .. } => codes::AUCTION_NOT_OPEN,
        Rejection::OwnAuction => codes::OWN_AUCTION,
        Rejection::Blocked => codes::BIDDER_BLOCKED,
        Rejection::Suspended => codes::BIDDER_SUSPENDED,
        Rejection::InDebt => return Problem::penalty_due(),
        Rejection::NoBuyNow => codes::NO_BUY_NOW,
        Rejection::OtherPrice { .. } => codes::PRICE_CHANGED,
        Rejection::BuyNowGone => codes::BUY_NOW_GONE,
        Rejection::MaximumNotRaised { .. } => codes::MAXIMUM_NOT_RAISED,
        Rejection::RaisesUsedUp => codes::RAISES_USED_UP,
        Rejection::TooLow { .. } => codes::BID_TOO_LOW,
    };
    let problem = Problem::rejected(code, &rejection);
    match rejection {
        Rejection::TooLow { minimum } => problem.member("minimumNextBid", minimum.get()),
        Rejection::OtherPrice { price } => problem.member("price", price.get()),
        Rejection::MaximumNotRaised { minimum } => {
            problem.member("minimumMaxAmount", minimum.get())
        }
        Rejection::NotOpen { starts_at } => problem.member("startsAt", starts_at.to_string()),
        _ => problem,
    }
}

/// A bid that came in time, and that nothing was written of.
pub fn not_decided() -> Problem {
    let detail = "The bid came before the end, but it could not be written before the auction was \
        closed. It does not count, and nothing is owed for it.";
    Problem::new(codes::NOT_DECIDED, detail)
}

/// A repetition of a bid whose row is not there yet.
pub fn in_progress() -> Problem {
    let detail = "The bid with this Idempotency-Key stands; its record is being written.";
    Problem::new(codes::IDEMPOTENCY_IN_PROGRESS, detail).retry_after(Span::seconds(1))
}

pub fn cancel(rejection: CancelRejection) -> Problem {
    let code = match rejection {
        CancelRejection::AlreadyCancelled => codes::AUCTION_CANCELLED,
        CancelRejection::Ended => codes::AUCTION_ENDED,
        CancelRejection::HasBids => codes::AUCTION_HAS_BIDS,
    };
    Problem::rejected(code, &rejection)
}

pub fn void(rejection: VoidRejection) -> Problem {
    let code = match rejection {
        VoidRejection::Over => codes::AUCTION_ENDED,
        VoidRejection::Unknown => codes::BID_NOT_FOUND,
        VoidRejection::AlreadyVoid => codes::BID_ALREADY_VOID,
    };
    Problem::rejected(code, &rejection)
}

pub fn not_found(auction: AuctionId) -> Problem {
    Problem::new(codes::AUCTION_NOT_FOUND, format!("There is no auction {auction}."))
}
