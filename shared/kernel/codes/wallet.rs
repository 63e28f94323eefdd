//! Problem codes of `wallet`.

use crate::problem::{ProblemCode, problem};

pub const INSUFFICIENT_BALANCE: ProblemCode = problem(409, "insufficient-balance", "The wallet does not hold enough", "지갑 잔액이 부족합니다");
pub const PAYOUT_ACCOUNT_REQUIRED: ProblemCode = problem(409, "payout-account-required", "Register a payout account first", "정산 계좌를 먼저 등록하세요");
pub const PAYOUT_ACCOUNT_EXISTS: ProblemCode = problem(409, "payout-account-exists", "There is a payout account already", "이미 등록된 정산 계좌가 있습니다");
pub const PAYOUT_ACCOUNT_NOT_FOUND: ProblemCode = problem(404, "payout-account-not-found", "There is no payout account", "등록된 정산 계좌가 없습니다");
pub const PAYOUT_ACCOUNT_UNVERIFIED: ProblemCode = problem(409, "payout-account-unverified", "The bank knows no such account of this holder", "예금주와 일치하는 계좌가 아닙니다");
pub const PENALTY_DUE: ProblemCode = problem(409, "penalty-due", "You owe for a penalty", "미납 위약금이 있어 처리할 수 없습니다");
pub const WITHDRAWAL_NOT_FOUND: ProblemCode = problem(404, "withdrawal-not-found", "There is no such withdrawal", "존재하지 않는 출금입니다");
pub const WITHDRAWAL_NOT_REQUESTED: ProblemCode = problem(409, "withdrawal-not-requested", "The withdrawal is with the bank, or over", "이미 처리 중이거나 끝난 출금입니다");

pub(super) const ALL: &[ProblemCode] = &[
    INSUFFICIENT_BALANCE, PAYOUT_ACCOUNT_REQUIRED, PAYOUT_ACCOUNT_EXISTS,
    PAYOUT_ACCOUNT_NOT_FOUND, PAYOUT_ACCOUNT_UNVERIFIED, PENALTY_DUE, WITHDRAWAL_NOT_FOUND,
    WITHDRAWAL_NOT_REQUESTED,
];
