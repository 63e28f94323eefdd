//! Problem codes of `exchange`.

use crate::problem::{ProblemCode, problem};

pub const ALERT_EXISTS: ProblemCode = problem(409, "alert-exists", "You wait for this price already", "이미 등록된 가격 알림입니다");
pub const ALERTS_FULL: ProblemCode = problem(409, "alerts-full", "A user has at most 100 price alerts", "가격 알림은 100개까지 등록할 수 있습니다");
pub const ALERT_NOT_FOUND: ProblemCode = problem(404, "alert-not-found", "You do not wait for this price", "존재하지 않는 가격 알림입니다");
pub const NOT_TRADED: ProblemCode = problem(404, "not-traded", "This is not traded here", "거래되지 않는 상품 옵션입니다");
pub const ORDER_NOT_FOUND: ProblemCode = problem(404, "order-not-found", "There is no such order", "존재하지 않는 주문입니다");
pub const SELF_TRADE: ProblemCode = problem(409, "self-trade", "The order would meet your own", "자신의 주문과 체결될 수 없습니다");
pub const PRICE_MOVED: ProblemCode = problem(409, "price-moved", "There is no order within the limit", "가격이 변동되어 체결할 수 없습니다");
pub const CONFIRM_PRICE: ProblemCode = problem(409, "confirm-price", "The price must be confirmed", "가격을 다시 확인해 주세요");
pub const DEPOSIT_REQUIRED: ProblemCode = problem(409, "deposit-required", "The wallet does not cover the order's deposit", "보증금이 부족합니다");
pub const CARD_BIDS_FULL: ProblemCode = problem(409, "card-bids-full", "At most 10 bids, and 30,000,000 won, wait for a user's cards", "카드 구매 입찰은 10건, 3천만 원까지 가능합니다");
pub const CARD_BIDS_SUSPENDED: ProblemCode = problem(403, "card-bids-suspended", "Bids by card are suspended after two refused cards in 30 days or three unpaid wins in 90", "카드 결제 거절로 카드 구매 입찰이 제한되었습니다");
pub const ORDER_NOT_OPEN: ProblemCode = problem(409, "order-not-open", "The order is over", "이미 종료된 주문입니다");

pub const PRICE_UNCHANGED: ProblemCode = problem(409, "price-unchanged", "The order has this price already", "이미 같은 가격의 주문입니다");
pub const PRICE_FIXED: ProblemCode = problem(409, "price-fixed", "The price of this order cannot be changed", "가격을 바꿀 수 없는 주문입니다");

pub(super) const ALL: &[ProblemCode] = &[
    ALERT_EXISTS, ALERTS_FULL, ALERT_NOT_FOUND, NOT_TRADED, ORDER_NOT_FOUND, SELF_TRADE,
    PRICE_MOVED, CONFIRM_PRICE, DEPOSIT_REQUIRED, CARD_BIDS_FULL,
    CARD_BIDS_SUSPENDED, ORDER_NOT_OPEN, PRICE_UNCHANGED, PRICE_FIXED,
];
