//! What comes of looking into a payment whose outcome is not known.

/// What looking into a payment came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing is open about it any more, or somebody else is at it.
    Over,
    /// The provider answers, and has not decided.
    Waits,
    /// The provider does not answer, or not us.
    Silent,
}
