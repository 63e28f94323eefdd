//! The numbers (`rules.md`, "Accounts"), in one place.

use kernel::Span;

/// How long a refresh token lives; each use begins anew.
pub const REFRESH_TOKEN_LIFE: Span = Span::days(14);
/// Failed log-ins per account, and per network address, within [`LOGIN_WINDOW`].
pub const LOGIN_FAILURES_MAX: u32 = 5;
pub const LOGIN_WINDOW: Span = Span::minutes(15);
/// Availability checks per network address within [`AVAILABILITY_WINDOW`].
pub const AVAILABILITY_CHECKS_MAX: u32 = 30;
pub const AVAILABILITY_WINDOW: Span = Span::minutes(1);
/// Attempts to sign up per network address within [`SIGN_UP_WINDOW`]: a school behind one address
/// still fits.
pub const SIGN_UPS_MAX: u32 = 100;
pub const SIGN_UP_WINDOW: Span = Span::minutes(15);
