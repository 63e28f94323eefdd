use serde_json::json;

use super::*;

fn some() -> Evidence {
    let figures = json!({
        "command": "cargo xtask x", "operations": 1_234_567, "rate": 0.5,
        "faults": { "throttle": 12 },
        "sizes": [{ "context": "auction", "bytes": 1_000 }, { "context": "wallet", "bytes": 999 }],
    });
    let kept = Kept {
        commit: "abc".into(),
        date: "2026-11-21".into(),
        figures: figures.as_object().unwrap().clone(),
    };
    Evidence::from([("package".to_owned(), kept)])
}

#[test]
fn figures_are_told_in_a_block_and_on_a_page() {
    let block = render::block(&some());
    for line in ["operations: 1,234,567", "rate: 0.5", "faults: throttle: 12", "bytes 999"] {
        assert!(block.contains(line), "{line} is not in\n{block}");
    }
    let page = render::page(&some());
    for line in [
        "| operations | 1,234,567 |",
        "| auction | 1,000 |",
        "`cargo xtask x`, 2026-11-21 at `abc`",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    assert!(page.contains("Not run yet."), "what was not run is said");
}

#[test]
fn a_run_without_a_part_is_no_run() {
    let missing = missing(&some());
    assert!(!missing.contains(&"package") && missing.contains(&"simulation"));
    assert!(!missing.contains(&"sam-local"), "nobody can ask a machine without containers for it");
}

#[test]
fn the_page_is_what_the_figures_say() {
    let root = crate::root();
    let page = fs::read_to_string(root.join(PAGE)).unwrap();
    let all = kept(&root).unwrap();
    assert!(page == render::page(&all), "stale, run `cargo xtask evidence --write`");
}
