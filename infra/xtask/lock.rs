//! What may be linked: `deny.toml`'s bans, checked without `cargo-deny`, and what our own crates
//! keep out of each other.

use std::{collections::BTreeSet, process::Command};

use anyhow::{Context as _, ensure};

/// A crate that must not be in the normal dependencies of the shipped binaries.
struct Ban {
    name: &'static str,
    /// Versions below this major (and minor, for 0.x) are banned; none: every version is.
    below: Option<(u64, u64)>,
    reason: &'static str,
}

const BANS: &[Ban] = &[
    Ban { name: "hyper", below: Some((1, 0)), reason: "a second HTTP stack" },
    Ban { name: "rustls", below: Some((0, 23)), reason: "a second TLS stack with open advisories" },
    Ban { name: "ring", below: None, reason: "a second crypto library; aws-lc is linked already" },
    Ban { name: "openssl", below: None, reason: "needs the machine's library" },
];

/// One of our own crates, and what it must not pull in.
struct Floor {
    package: &'static str,
    keeps_out: &'static [&'static str],
}

const FLOORS: &[Floor] = &[
    Floor { package: "jangteo-kernel", keeps_out: &["aws-", "jangteo-", "tokio"] },
    Floor {
        package: "jangteo-domain",
        keeps_out: &["aws-", "jangteo-events", "serde_json", "tokio"],
    },
    // Whoever judges the rules uses none of them.
    Floor { package: "jangteo-oracle", keeps_out: &["jangteo-", "aws-", "tokio"] },
    Floor { package: "jangteo-events", keeps_out: &["aws-", "jangteo-domain", "tokio"] },
    Floor {
        package: "jangteo-store",
        keeps_out: &[
            "jangteo-messaging",
            "aws-sdk-eventbridge",
            "aws-sdk-scheduler",
            "aws-sdk-ses",
            "aws-sdk-sns",
            "aws-sdk-sqs",
        ],
    },
    Floor { package: "jangteo-messaging", keeps_out: &["jangteo-store", "aws-sdk-dynamodb"] },
];

/// Crates of which two versions break something.
const SINGLE: &[&str] = &["jsonwebtoken", "aws-lc-rs", "rustls", "axum", "http", "tokio"];

/// The banned crates that some context's binary links, each with its reason.
pub fn faults() -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    let linked = linked_crates("jangteo-registry")?;
    for (name, version) in &linked {
        for ban in BANS.iter().filter(|ban| ban.name == name) {
            if ban.below.is_none_or(|below| number(version) < below) {
                faults.push(format!("{name} {version} is linked: {}", ban.reason));
            }
        }
    }
    for single in SINGLE {
        let versions: Vec<&str> =
            linked.iter().filter(|(name, _)| name == single).map(|(_, v)| v.as_str()).collect();
        if versions.len() > 1 {
            faults.push(format!("{single} is linked in versions {}", versions.join(" and ")));
        }
    }
    Ok(faults)
}

/// What one of our own crates pulls in though it must not.
pub fn floors() -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for floor in FLOORS {
        let linked = linked_crates(floor.package)?;
        let others = linked.iter().filter(|(name, _)| name != floor.package);
        for (name, _) in others {
            if floor.keeps_out.iter().any(|kept_out| name.starts_with(kept_out)) {
                faults.push(format!("{} pulls in {name}", floor.package));
            }
        }
    }
    Ok(faults)
}

/// Name and version of everything that `package` links; the registry links every function.
fn linked_crates(package: &str) -> anyhow::Result<BTreeSet<(String, String)>> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args(["tree", "--offline", "--package", package, "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(crate::root())
        .output()
        .context("cargo tree")?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        Some((name, words.next()?.trim_start_matches('v').to_owned()))
    };
    Ok(text.lines().filter_map(named).collect())
}

/// `0.23.4` → `(0, 23)`.
fn number(version: &str) -> (u64, u64) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}
