//! The developer's commands. A library, so that tests can ask what the commands ask.

pub mod agreement;
pub mod audit;
pub mod bench;
pub mod bootstrap;
pub mod check;
pub mod dev;
pub mod differential;
pub mod endpoint;
pub mod events;
pub mod evidence;
pub mod generate;
pub mod instructions;
pub mod lock;
pub mod migrate;
pub mod package;
pub mod rebuild;
mod root;
pub mod rotate;
pub mod sam;
pub mod seeded_bugs;
pub mod simulate;
pub mod tidy;
pub mod verify;

#[cfg(test)]
mod tests;

pub use root::root;

/// One subcommand of `cargo xtask`.
#[derive(Debug)]
pub struct Command {
    pub name: &'static str,
    /// One line, for the usage text.
    pub summary: &'static str,
    /// Runs it with the arguments after its name.
    pub run: fn(&[String]) -> anyhow::Result<()>,
}

/// Every subcommand, one a line.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "dev",
        summary: "the whole marketplace on the embedded cloud (cargo dev)",
        run: dev::run,
    },
    Command {
        name: "verify-auction",
        summary: "recompute chain, winner and price of an exported ledger: <export.json>",
        run: verify::run,
    },
    Command {
        name: "audit",
        summary: "recompute every balance from the journal: [--data FOLDER | --endpoint URL]",
        run: audit::run,
    },
    Command {
        name: "rebuild",
        summary: "recompute what the market looks like: [--data FOLDER | --endpoint URL] [--check]",
        run: rebuild::run,
    },
    Command {
        name: "migrate",
        summary: "bring the data of an older cargo dev to this version: [--data FOLDER]",
        run: migrate::run,
    },
    Command {
        name: "differential",
        summary: "compare the engines: [--ops N] [--seed N] [--against dynoxide | URL]",
        run: differential::run,
    },
    Command {
        name: "gen",
        summary: "write what follows from the functions: templates, API reference [--check]",
        run: generate::run,
    },
    Command {
        name: "evidence",
        summary: "the figures of the last runs, in one block; --write: infra/docs/evidence.md",
        run: evidence::run,
    },
    Command {
        name: "simulate",
        summary: "play the whole market with faults: [crash [--ends]] [--seeds A..B] …",
        run: simulate::run,
    },
    Command {
        name: "seeded-bugs",
        summary: "put bugs in, see that each is found: [--only NAME] [--seeds A..B] [--source] …",
        run: seeded_bugs::run,
    },
    Command {
        name: "agreement",
        summary: "the product's rules and the oracle's on random auctions: [--auctions N] …",
        run: agreement::run,
    },
    Command {
        name: "check",
        summary: "format, lints, generated files, house rules, locked crates",
        run: check::run,
    },
    Command {
        name: "package",
        summary: "build, zip, weigh what is deployed: [--arch x86_64|arm64] [--context NAME]",
        run: package::run,
    },
    Command {
        name: "instructions",
        summary: "count what a start and a warm bid of the release binaries cost: [CONTEXT]",
        run: instructions::run,
    },
    Command {
        name: "sam-env",
        summary: "the variables of functions that SAM runs against cargo dev [--endpoint URL]",
        run: sam::run,
    },
    Command {
        name: "rotate-secret",
        summary: "add a key: signing|sealing|payment|wallet [--now] [--data FOLDER | --aws]",
        run: rotate::run,
    },
    Command {
        name: "bench",
        summary: "a hot auction in virtual time, a laptop's throughput (--release): [--quick]",
        run: bench::run,
    },
];

/// What `cargo xtask` without a command prints.
#[must_use]
pub fn usage() -> String {
    let lines = COMMANDS.iter().map(|command| format!("  {:<16}{}", command.name, command.summary));
    let lines: Vec<String> = lines.collect();
    format!("usage: cargo xtask <command>\n\n{}", lines.join("\n"))
}
