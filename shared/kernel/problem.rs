//! The product's problem codes: one list, stable, unique.

/// A class of error as a client sees it: RFC 9457 `type` (`/problems/<code>`), status, titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProblemCode {
    /// Stable, kebab-case, unique over the product.
    pub code: &'static str,
    pub status: u16,
    /// English title.
    pub title: &'static str,
    /// Korean title.
    pub title_ko: &'static str,
}

const fn problem(
    status: u16,
    code: &'static str,
    title: &'static str,
    title_ko: &'static str,
) -> ProblemCode {
    ProblemCode { code, status, title, title_ko }
}

/// Every code the product answers with, one a line.
#[rustfmt::skip]
pub mod codes {
    use super::{ProblemCode, problem};

    // The framework's own (any route).
    pub const MALFORMED_JSON: ProblemCode = problem(400, "malformed-json", "The body is not valid JSON", "본문이 올바른 JSON이 아닙니다");
    pub const INVALID_REQUEST: ProblemCode = problem(400, "invalid-request", "The request has invalid fields", "요청에 잘못된 값이 있습니다");
    pub const INVALID_CURSOR: ProblemCode = problem(400, "invalid-cursor", "The cursor is not valid here", "커서가 올바르지 않습니다");
    pub const UNSUPPORTED_CONTENT_TYPE: ProblemCode = problem(400, "unsupported-content-type", "The body must be application/json", "본문은 application/json이어야 합니다");
    pub const BODY_TOO_LARGE: ProblemCode = problem(400, "body-too-large", "The body is larger than 256 KB", "본문이 256 KB보다 큽니다");
    pub const IDEMPOTENCY_KEY_REQUIRED: ProblemCode = problem(400, "idempotency-key-required", "An Idempotency-Key header is required", "Idempotency-Key 헤더가 필요합니다");
    pub const IDEMPOTENCY_KEY_INVALID: ProblemCode = problem(400, "idempotency-key-invalid", "The Idempotency-Key must be 1 to 64 visible ASCII characters", "Idempotency-Key는 1~64자의 출력 가능한 ASCII여야 합니다");
    pub const IDEMPOTENCY_KEY_REUSED: ProblemCode = problem(422, "idempotency-key-reused", "The Idempotency-Key was used for another request", "다른 요청에 사용된 Idempotency-Key입니다");
    pub const IDEMPOTENCY_IN_PROGRESS: ProblemCode = problem(409, "idempotency-in-progress", "The first request with this key is still running", "같은 키의 첫 요청이 처리 중입니다");
    pub const UNAUTHENTICATED: ProblemCode = problem(401, "unauthenticated", "Sign in first", "로그인이 필요합니다");
    pub const TOKEN_INVALID: ProblemCode = problem(401, "token-invalid", "The token is not valid", "토큰이 올바르지 않습니다");
    pub const FORBIDDEN: ProblemCode = problem(403, "forbidden", "You may not do this", "권한이 없습니다");
    pub const CSRF_REQUIRED: ProblemCode = problem(403, "csrf-required", "The X-CSRF-Token header does not match", "CSRF 토큰이 일치하지 않습니다");
    pub const ROUTE_NOT_FOUND: ProblemCode = problem(404, "route-not-found", "There is nothing at this path", "존재하지 않는 경로입니다");
    pub const METHOD_NOT_ALLOWED: ProblemCode = problem(405, "method-not-allowed", "This path does not answer this method", "허용되지 않은 메서드입니다");
    pub const TOO_MANY_REQUESTS: ProblemCode = problem(429, "too-many-requests", "Too many requests, try again later", "요청이 너무 많습니다. 잠시 후 다시 시도하세요");
    pub const INTERNAL: ProblemCode = problem(500, "internal", "Something went wrong on our side", "서버 오류가 발생했습니다");
    pub const TRY_AGAIN: ProblemCode = problem(503, "try-again", "Busy, send the same request again", "일시적으로 처리할 수 없습니다. 같은 요청을 다시 보내세요");

    // Identity
    pub const USER_NOT_FOUND: ProblemCode = problem(404, "user-not-found", "There is no such user", "존재하지 않는 사용자입니다");
    pub const EMAIL_TAKEN: ProblemCode = problem(409, "email-taken", "The e-mail is already used", "이미 사용 중인 이메일입니다");
    pub const PHONE_TAKEN: ProblemCode = problem(409, "phone-taken", "The phone number is already used", "이미 사용 중인 전화번호입니다");
    pub const NICKNAME_TAKEN: ProblemCode = problem(409, "nickname-taken", "The nickname is already used", "이미 사용 중인 닉네임입니다");
    pub const WRONG_CREDENTIALS: ProblemCode = problem(401, "wrong-credentials", "The credentials are wrong", "로그인 정보가 올바르지 않습니다");
    pub const REFRESH_TOKEN_INVALID: ProblemCode = problem(401, "refresh-token-invalid", "The refresh token is not valid", "리프레시 토큰이 올바르지 않습니다");
    pub const TOO_MANY_LOGIN_FAILURES: ProblemCode = problem(429, "too-many-login-failures", "Too many failed log-ins, try again later", "로그인 실패가 너무 많습니다");
    pub const STALE_VERSION: ProblemCode = problem(412, "stale-version", "It was changed meanwhile, read it again", "그 사이에 변경되었습니다");
    pub const CANNOT_BLOCK_YOURSELF: ProblemCode = problem(409, "cannot-block-yourself", "You cannot block yourself", "자신을 차단할 수 없습니다");
    pub const BLOCK_NOT_FOUND: ProblemCode = problem(404, "block-not-found", "You have not blocked this user", "차단하지 않은 사용자입니다");

    // Auction
    pub const AUCTION_NOT_FOUND: ProblemCode = problem(404, "auction-not-found", "There is no such auction", "존재하지 않는 경매입니다");
    pub const BID_NOT_FOUND: ProblemCode = problem(404, "bid-not-found", "There is no such bid", "존재하지 않는 입찰입니다");
    pub const AUCTION_NOT_OPEN: ProblemCode = problem(409, "auction-not-open", "The auction has not begun", "아직 시작되지 않은 경매입니다");
    pub const AUCTION_ENDED: ProblemCode = problem(409, "auction-ended", "The auction has ended", "종료된 경매입니다");
    pub const AUCTION_CANCELLED: ProblemCode = problem(409, "auction-cancelled", "The auction was cancelled", "취소된 경매입니다");
    pub const OWN_AUCTION: ProblemCode = problem(403, "own-auction", "Sellers cannot bid on their own auction", "자신의 경매에는 입찰할 수 없습니다");
    pub const BIDDER_BLOCKED: ProblemCode = problem(403, "bidder-blocked", "The seller does not accept your bids", "판매자가 입찰을 차단했습니다");
    pub const BIDDER_SUSPENDED: ProblemCode = problem(403, "bidder-suspended", "Three unpaid wins in 90 days: bidding is suspended", "미결제 낙찰 3회로 입찰이 제한되었습니다");
    pub const BID_TOO_LOW: ProblemCode = problem(409, "bid-too-low", "The bid is below the minimum next bid", "최소 입찰가보다 낮습니다");
    pub const MAXIMUM_NOT_RAISED: ProblemCode = problem(409, "maximum-not-raised", "You lead already, and this does not raise your maximum", "이미 최고 입찰자이며 최대 금액이 높아지지 않았습니다");
    pub const NO_BUY_NOW: ProblemCode = problem(409, "no-buy-now", "The auction has no buy-now price", "즉시 구매가가 없는 경매입니다");
    pub const BUY_NOW_GONE: ProblemCode = problem(409, "buy-now-gone", "The price has reached the buy-now price", "즉시 구매가 더 이상 불가능합니다");
    pub const AUCTION_HAS_BIDS: ProblemCode = problem(409, "auction-has-bids", "An auction with bids cannot be cancelled", "입찰이 있는 경매는 취소할 수 없습니다");
    pub const BID_ALREADY_VOID: ProblemCode = problem(409, "bid-already-void", "The bid is void already", "이미 무효 처리된 입찰입니다");
    pub const LEDGER_CATCHING_UP: ProblemCode = problem(503, "ledger-catching-up", "The newest bids are still being recorded", "최근 입찰을 기록하는 중입니다");

    // Notification
    pub const NOTIFICATION_NOT_FOUND: ProblemCode = problem(404, "notification-not-found", "There is no such notification", "존재하지 않는 알림입니다");

    pub const INSUFFICIENT_BALANCE: ProblemCode = problem(409, "insufficient-balance", "The wallet does not hold enough", "지갑 잔액이 부족합니다");

    // Trade and address book
    pub const TRADE_NOT_FOUND: ProblemCode = problem(404, "trade-not-found", "There is no such trade", "존재하지 않는 거래입니다");
    pub const WRONG_TRADE_STATE: ProblemCode = problem(409, "wrong-trade-state", "The trade's state does not allow this now", "현재 거래 상태에서는 할 수 없습니다");
    pub const NOT_AN_OFFER: ProblemCode = problem(409, "not-an-offer", "Only a second-chance offer can be declined", "차순위 제안만 거절할 수 있습니다");
    pub const PAYMENT_IN_PROGRESS: ProblemCode = problem(409, "payment-in-progress", "A payment is under way", "결제가 진행 중입니다");
    pub const PAYMENT_OVERDUE: ProblemCode = problem(409, "payment-overdue", "The time to pay has passed", "결제 기한이 지났습니다");
    pub const CONSENT_OVERDUE: ProblemCode = problem(409, "consent-overdue", "The time to consent has passed", "동의 기한이 지났습니다");
    pub const ADDRESS_NOT_FOUND: ProblemCode = problem(404, "address-not-found", "There is no such address in your address book", "존재하지 않는 배송지입니다");
    pub const ADDRESS_BOOK_FULL: ProblemCode = problem(409, "address-book-full", "An address book holds 20 addresses", "배송지는 20개까지 등록할 수 있습니다");

    // Catalogue
    pub const CATALOG_ITEM_NOT_FOUND: ProblemCode = problem(404, "catalog-item-not-found", "There is no such catalogue item", "존재하지 않는 상품입니다");
    pub const MODEL_TAKEN: ProblemCode = problem(409, "model-taken", "Another item has this model number", "이미 등록된 모델 번호입니다");
    pub const ITEM_HAS_ORDERS: ProblemCode = problem(409, "item-has-orders", "The item has open orders", "진행 중인 주문이 있는 상품입니다");
    pub const OPTION_EXISTS: ProblemCode = problem(409, "option-exists", "The item has this option already", "이미 등록된 옵션입니다");
    pub const TAG_NOT_FOUND: ProblemCode = problem(404, "tag-not-found", "There is no such tag", "존재하지 않는 태그입니다");
    pub const TAG_EXISTS: ProblemCode = problem(409, "tag-exists", "There is such a tag already", "이미 등록된 태그입니다");
    pub const TAG_LINKED: ProblemCode = problem(409, "tag-linked", "The item has this tag already", "이미 연결된 태그입니다");
    pub const TOO_MANY_TAGS: ProblemCode = problem(409, "too-many-tags", "An item has at most 10 tags", "태그는 10개까지 연결할 수 있습니다");

    // Wallet
    pub const PAYOUT_ACCOUNT_REQUIRED: ProblemCode = problem(409, "payout-account-required", "Register a payout account first", "정산 계좌를 먼저 등록하세요");
    pub const PAYOUT_ACCOUNT_EXISTS: ProblemCode = problem(409, "payout-account-exists", "There is a payout account already", "이미 등록된 정산 계좌가 있습니다");
    pub const PAYOUT_ACCOUNT_NOT_FOUND: ProblemCode = problem(404, "payout-account-not-found", "There is no payout account", "등록된 정산 계좌가 없습니다");
    pub const PAYOUT_ACCOUNT_UNVERIFIED: ProblemCode = problem(409, "payout-account-unverified", "The bank knows no such account of this holder", "예금주와 일치하는 계좌가 아닙니다");
    pub const PENALTY_DUE: ProblemCode = problem(409, "penalty-due", "The wallet must cover what you owe for a penalty", "미납 위약금이 있어 처리할 수 없습니다");
    pub const WITHDRAWAL_NOT_FOUND: ProblemCode = problem(404, "withdrawal-not-found", "There is no such withdrawal", "존재하지 않는 출금입니다");

    // Payment
    pub const PAYMENT_NOT_FOUND: ProblemCode = problem(404, "payment-not-found", "There is no such payment", "존재하지 않는 결제입니다");
    pub const PROVIDER_UNSUPPORTED: ProblemCode = problem(422, "provider-unsupported", "This payment provider is not supported", "지원하지 않는 결제 수단입니다");
    pub const PROVIDER_UNAVAILABLE: ProblemCode = problem(503, "provider-unavailable", "The payment provider does not answer", "결제사가 응답하지 않습니다");
    pub const WALLET_FULL: ProblemCode = problem(409, "wallet-full", "The wallet cannot hold that much", "지갑 한도를 초과합니다");
    pub const AMOUNT_MISMATCH: ProblemCode = problem(409, "amount-mismatch", "The payment is for another amount", "결제 금액이 일치하지 않습니다");
    pub const PAYMENT_DECLINED: ProblemCode = problem(409, "payment-declined", "The payment was declined", "결제가 거절되었습니다");
    pub const PAYMENT_NOT_DONE: ProblemCode = problem(409, "payment-not-done", "Nothing was paid that could be given back", "완료되지 않은 결제입니다");
    pub const PAYMENT_CANCELLED: ProblemCode = problem(409, "payment-cancelled", "The payment was cancelled", "취소된 결제입니다");
    pub const PAYMENT_NOT_CANCELLABLE: ProblemCode = problem(409, "payment-not-cancellable", "The payment of a trade goes back with the trade", "거래 결제는 거래 취소로만 환불됩니다");
    pub const CANCEL_EXCEEDS_PAYMENT: ProblemCode = problem(409, "cancel-exceeds-payment", "More than what is left of the payment", "취소 가능 금액을 초과합니다");
    pub const CANCEL_DECLINED: ProblemCode = problem(409, "cancel-declined", "The provider does not give the money back", "결제사가 취소를 거절했습니다");
    pub const PAYMENT_METHOD_NOT_FOUND: ProblemCode = problem(404, "payment-method-not-found", "There is no such payment method", "존재하지 않는 결제 수단입니다");
    pub const PAYMENT_METHODS_FULL: ProblemCode = problem(409, "payment-methods-full", "A user has at most 10 cards", "카드는 10개까지 등록할 수 있습니다");
    pub const CARD_REFUSED: ProblemCode = problem(409, "card-refused", "The card cannot be registered", "등록할 수 없는 카드입니다");
    pub const CARD_AUTHORIZATION_USED: ProblemCode = problem(409, "card-authorization-used", "The card was registered with this authKey before", "이미 사용된 카드 인증입니다");
    pub const WRONG_PAYMENT_PASSWORD: ProblemCode = problem(401, "wrong-payment-password", "The payment password is wrong", "결제 비밀번호가 올바르지 않습니다");
    pub const PAYMENT_PASSWORD_LOCKED: ProblemCode = problem(429, "payment-password-locked", "Too many wrong payment passwords, try again later", "결제 비밀번호를 여러 번 틀려 잠시 잠겼습니다");

    // Exchange
    pub const ALERT_EXISTS: ProblemCode = problem(409, "alert-exists", "You wait for this price already", "이미 등록된 가격 알림입니다");
    pub const ALERTS_FULL: ProblemCode = problem(409, "alerts-full", "A user has at most 100 price alerts", "가격 알림은 100개까지 등록할 수 있습니다");
    pub const ALERT_NOT_FOUND: ProblemCode = problem(404, "alert-not-found", "You do not wait for this price", "존재하지 않는 가격 알림입니다");
    pub const NOT_TRADED: ProblemCode = problem(404, "not-traded", "This is not traded here", "거래되지 않는 상품 옵션입니다");
    pub const ORDER_NOT_FOUND: ProblemCode = problem(404, "order-not-found", "There is no such order", "존재하지 않는 주문입니다");
    pub const SELF_TRADE: ProblemCode = problem(409, "self-trade", "The order would meet your own", "자신의 주문과 체결될 수 없습니다");
    pub const PRICE_MOVED: ProblemCode = problem(409, "price-moved", "There is no order within the limit", "가격이 변동되어 체결할 수 없습니다");
    pub const ORDER_NOT_OPEN: ProblemCode = problem(409, "order-not-open", "The order is over", "이미 종료된 주문입니다");

    /// The whole list, for the reference and for the uniqueness test.
    pub const ALL: &[ProblemCode] = &[
        MALFORMED_JSON, INVALID_REQUEST, INVALID_CURSOR, UNSUPPORTED_CONTENT_TYPE, BODY_TOO_LARGE,
        IDEMPOTENCY_KEY_REQUIRED, IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REUSED,
        IDEMPOTENCY_IN_PROGRESS, UNAUTHENTICATED, TOKEN_INVALID, FORBIDDEN, CSRF_REQUIRED,
        ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED, TOO_MANY_REQUESTS, INTERNAL, TRY_AGAIN,
        USER_NOT_FOUND, EMAIL_TAKEN, PHONE_TAKEN, NICKNAME_TAKEN, WRONG_CREDENTIALS,
        REFRESH_TOKEN_INVALID, TOO_MANY_LOGIN_FAILURES, STALE_VERSION, CANNOT_BLOCK_YOURSELF,
        BLOCK_NOT_FOUND,
        AUCTION_NOT_FOUND, BID_NOT_FOUND, AUCTION_NOT_OPEN, AUCTION_ENDED, AUCTION_CANCELLED,
        OWN_AUCTION, BIDDER_BLOCKED, BIDDER_SUSPENDED, BID_TOO_LOW, MAXIMUM_NOT_RAISED,
        NO_BUY_NOW, BUY_NOW_GONE, AUCTION_HAS_BIDS, BID_ALREADY_VOID, LEDGER_CATCHING_UP,
        NOTIFICATION_NOT_FOUND,
        PAYOUT_ACCOUNT_REQUIRED, PAYOUT_ACCOUNT_EXISTS, PAYOUT_ACCOUNT_NOT_FOUND,
        PAYOUT_ACCOUNT_UNVERIFIED, WITHDRAWAL_NOT_FOUND,
        INSUFFICIENT_BALANCE, PENALTY_DUE,
        TRADE_NOT_FOUND, WRONG_TRADE_STATE, NOT_AN_OFFER, PAYMENT_IN_PROGRESS, PAYMENT_OVERDUE,
        CONSENT_OVERDUE,
        ADDRESS_NOT_FOUND, ADDRESS_BOOK_FULL,
        CATALOG_ITEM_NOT_FOUND, MODEL_TAKEN, ITEM_HAS_ORDERS, OPTION_EXISTS, TAG_NOT_FOUND,
        TAG_EXISTS, TAG_LINKED, TOO_MANY_TAGS,
        PAYMENT_NOT_FOUND, PROVIDER_UNSUPPORTED, PROVIDER_UNAVAILABLE, WALLET_FULL,
        AMOUNT_MISMATCH, PAYMENT_DECLINED, PAYMENT_NOT_DONE, PAYMENT_CANCELLED,
        PAYMENT_NOT_CANCELLABLE, CANCEL_EXCEEDS_PAYMENT, CANCEL_DECLINED,
        PAYMENT_METHOD_NOT_FOUND, PAYMENT_METHODS_FULL, CARD_REFUSED, CARD_AUTHORIZATION_USED,
        WRONG_PAYMENT_PASSWORD, PAYMENT_PASSWORD_LOCKED,
        ALERT_EXISTS, ALERTS_FULL, ALERT_NOT_FOUND,
        NOT_TRADED, ORDER_NOT_FOUND, SELF_TRADE, PRICE_MOVED, ORDER_NOT_OPEN,
    ];
}

#[cfg(test)]
mod tests {
    use super::codes::ALL;

    #[test]
    fn codes_are_unique_kebab_case_errors() {
        let mut seen = std::collections::BTreeSet::new();
        for problem in ALL {
            assert!(seen.insert(problem.code), "{} twice", problem.code);
            assert!(problem.code.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!((400..600).contains(&problem.status));
        }
    }
}
