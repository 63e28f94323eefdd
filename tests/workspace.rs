//! The checked-in files: generated ones are fresh, house rules hold, no crate is linked
//! where it must not be.

use crate::support::root;

#[test]
fn generated_files_are_fresh() {
    let stale = xtask::generate::stale(&root()).unwrap();
    assert!(stale.is_empty(), "run `cargo xtask gen`: {stale:?}");
}

#[test]
fn house_rules_hold() {
    let faults = xtask::tidy::faults(&root()).unwrap();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_ratchet_is_tight() {
    let slack = xtask::tidy::slack(&root()).unwrap();
    assert!(slack.is_empty(), "{slack:#?}");
}

#[test]
fn no_banned_crate_is_linked() {
    let faults = xtask::lock::faults().unwrap();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn our_crates_keep_out_of_each_other() {
    let faults = xtask::lock::floors().unwrap();
    assert!(faults.is_empty(), "{faults:#?}");
}
