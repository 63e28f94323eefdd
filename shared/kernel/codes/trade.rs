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

pub(super) const ALL: &[ProblemCode] = &[
    TRADE_NOT_FOUND, WRONG_TRADE_STATE, NOT_PICKED_UP, NOT_AN_OFFER, PAYMENT_IN_PROGRESS, PAYMENT_OVERDUE,
    CONSENT_OVERDUE, TRACKING_NUMBER_USED, SHIPMENT_OVERDUE, IN_PERSON_UNAVAILABLE,
    WRONG_HANDOVER_CODE, HANDOVER_CODE_USED_UP,
];
