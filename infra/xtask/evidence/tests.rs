use figures::Run;
use serde_json::{Value, json};

use super::*;

const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

fn figures(of: Value) -> Figures {
    let run = Run {
        command: "cargo xtask x".into(),
        argv: vec!["target/debug/xtask".into(), "x".into()],
        commit: HEAD.into(),
        dirty: Some(false),
        began: "2026-11-21T10:00:00.000Z".into(),
    };
    Figures { run, figures: of.as_object().unwrap().clone() }
}

fn some() -> Evidence {
    let figures = figures(json!({
        "operations": 1_234_567, "rate": 0.5, "faults": { "throttle": 12 },
        "sizes": [{ "context": "auction", "bytes": 1_000 }, { "context": "wallet", "bytes": 999 }],
    }));
    Evidence::from([("package".to_owned(), figures)])
}

/// A main run that is taken, but for `change`.
fn main_run(change: impl FnOnce(&mut Figures)) -> Evidence {
    let mut main = figures(json!({
        "kind": "faults", "seeds": 300, "findings": 0, "faults struck": 7,
        "faults by kind": { "call: throttled": 4, "schedule: lost": 3 },
    }));
    change(&mut main);
    Evidence::from([("simulation".to_owned(), main)])
}

fn set(name: &'static str, value: Value) -> impl FnOnce(&mut Figures) {
    move |main| {
        main.figures.insert(name.to_owned(), value);
    }
}

#[track_caller]
fn assert_shows_less(evidence: &Evidence, why: &str) {
    let objections = objections::that_show_less(evidence);
    assert!(objections.iter().any(|it| it.contains(why)), "{why} is not in {objections:?}");
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
        "`cargo xtask x`, 2026-11-21T10:00:00.000Z, on `012345678`",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    assert!(page.contains("Not run yet."), "what was not run is said");
}

#[test]
fn faults_of_every_kind_are_counted_and_not_claimed() {
    let page = render::page(&main_run(set("faults by kind", json!({ "a": 2, "b": 0, "c": 9 }))));
    assert!(page.contains("Of 3 kinds of faults 2 struck; the rarest 0 times (b)."), "{page}");
}

#[test]
fn a_run_without_a_part_is_no_run() {
    let missing = missing(&some());
    assert!(missing.contains(&"simulation") && missing.contains(&"crashes"));
    assert!(!missing.contains(&"package"), "it is the night's");
    assert!(!missing.contains(&"sam-local"), "nobody can ask a machine without containers for it");
}

#[test]
fn a_main_run_with_every_fault_and_300_seeds_is_taken() {
    assert_eq!(objections::that_show_less(&main_run(|_| ())), Vec::<String>::new());
    assert_eq!(objections::that_are_short(&main_run(|_| ())), Vec::<String>::new());
}

#[test]
fn a_quiet_run_is_no_main_run() {
    assert_shows_less(&main_run(set("kind", json!("quiet"))), "kind quiet");
    assert_shows_less(&main_run(|it| drop(it.figures.remove("kind"))), "kind unknown");
}

#[test]
fn a_main_run_in_which_nothing_struck_is_refused() {
    assert_shows_less(&main_run(set("faults struck", json!(0))), "no fault struck");
}

#[test]
fn a_main_run_in_which_one_kind_never_struck_is_refused() {
    let kinds = json!({ "call: throttled": 9, "schedule: lost": 0 });
    assert_shows_less(&main_run(set("faults by kind", kinds)), "never struck: schedule: lost");
    let untold = main_run(|it| drop(it.figures.remove("faults by kind")));
    assert_shows_less(&untold, "not told by kind");
}

#[test]
fn a_main_run_of_fewer_than_300_seeds_is_not_for_the_page() {
    let short = objections::that_are_short(&main_run(set("seeds", json!(299))));
    assert_eq!(short, ["simulation: 299 seeds of 300"]);
    let untold = objections::that_are_short(&main_run(|it| drop(it.figures.remove("seeds"))));
    assert_eq!(untold, ["simulation: 0 seeds of 300"]);
}

#[test]
fn a_main_run_that_found_something_is_refused() {
    assert_shows_less(&main_run(set("findings", json!(1))), "1 findings");
}

#[test]
fn a_run_of_another_commit_is_told() {
    let run = main_run(|it| it.run.commit = "fedcba9876543210".to_owned());
    let others = objections::of_another_tree(&run, &Evidence::new(), Some(HEAD));
    assert_eq!(others, ["simulation ran on fedcba987"]);
}

#[test]
fn a_run_of_a_changed_tree_is_told() {
    let run = main_run(|it| it.run.dirty = Some(true));
    let others = objections::of_another_tree(&run, &Evidence::new(), Some(HEAD));
    assert_eq!(others, ["simulation ran on a tree that was changed since 012345678"]);
}

#[test]
fn a_run_of_an_unknown_commit_is_told() {
    let run = main_run(|it| (it.run.commit, it.run.dirty) = (figures::UNKNOWN.to_owned(), None));
    for head in [Some(HEAD), None] {
        assert_eq!(objections::of_another_tree(&run, &Evidence::new(), head).len(), 1);
    }
}

#[test]
fn a_run_of_this_commit_is_taken_and_so_is_what_is_kept() {
    let run = main_run(|_| ());
    assert!(objections::of_another_tree(&run, &Evidence::new(), Some(HEAD)).is_empty());
    let later = Some("fedcba9876543210");
    assert!(objections::of_another_tree(&run, &run, later).is_empty());
    assert_eq!(objections::of_another_tree(&run, &Evidence::new(), later).len(), 1);
}

#[test]
fn a_crash_run_in_which_a_function_never_crashed_is_refused() {
    let crashes = |played: u64| {
        let rows = json!([{ "function": "POST auctions", "known": 9, "played": played }]);
        let figures = figures(json!({
            "kind": "crashes", "crash points played": 2, "crash points by function": rows,
        }));
        Evidence::from([("crashes".to_owned(), figures)])
    };
    assert!(objections::that_show_less(&crashes(2)).is_empty());
    assert_shows_less(&crashes(0), "POST auctions never crashed");
}

#[test]
fn a_crash_run_that_crashed_nothing_is_refused() {
    let nothing = figures(json!({ "kind": "crashes", "crash points played": 0 }));
    let nothing = Evidence::from([("crashes".to_owned(), nothing)]);
    assert_shows_less(&nothing, "no invocation crashed");
}

#[test]
fn what_is_checked_in_is_no_less_than_what_the_page_says() {
    let kept = kept(&crate::root()).unwrap();
    assert_eq!(objections::that_show_less(&kept), Vec::<String>::new());
}

#[test]
fn the_page_is_what_the_figures_say() {
    let root = crate::root();
    let page = fs::read_to_string(root.join(PAGE)).unwrap();
    let all = kept(&root).unwrap();
    assert!(page == render::page(&all), "stale, run `cargo xtask evidence --write`");
}
