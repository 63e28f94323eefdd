//! The framework's own problem codes: any route may answer with them.

use crate::problem::{ProblemCode, problem};

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
pub const STALE_VERSION: ProblemCode = problem(412, "stale-version", "It was changed meanwhile, read it again", "그 사이에 변경되었습니다");
pub const TOO_MANY_REQUESTS: ProblemCode = problem(429, "too-many-requests", "Too many requests, try again later", "요청이 너무 많습니다. 잠시 후 다시 시도하세요");
pub const INTERNAL: ProblemCode = problem(500, "internal", "Something went wrong on our side", "서버 오류가 발생했습니다");
pub const TRY_AGAIN: ProblemCode = problem(503, "try-again", "Busy, send the same request again", "일시적으로 처리할 수 없습니다. 같은 요청을 다시 보내세요");

pub(super) const ALL: &[ProblemCode] = &[
    MALFORMED_JSON, INVALID_REQUEST, INVALID_CURSOR, UNSUPPORTED_CONTENT_TYPE, BODY_TOO_LARGE,
    IDEMPOTENCY_KEY_REQUIRED, IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REUSED,
    IDEMPOTENCY_IN_PROGRESS, UNAUTHENTICATED, TOKEN_INVALID, FORBIDDEN, CSRF_REQUIRED,
    ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED, STALE_VERSION, TOO_MANY_REQUESTS, INTERNAL, TRY_AGAIN,
];
