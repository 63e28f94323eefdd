//! Problem codes of `identity`.

use crate::problem::{ProblemCode, problem};

pub const USER_NOT_FOUND: ProblemCode = problem(404, "user-not-found", "There is no such user", "존재하지 않는 사용자입니다");
pub const EMAIL_TAKEN: ProblemCode = problem(409, "email-taken", "The e-mail is already used", "이미 사용 중인 이메일입니다");
pub const PHONE_TAKEN: ProblemCode = problem(409, "phone-taken", "The phone number is already used", "이미 사용 중인 전화번호입니다");
pub const NICKNAME_TAKEN: ProblemCode = problem(409, "nickname-taken", "The nickname is already used", "이미 사용 중인 닉네임입니다");
pub const WRONG_CREDENTIALS: ProblemCode = problem(401, "wrong-credentials", "The credentials are wrong", "로그인 정보가 올바르지 않습니다");
pub const REFRESH_TOKEN_INVALID: ProblemCode = problem(401, "refresh-token-invalid", "The refresh token is not valid", "리프레시 토큰이 올바르지 않습니다");
pub const TOO_MANY_LOGIN_FAILURES: ProblemCode = problem(429, "too-many-login-failures", "Too many failed log-ins, try again later", "로그인 실패가 너무 많습니다");
pub const CANNOT_BLOCK_YOURSELF: ProblemCode = problem(409, "cannot-block-yourself", "You cannot block yourself", "자신을 차단할 수 없습니다");
pub const BLOCK_NOT_FOUND: ProblemCode = problem(404, "block-not-found", "You have not blocked this user", "차단하지 않은 사용자입니다");
pub const ADDRESS_NOT_FOUND: ProblemCode = problem(404, "address-not-found", "There is no such address in your address book", "존재하지 않는 배송지입니다");
pub const ADDRESS_BOOK_FULL: ProblemCode = problem(409, "address-book-full", "An address book holds 20 addresses", "배송지는 20개까지 등록할 수 있습니다");

pub(super) const ALL: &[ProblemCode] = &[
    USER_NOT_FOUND, EMAIL_TAKEN, PHONE_TAKEN, NICKNAME_TAKEN, WRONG_CREDENTIALS,
    REFRESH_TOKEN_INVALID, TOO_MANY_LOGIN_FAILURES, CANNOT_BLOCK_YOURSELF, BLOCK_NOT_FOUND,
    ADDRESS_NOT_FOUND, ADDRESS_BOOK_FULL,
];
