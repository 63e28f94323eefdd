//! Every code the product answers with: one list a context, one code a line.

#[rustfmt::skip]
mod auction;
#[rustfmt::skip]
mod catalog;
#[rustfmt::skip]
mod exchange;
#[rustfmt::skip]
mod framework;
#[rustfmt::skip]
mod identity;
#[rustfmt::skip]
mod notification;
#[rustfmt::skip]
mod payment;
#[rustfmt::skip]
mod trade;
#[rustfmt::skip]
mod wallet;

use crate::problem::ProblemCode;

pub use auction::*;
pub use catalog::*;
pub use exchange::*;
pub use framework::*;
pub use identity::*;
pub use notification::*;
pub use payment::*;
pub use trade::*;
pub use wallet::*;

/// The lists of all contexts.
const LISTS: &[&[ProblemCode]] = &[
    framework::ALL,
    identity::ALL,
    auction::ALL,
    catalog::ALL,
    exchange::ALL,
    trade::ALL,
    wallet::ALL,
    payment::ALL,
    notification::ALL,
];

/// The whole list, for the reference and for the uniqueness test.
pub fn all() -> impl Iterator<Item = &'static ProblemCode> {
    LISTS.iter().copied().flatten()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::all;

    #[test]
    fn codes_are_unique_kebab_case_errors() {
        let mut seen = BTreeSet::new();
        for problem in all() {
            assert!(seen.insert(problem.code), "{} twice", problem.code);
            assert!(problem.code.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!((400..600).contains(&problem.status));
        }
    }

    #[test]
    fn every_code_that_is_spelled_is_in_its_list() {
        let lists = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("codes")).unwrap();
        let texts = lists.map(|list| fs::read_to_string(list.unwrap().path()).unwrap());
        let spelled: usize =
            texts.map(|text| text.matches(": ProblemCode = problem(").count()).sum();
        assert_eq!(spelled, all().count());
    }
}
