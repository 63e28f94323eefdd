//! Problem codes of `trade`.

use crate::problem::{ProblemCode, problem};

pub const TRADE_NOT_FOUND: ProblemCode = problem(404, "trade-not-found", "There is no such trade", "존재하지 않는 거래입니다");
pub const WRONG_TRADE_STATE: ProblemCode = problem(409, "wrong-trade-state", "The trade's state does not allow this now", "현재 거래 상태에서는 할 수 없습니다");
pub const NOT_PICKED_UP: ProblemCode = problem(409, "not-picked-up", "The carrier has not had the parcel yet", "택배사가 아직 상품을 접수하지 않았습니다");
pub const SHIPMENT_OVERDUE: ProblemCode = problem(409, "shipment-overdue", "The time to send or hand over the goods has passed", "발송 또는 인도 기한이 지났습니다");
pub const IN_PERSON_UNAVAILABLE: ProblemCode = problem(409, "in-person-unavailable", "These goods are not handed over in person", "직거래를 할 수 없는 거래입니다");
pub const WRONG_HANDOVER_CODE: ProblemCode = problem(409, "wrong-handover-code", "This is not the buyer's code", "구매자의 인수 코드와 다릅니다");
pub const HANDOVER_CODE_USED_UP: ProblemCode = problem(409, "handover-code-used-up", "Too many wrong codes were entered", "인수 코드 입력 횟수를 초과했습니다");
pub const NOT_AN_OFFER: ProblemCode = problem(409, "not-an-offer", "Only a second-chance offer can be declined", "차순위 제안만 거절할 수 있습니다");
pub const PAYMENT_IN_PROGRESS: ProblemCode = problem(409, "payment-in-progress", "A payment is under way", "결제가 진행 중입니다");
pub const PAYMENT_OVERDUE: ProblemCode = problem(409, "payment-overdue", "The time to pay has passed", "결제 기한이 지났습니다");
pub const CONSENT_OVERDUE: ProblemCode = problem(409, "consent-overdue", "The time to consent has passed", "동의 기한이 지났습니다");
pub const TRACKING_NUMBER_USED: ProblemCode = problem(409, "tracking-number-used", "Another shipment has this tracking number", "이미 다른 배송에 등록된 운송장 번호입니다");
pub const DISPUTE_TOO_EARLY: ProblemCode = problem(409, "dispute-too-early", "The parcel is not under way for too long yet", "아직 분쟁을 신청할 수 없습니다");
pub const DISPUTE_OVERDUE: ProblemCode = problem(409, "dispute-overdue", "The time to dispute has passed", "분쟁 신청 기한이 지났습니다");
pub const STATEMENTS_CLOSED: ProblemCode = problem(409, "statements-closed", "The time to be heard has passed", "의견을 남길 수 있는 기한이 지났습니다");
pub const TOO_MANY_STATEMENTS: ProblemCode = problem(409, "too-many-statements", "Each side is heard ten times", "의견은 열 번까지 남길 수 있습니다");
pub const NO_SUCH_REFUND_OFFER: ProblemCode = problem(409, "no-such-refund-offer", "The other side offers no such refund now", "상대방이 제안한 부분 환불이 아닙니다");
pub const REFUND_NOT_PARTIAL: ProblemCode = problem(409, "refund-not-partial", "A partial refund is less than the price", "부분 환불은 거래 가격보다 적어야 합니다");
pub const VERDICT_UNAVAILABLE: ProblemCode = problem(409, "verdict-unavailable", "The goods are not where this verdict needs them", "상품의 현재 위치에서는 할 수 없는 결정입니다");
pub const OBJECTION_OVERDUE: ProblemCode = problem(409, "objection-overdue", "The time to object has passed", "이의 제기 기한이 지났습니다");

pub(super) const ALL: &[ProblemCode] = &[
    TRADE_NOT_FOUND, WRONG_TRADE_STATE, NOT_PICKED_UP, NOT_AN_OFFER, PAYMENT_IN_PROGRESS, PAYMENT_OVERDUE,
    CONSENT_OVERDUE, TRACKING_NUMBER_USED, SHIPMENT_OVERDUE, IN_PERSON_UNAVAILABLE,
    WRONG_HANDOVER_CODE, HANDOVER_CODE_USED_UP, DISPUTE_TOO_EARLY, DISPUTE_OVERDUE,
    STATEMENTS_CLOSED, TOO_MANY_STATEMENTS, NO_SUCH_REFUND_OFFER, REFUND_NOT_PARTIAL,
    VERDICT_UNAVAILABLE, OBJECTION_OVERDUE,
];
