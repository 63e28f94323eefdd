//! What `simulate` is asked for on its command line.

use anyhow::{Context as _, bail, ensure};

use crate::{Faults, Options, crash_plan::Reach};

const USAGE: &str = "\
usage: cargo xtask simulate [crash [--ends]] [options]

  crash          break off invocations, one a run, on a short and quiet market
  --ends         only in the first and the last step of every function
  --seeds A..B   which seeds (1..20; crash: 1..2)
  --ops N        how many steps the market's people take in a seed (600; crash: 200)
  --seconds S    end after so long; seeds without end
  --replay SEED  one seed, and its history
  --json FILE    where the figures go
  --quiet        nothing goes wrong
  --dynoxide     on the engine crate instead of our own engine";

/// What kind of run it is: each leaves its figures in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The main run: seeds with faults.
    Faults,
    Quiet,
    Dynoxide,
    Crashes,
    Replay,
}

impl Kind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Faults => "faults",
            Self::Quiet => "quiet",
            Self::Dynoxide => "dynoxide",
            Self::Crashes => "crashes",
            Self::Replay => "replay",
        }
    }

    /// The file of its figures, without folder and `.json`.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Faults => "simulation",
            Self::Quiet => "simulation-quiet",
            Self::Dynoxide => "simulation-dynoxide",
            Self::Crashes => "crashes",
            Self::Replay => "simulation-replay",
        }
    }
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Break off invocations, instead of playing seeds.
    pub crash: Option<Reach>,
    pub first: u64,
    pub last: u64,
    pub steps: u32,
    pub seconds: Option<u64>,
    pub replay: Option<u64>,
    pub json: Option<String>,
    pub quiet: bool,
    pub dynoxide: bool,
}

impl Ask {
    pub fn read(arguments: &[String]) -> anyhow::Result<Self> {
        let crash = arguments.first().is_some_and(|word| word == "crash");
        let mut ask = Self {
            crash: crash.then_some(Reach::All),
            first: 1,
            last: if crash { 2 } else { 20 },
            steps: if crash { 200 } else { 600 },
            seconds: None,
            replay: None,
            json: None,
            quiet: false,
            dynoxide: false,
        };
        let mut left = arguments.iter().skip(usize::from(crash));
        while let Some(name) = left.next() {
            let mut value =
                || left.next().with_context(|| format!("{name} wants a value\n\n{USAGE}"));
            match name.as_str() {
                "--quiet" => ask.quiet = true,
                "--dynoxide" => ask.dynoxide = true,
                "--ends" if crash => ask.crash = Some(Reach::Ends),
                "--seeds" => {
                    let (first, last) = value()?.split_once("..").context(USAGE)?;
                    (ask.first, ask.last) = (first.parse()?, last.parse()?);
                }
                "--ops" => ask.steps = value()?.parse()?,
                "--seconds" => ask.seconds = Some(value()?.parse()?),
                "--replay" => ask.replay = Some(value()?.parse()?),
                "--json" => ask.json = Some(value()?.clone()),
                other => bail!("{other}?\n\n{USAGE}"),
            }
        }
        ensure!(ask.first <= ask.last, "no seeds\n\n{USAGE}");
        Ok(ask)
    }

    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self { replay: Some(_), .. } => Kind::Replay,
            Self { crash: Some(_), .. } => Kind::Crashes,
            Self { quiet: true, .. } => Kind::Quiet,
            Self { dynoxide: true, .. } => Kind::Dynoxide,
            _ => Kind::Faults,
        }
    }

    /// A run of one seed. Where invocations are broken off, nothing else goes wrong.
    #[must_use]
    pub fn options(&self, seed: u64) -> Options {
        let quiet = self.quiet || self.crash.is_some();
        Options {
            faults: if quiet { Faults::None } else { Faults::All },
            dynoxide: self.dynoxide,
            short: self.crash.is_some(),
            answers_wait: self.crash.is_some(),
            ..Options::new(seed, self.steps)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> anyhow::Result<Ask> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Ask::read(&words)
    }

    #[test]
    fn every_kind_of_run_has_a_file_of_its_own() {
        let kinds = ["", "--quiet", "--dynoxide", "crash", "crash --ends", "--replay 7"];
        let files: Vec<_> = kinds.iter().map(|words| read(words).unwrap().kind().file()).collect();
        let due = [
            "simulation",
            "simulation-quiet",
            "simulation-dynoxide",
            "crashes",
            "crashes",
            "simulation-replay",
        ];
        assert_eq!(files, due);
        assert_eq!(read("--replay 7 --quiet").unwrap().kind(), Kind::Replay);
    }

    #[test]
    fn crashes_are_played_on_short_and_quiet_markets() {
        let options = read("crash --ops 50").unwrap().options(3);
        assert_eq!((options.faults, options.short, options.steps), (Faults::None, true, 50));
        assert_eq!(read("--ops 50").unwrap().options(3).faults, Faults::All);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in ["--seeds 3", "--seeds 3..1", "--ends", "--ops", "--wind 3", "crash crash"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
