//! `differential`: do our engine and another one answer alike? `cargo xtask differential` builds it
//! first.

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use anyhow::{Context, bail};
use figures::{Figures, Run};
use jangteo_engines::differential::{KNOWN, LocalTarget, Remote, Report, Target, run as compare};

const OPS_DEFAULT: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Options {
    ops: usize,
    seed: u64,
    /// `dynoxide`, or where a DynamoDB listens.
    against: String,
}

/// Makes the same calls on both, compares, and says what was compared.
#[expect(clippy::print_stdout, reason = "the report is what was asked for")]
fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = read(&arguments)?;
    let root = root();
    let run = Run::begin(&root, "cargo xtask differential", &arguments);
    let mut theirs: Box<dyn Target> = match options.against.as_str() {
        "dynoxide" => Box::new(LocalTarget::dynoxide()),
        url => Box::new(Remote::new(url).with_context(|| format!("reaching {url}"))?),
    };
    let begun = Instant::now();
    let report = compare(options.seed, options.ops, &mut LocalTarget::memory(), &mut *theirs)?;
    let seconds = begun.elapsed().as_secs();
    println!("{}", text(&options, &report, seconds));
    let measures = measures(&report).into_iter().map(|(name, count)| (name, count.into()));
    Figures::new(run, measures).leave(&root, options.part())?;
    Ok(())
}

fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).map_or_else(PathBuf::new, PathBuf::from)
}

impl Options {
    /// Under which name the page of evidence has the figures.
    fn part(&self) -> &'static str {
        if self.against == "dynoxide" {
            "differential-dynoxide"
        } else {
            "differential-dynamodb-local"
        }
    }
}

fn read(arguments: &[String]) -> anyhow::Result<Options> {
    let mut options = Options { ops: OPS_DEFAULT, seed: 1, against: "dynoxide".to_owned() };
    let mut rest = arguments.iter();
    while let Some(flag) = rest.next() {
        let value = rest.next().with_context(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--ops" => options.ops = value.parse().context("--ops is a number")?,
            "--seed" => options.seed = value.parse().context("--seed is a number")?,
            "--against" => options.against.clone_from(value),
            _ => bail!("unknown: {flag} (--ops N, --seed N, --against dynoxide|URL)"),
        }
    }
    Ok(options)
}

fn text(options: &Options, report: &Report, seconds: u64) -> String {
    let counts = |counts: &BTreeMap<String, usize>| {
        let counts = counts.iter().map(|(name, count)| format!("  {name:<40}{count:>9}"));
        counts.collect::<Vec<_>>().join("\n")
    };
    let reason = |name: &str| {
        let known = KNOWN.iter().find(|known| known.name == name);
        known.map_or("the other engine writes it, DynamoDB does not", |known| known.reason)
    };
    let known = report.known.iter();
    let known = known.map(|(name, count)| format!("  {name:<40}{count:>9}  {}", reason(name)));
    let known: Vec<_> = known.collect();
    format!(
        "{} steps from seed {} against {} in {seconds} s: no unexplained difference\n\
         calls\n{}\nrefusals\n{}\nstream records{:>35}\nknown differences\n{}",
        report.steps,
        options.seed,
        options.against,
        counts(&report.calls),
        counts(&report.refusals),
        report.records,
        known.join("\n")
    )
}

/// What was compared, for the page of evidence.
fn measures(report: &Report) -> BTreeMap<String, usize> {
    let mut measures = BTreeMap::new();
    measures.insert("steps compared".to_owned(), report.steps);
    measures.insert("refusals among them".to_owned(), report.refusals.values().sum());
    measures.insert("stream records compared".to_owned(), report.records);
    measures.insert("unexplained differences".to_owned(), 0);
    for (name, count) in &report.known {
        measures.insert(format!("known difference {name}"), *count);
    }
    measures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let read_words = |text: &str| read(&words(text));
        let options = read_words("--ops 5 --against http://127.0.0.1:8000 --seed 3").unwrap();
        let against = "http://127.0.0.1:8000".to_owned();
        assert_eq!(options, Options { ops: 5, seed: 3, against });
        assert_eq!(options.part(), "differential-dynamodb-local");
        assert_eq!(read_words("--ops 5").unwrap().part(), "differential-dynoxide");
        assert!(read_words("--ops many").is_err());
        assert!(read_words("--ops").is_err());
        assert!(read_words("--more 1").is_err());
    }
}
