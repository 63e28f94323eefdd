//! Problem codes of `payment`.

use crate::problem::{ProblemCode, problem};

pub const PAYMENT_NOT_FOUND: ProblemCode = problem(404, "payment-not-found", "There is no such payment", "존재하지 않는 결제입니다");
pub const PROVIDER_UNSUPPORTED: ProblemCode = problem(422, "provider-unsupported", "This payment provider is not supported", "지원하지 않는 결제 수단입니다");
pub const PROVIDER_UNAVAILABLE: ProblemCode = problem(503, "provider-unavailable", "The payment provider does not answer", "결제사가 응답하지 않습니다");
pub const WALLET_FULL: ProblemCode = problem(409, "wallet-full", "The wallet cannot hold that much", "지갑 한도를 초과합니다");
pub const AMOUNT_MISMATCH: ProblemCode = problem(409, "amount-mismatch", "The payment is for another amount", "결제 금액이 일치하지 않습니다");
pub const PAYMENT_DECLINED: ProblemCode = problem(409, "payment-declined", "The payment was declined", "결제가 거절되었습니다");
pub const PAYMENT_KEY_MISMATCH: ProblemCode = problem(409, "payment-key-mismatch", "The payment was confirmed with another key", "다른 결제 키로 승인된 결제입니다");
pub const METHOD_UNSUPPORTED: ProblemCode = problem(409, "method-unsupported", "The payment cannot be made in this way", "지원하지 않는 결제 방식입니다");
pub const AMOUNT_TOO_SMALL: ProblemCode = problem(422, "amount-too-small", "The provider takes no amount as small as this", "결제사의 최소 결제 금액보다 적습니다");
pub const PAYMENT_NOT_DONE: ProblemCode = problem(409, "payment-not-done", "Nothing was paid that could be given back", "완료되지 않은 결제입니다");
pub const PAYMENT_CANCELLED: ProblemCode = problem(409, "payment-cancelled", "The payment was cancelled", "취소된 결제입니다");
pub const PAYMENT_NOT_CANCELLABLE: ProblemCode = problem(409, "payment-not-cancellable", "The payment of a trade goes back with the trade", "거래 결제는 거래 취소로만 환불됩니다");
pub const CANCEL_EXCEEDS_PAYMENT: ProblemCode = problem(409, "cancel-exceeds-payment", "More than what is left of the payment", "취소 가능 금액을 초과합니다");
pub const CANCEL_DECLINED: ProblemCode = problem(409, "cancel-declined", "The provider does not give the money back", "결제사가 취소를 거절했습니다");
pub const PAYMENT_METHOD_NOT_FOUND: ProblemCode = problem(404, "payment-method-not-found", "There is no such payment method", "존재하지 않는 결제 수단입니다");
pub const PAYMENT_METHOD_IN_USE: ProblemCode = problem(409, "payment-method-in-use", "An order or a trade waits for the card", "주문이나 거래에 사용 중인 결제 수단입니다");
pub const PAYMENT_METHODS_FULL: ProblemCode = problem(409, "payment-methods-full", "A user has at most 10 cards", "카드는 10개까지 등록할 수 있습니다");
pub const CARD_REFUSED: ProblemCode = problem(409, "card-refused", "The card cannot be registered", "등록할 수 없는 카드입니다");
pub const CARD_AUTHORIZATION_USED: ProblemCode = problem(409, "card-authorization-used", "The card was registered with this authKey before", "이미 사용된 카드 인증입니다");
pub const WRONG_PAYMENT_PASSWORD: ProblemCode = problem(401, "wrong-payment-password", "The payment password is wrong", "결제 비밀번호가 올바르지 않습니다");
pub const PAYMENT_PASSWORD_LOCKED: ProblemCode = problem(429, "payment-password-locked", "Too many wrong payment passwords, try again later", "결제 비밀번호를 여러 번 틀려 잠시 잠겼습니다");

pub(super) const ALL: &[ProblemCode] = &[
    PAYMENT_NOT_FOUND, PROVIDER_UNSUPPORTED, PROVIDER_UNAVAILABLE, WALLET_FULL, AMOUNT_MISMATCH,
    PAYMENT_DECLINED, PAYMENT_KEY_MISMATCH, METHOD_UNSUPPORTED, AMOUNT_TOO_SMALL, PAYMENT_NOT_DONE, PAYMENT_CANCELLED, PAYMENT_NOT_CANCELLABLE,
    CANCEL_EXCEEDS_PAYMENT, CANCEL_DECLINED, PAYMENT_METHOD_NOT_FOUND, PAYMENT_METHOD_IN_USE,
    PAYMENT_METHODS_FULL, CARD_REFUSED, CARD_AUTHORIZATION_USED, WRONG_PAYMENT_PASSWORD, PAYMENT_PASSWORD_LOCKED,
];
