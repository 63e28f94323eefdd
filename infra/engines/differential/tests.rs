//! A few thousand steps against the engine crate; any number by `cargo xtask differential`.

use serde_json::{Value, json};

use super::{Answer, Failed, LocalTarget, Target, run};
use local::EngineError;

fn check(seed: u64, count: usize) {
    let (mut ours, mut theirs) = (LocalTarget::memory(), LocalTarget::dynoxide());
    let report = match run(seed, count, &mut ours, &mut theirs) {
        Ok(report) => report,
        Err(failed) => panic!("{failed}"),
    };
    assert_eq!(report.steps, count);
    // A sequence that meets nothing would prove nothing.
    assert!(report.records > 100, "{report:?}");
    for code in [
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
        "IdempotentParameterMismatchException",
        "ResourceNotFoundException",
        "ValidationException",
    ] {
        assert!(report.refusals.contains_key(code), "{report:?}");
    }
}

#[test]
fn our_engine_answers_as_the_engine_crate() {
    check(1, 3_000);
}

/// An engine that forgets one write: what the check must find, and make short.
struct Forgetful(LocalTarget);

impl Target for Forgetful {
    fn name(&self) -> &'static str {
        "forgetful"
    }
    fn reset(&mut self) -> Result<(), EngineError> {
        self.0.reset()
    }
    fn call(&mut self, operation: &str, body: &Value) -> Answer {
        let adds = body.get("UpdateExpression").and_then(Value::as_str);
        if operation == "UpdateItem" && adds.is_some_and(|text| text.starts_with("ADD #count")) {
            return Ok(json!({}));
        }
        self.0.call(operation, body)
    }
    fn records(&mut self) -> Result<Vec<Value>, EngineError> {
        self.0.records()
    }
    fn sweeps(&self) -> bool {
        self.0.sweeps()
    }
    fn sweep(&mut self) -> Result<usize, EngineError> {
        self.0.sweep()
    }
}

#[test]
fn a_difference_is_found_and_made_short() {
    let mut theirs = Forgetful(LocalTarget::memory());
    let failed = run(1, 3_000, &mut LocalTarget::memory(), &mut theirs).unwrap_err();
    let Failed::Differs(difference) = failed else { panic!("{failed}") };
    assert!(difference.steps.len() <= 2, "{difference}");
    assert!(difference.to_string().contains("ADD #count"), "{difference}");
}
