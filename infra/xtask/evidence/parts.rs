//! What is claimed, and who shows it.

use std::collections::BTreeMap;

use figures::Figures;

/// One claim that is checked by running something.
#[derive(Debug)]
pub struct Part {
    /// The name of its file, without `.json`.
    pub name: &'static str,
    pub title: &'static str,
    /// What it shows, in a sentence.
    pub shows: &'static str,
    pub when: When,
}

/// Who runs a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// `.ci/run`, every time.
    EveryRun,
    /// `.ci/nightly`: it takes too long for every run.
    Nightly,
    /// A developer: it takes an engine for containers, or hours.
    ByHand,
}

/// In the order of the page.
pub const PARTS: &[Part] = &[
    Part {
        name: "simulation",
        title: "The whole market, simulated",
        shows: "Real handlers and workers, one thread a seed, virtual time, faults; the invariants \
                are judged from committed rows.",
        when: When::EveryRun,
    },
    Part {
        name: "crashes",
        title: "A crash at every step",
        shows: "Invocations that change something, of routes and of workers, are broken off after \
                a cloud call, before the next one, or when only the answer is left.",
        when: When::EveryRun,
    },
    Part {
        name: "seeded-bugs",
        title: "The checker, checked",
        shows: "Bugs put in on purpose, on the wire: each must be found, and none without them.",
        when: When::EveryRun,
    },
    Part {
        name: "seeded-bugs-source",
        title: "The checker, checked: bugs in the source",
        shows: "The same with patched sources, built and simulated one by one.",
        when: When::Nightly,
    },
    Part {
        name: "agreement",
        title: "The rules twice",
        shows: "Random auctions by the product's rules and by those of the oracle, compared after \
                every step.",
        when: When::Nightly,
    },
    Part {
        name: "mutants",
        title: "Mutants of the rules and the store",
        shows: "What `cargo-mutants` changed, and how many of the changes a test noticed.",
        when: When::ByHand,
    },
    Part {
        name: "differential-dynoxide",
        title: "Two engines",
        shows: "The same random calls on our engine and on the engine crate.",
        when: When::EveryRun,
    },
    Part {
        name: "differential-dynamodb-local",
        title: "A third engine",
        shows: "The same against AWS's own DynamoDB Local.",
        when: When::EveryRun,
    },
    Part {
        name: "package",
        title: "Packages",
        shows: "What `cargo lambda build` makes of every context.",
        when: When::Nightly,
    },
    Part {
        name: "instructions",
        title: "Instructions",
        shows: "Counted by callgrind, so the same on a busy machine.",
        when: When::Nightly,
    },
    Part {
        name: "bench-hot-auction",
        title: "A hot auction",
        shows: "One item of 1,000 write units a second, in virtual time, offered ever more bids.",
        when: When::Nightly,
    },
    Part {
        name: "second-cloud",
        title: "A second cloud",
        shows: "The functions (which binaries, is below) and the real template on a cloud that is \
                not ours.",
        when: When::EveryRun,
    },
    Part {
        name: "sam-local",
        title: "SAM local",
        shows: "`sam local invoke` and `sam local start-api` in containers against `cargo dev`.",
        when: When::ByHand,
    },
    Part {
        name: "budgets",
        title: "Budgets",
        shows: "Calls, units and messages of every function and outcome (`infra/docs/budgets.md`), \
                and what the grants and the stack come to.",
        when: When::EveryRun,
    },
    Part {
        name: "fuzz",
        title: "The contract, fuzzed",
        shows: "Generated requests against the running marketplace and its API reference.",
        when: When::EveryRun,
    },
];

/// Figures by part.
pub type Evidence = BTreeMap<String, Figures>;
