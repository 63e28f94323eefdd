//! Idioms that were given up: each a text that product code does not hold any more, and what took
//! its place.

/// What is looked for, without regard to line breaks inside a chain of calls; after `\n` only where
/// a line begins.
struct GivenUp {
    text: &'static str,
    instead: &'static str,
}

const COUNTED: &str = "a write has a name: `write_as`, `Label`";
const NAMED: &str = "a retry has a name: `retry::Policy`";

const GIVEN_UP: &[GivenUp] = &[
    GivenUp { text: "Transaction::new().write(", instead: COUNTED },
    GivenUp { text: "Transaction::new().writes(", instead: COUNTED },
    GivenUp { text: "transaction.write(", instead: COUNTED },
    GivenUp { text: "transaction.writes(", instead: COUNTED },
    GivenUp { text: "\n.write(", instead: COUNTED },
    GivenUp { text: "\n.writes(", instead: COUNTED },
    GivenUp { text: "transaction.len()", instead: COUNTED },
    GivenUp { text: "Condition { index", instead: COUNTED },
    GivenUp { text: "Condition { position", instead: COUNTED },
    GivenUp { text: "found.get(", instead: "a batch read is typed: `Batch::ask`, `Found::of`" },
    GivenUp { text: "for attempt in", instead: NAMED },
    GivenUp { text: "attempt += 1", instead: NAMED },
    GivenUp { text: "attempts += 1", instead: NAMED },
    GivenUp { text: "fn backoff(", instead: NAMED },
    GivenUp { text: "in 0..ATTEMPTS", instead: NAMED },
    GivenUp { text: "in 0..ROUNDS", instead: NAMED },
    GivenUp { text: "in 0..TRIES", instead: NAMED },
    GivenUp { text: "in 0..RETRIES", instead: NAMED },
    GivenUp { text: "ATTEMPTS_MAX:", instead: NAMED },
    GivenUp { text: "ROUNDS_MAX:", instead: NAMED },
];

/// Where each idiom's successor is made.
const MAKERS: &[&str] = &["shared/store/batch.rs", "shared/store/retry.rs"];

/// Files of a context that only its tests are made of.
const TESTING: &[&str] =
    &["/tests", "/fixture", "/scene", "/world", "/storms", "/walk", "/cases", "/faults"];

/// The line of every idiom that was given up, and what stands for it now.
pub(super) fn given_up(name: &str, text: &str) -> Vec<(usize, String)> {
    if !is_product(name) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        // A chain of calls may be broken before its dot.
        let next = lines.get(index.saturating_add(1)).map_or("", |next| next.trim());
        let next = if next.starts_with('.') { next } else { "" };
        let chain = ["\n", line.trim(), next].concat();
        for GivenUp { text, instead } in GIVEN_UP {
            if chain.contains(text) && !next.contains(text) {
                found.push((index.saturating_add(1), format!("`{}`: {instead}", text.trim())));
            }
        }
    }
    found
}

fn is_product(name: &str) -> bool {
    let product = name.starts_with("functions/") || name.starts_with("shared/");
    product && !MAKERS.contains(&name) && !TESTING.iter().any(|part| name.contains(part))
}
