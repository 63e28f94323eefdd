//! Problem codes of `notification`.

use crate::problem::{ProblemCode, problem};

pub const NOTIFICATION_NOT_FOUND: ProblemCode = problem(404, "notification-not-found", "There is no such notification", "존재하지 않는 알림입니다");

pub(super) const ALL: &[ProblemCode] = &[NOTIFICATION_NOT_FOUND];
