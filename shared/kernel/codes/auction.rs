//! Problem codes of `auction`.

use crate::problem::{ProblemCode, problem};

pub const AUCTION_NOT_FOUND: ProblemCode = problem(404, "auction-not-found", "There is no such auction", "존재하지 않는 경매입니다");
pub const BID_NOT_FOUND: ProblemCode = problem(404, "bid-not-found", "There is no such bid", "존재하지 않는 입찰입니다");
pub const AUCTION_NOT_OPEN: ProblemCode = problem(409, "auction-not-open", "The auction has not begun", "아직 시작되지 않은 경매입니다");
pub const AUCTION_ENDED: ProblemCode = problem(409, "auction-ended", "The auction has ended", "종료된 경매입니다");
pub const AUCTION_CANCELLED: ProblemCode = problem(409, "auction-cancelled", "The auction was cancelled", "취소된 경매입니다");
pub const OWN_AUCTION: ProblemCode = problem(403, "own-auction", "Sellers cannot bid on their own auction", "자신의 경매에는 입찰할 수 없습니다");
pub const BIDDER_BLOCKED: ProblemCode = problem(403, "bidder-blocked", "The seller does not accept your bids", "판매자가 입찰을 차단했습니다");
pub const BIDDER_SUSPENDED: ProblemCode = problem(403, "bidder-suspended", "Three unpaid wins in 90 days: bidding is suspended", "미결제 낙찰 3회로 입찰이 제한되었습니다");
pub const SELLER_SUSPENDED: ProblemCode = problem(403, "seller-suspended", "Three refused wins in 90 days: selling is suspended", "낙찰 거부 3회로 판매가 제한되었습니다");
pub const BID_TOO_LOW: ProblemCode = problem(409, "bid-too-low", "The bid is below the minimum next bid", "최소 입찰가보다 낮습니다");
pub const MAXIMUM_NOT_RAISED: ProblemCode = problem(409, "maximum-not-raised", "You lead already, and this does not raise your maximum", "이미 최고 입찰자이며 최대 금액이 높아지지 않았습니다");
pub const RAISES_USED_UP: ProblemCode = problem(409, "raises-used-up", "You have raised your maximum 20 times in this lead", "최대 금액은 20번까지만 올릴 수 있습니다");
pub const NO_BUY_NOW: ProblemCode = problem(409, "no-buy-now", "The auction has no buy-now price", "즉시 구매가가 없는 경매입니다");
pub const PRICE_CHANGED: ProblemCode = problem(409, "price-changed", "The price is another than you expected", "예상하신 가격과 다릅니다");
pub const BUY_NOW_GONE: ProblemCode = problem(409, "buy-now-gone", "The price has reached the buy-now price", "즉시 구매가 더 이상 불가능합니다");
pub const AUCTION_HAS_BIDS: ProblemCode = problem(409, "auction-has-bids", "An auction with bids cannot be cancelled", "입찰이 있는 경매는 취소할 수 없습니다");
pub const BID_ALREADY_VOID: ProblemCode = problem(409, "bid-already-void", "The bid is void already", "이미 무효 처리된 입찰입니다");
pub const NOT_DECIDED: ProblemCode = problem(503, "not-decided", "The bid came in time and could not be decided", "제시간에 접수되었으나 처리되지 못한 입찰입니다");
pub const LEDGER_CATCHING_UP: ProblemCode = problem(503, "ledger-catching-up", "The newest bids are still being recorded", "최근 입찰을 기록하는 중입니다");

pub(super) const ALL: &[ProblemCode] = &[
    AUCTION_NOT_FOUND, BID_NOT_FOUND, AUCTION_NOT_OPEN, AUCTION_ENDED, AUCTION_CANCELLED,
    OWN_AUCTION, BIDDER_BLOCKED, BIDDER_SUSPENDED, SELLER_SUSPENDED, BID_TOO_LOW,
    MAXIMUM_NOT_RAISED, RAISES_USED_UP,
    NO_BUY_NOW, PRICE_CHANGED, BUY_NOW_GONE, AUCTION_HAS_BIDS, BID_ALREADY_VOID, NOT_DECIDED,
    LEDGER_CATCHING_UP,
];
