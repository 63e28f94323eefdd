//! What a comparison came to.

use std::collections::BTreeMap;

/// What was compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub steps: usize,
    /// How often each call was made.
    pub calls: BTreeMap<String, usize>,
    /// How many answers were refusals, by their code.
    pub refusals: BTreeMap<String, usize>,
    /// How often each known difference was met.
    pub known: BTreeMap<&'static str, usize>,
    pub records: usize,
}
