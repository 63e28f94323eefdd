use std::sync::Arc;

use super::*;
use crate::meter::{Meter, measured};

const PATIENT: Policy = Policy::named("patient", 4).with_backoff(8, 20);

#[test]
fn as_many_attempts_as_the_policy_has() {
    let mut attempts = PATIENT.attempts();
    let mut begun = 0;
    while attempts.again() {
        begun += 1;
    }
    assert_eq!(begun, 4);
    assert_eq!(attempts.exhausted().to_string(), "patient: lost at each of 4 attempts");
}

#[test]
fn each_wait_may_be_twice_as_long_up_to_the_ceiling_and_the_last_attempt_has_none() {
    let mut attempts = PATIENT.attempts();
    let mut waits = Vec::new();
    while attempts.again() {
        let wait = |chance| attempts.wait(|| chance).map(|wait| wait.as_millis());
        waits.push((0..100).map(wait).max().unwrap());
        assert_eq!(wait(0).unwrap_or_default(), 0);
    }
    assert_eq!(waits, [Some(8), Some(16), Some(20), None]);
}

#[test]
fn a_policy_without_a_backoff_draws_nothing() {
    let mut attempts = Policy::named("eager", 2).attempts();
    assert!(attempts.again());
    assert_eq!(attempts.wait(|| panic!("nothing is waited for")), None);
}

#[tokio::test]
async fn the_meter_knows_the_longest_run_of_each_policy_that_tried_again() {
    let run = |policy: Policy, times: usize| {
        let mut attempts = policy.attempts();
        assert_eq!((0..times).filter(|_| attempts.again()).count(), times);
    };
    let meter = Arc::new(Meter::default());
    measured(Arc::clone(&meter), async {
        run(PATIENT, 3);
        run(PATIENT, 2);
        run(Policy::named("eager", 5), 1);
    })
    .await;
    assert_eq!(meter.attempts().into_iter().collect::<Vec<_>>(), [("patient", 3)]);
}
