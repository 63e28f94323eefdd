//! A few thousand steps against the engine crate; any number by `cargo xtask differential`.

use super::{LocalTarget, run};

fn check(seed: u64, count: usize) {
    let (mut ours, mut theirs) = (LocalTarget::memory(), LocalTarget::dynoxide());
    match run(seed, count, &mut ours, &mut theirs) {
        Ok(report) => {
            assert_eq!(report.steps, count);
            assert!(report.records > 0 && report.refusals.len() >= 4, "{report:?}");
        }
        Err(failed) => panic!("{failed}"),
    }
}

#[test]
fn the_engine_in_memory_answers_as_the_engine_crate() {
    check(1, 2_000);
}
