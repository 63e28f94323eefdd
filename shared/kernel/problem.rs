//! What a problem code is.

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

pub(crate) const fn problem(
    status: u16,
    code: &'static str,
    title: &'static str,
    title_ko: &'static str,
) -> ProblemCode {
    ProblemCode { code, status, title, title_ko }
}
