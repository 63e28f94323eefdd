//! What a row of the catalogue says.

use crate::tamper::Tamper;

/// A bug that the wire can express: no product code is touched.
#[derive(Clone, Copy, Debug)]
pub struct Bug {
    pub name: &'static str,
    /// What goes wrong, in one sentence.
    pub breaks: &'static str,
    /// The place in the product that would be wrong.
    pub imitates: &'static str,
    pub tamper: Tamper,
    /// It strikes one of so many requests: a bug that always strikes is too easily seen.
    pub one_in: u32,
    /// One of these must be what finds it.
    pub speaks: &'static [&'static str],
}
