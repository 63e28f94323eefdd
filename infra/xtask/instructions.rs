//! `cargo xtask instructions [CONTEXT]`: what the real release binaries cost, counted by callgrind
//! instead of timed: a count is the same on a busy machine.
//!
//! A start is counted from exec until the binary asks the Runtime API for its first event: the
//! stand-in that is asked ends the process, and callgrind writes down the whole of it. The price of
//! one warm bid is the difference between a process that took 2 N bids and one that took N,
//! divided by N: what happens once per process is in both. The bids go through the embedded
//! cloud's AWS endpoint, each is accepted, and all are of one shape.
//!
//! The AWS endpoint is plain HTTP here, so a TLS handshake is in no figure. callgrind plays a
//! processor without instructions for SHA-256: where there are some, hashing costs a tenth.
//!
//! The domain's own decisions are counted in the same way, of a binary that does nothing else.
//!
//! Of one context alone it is sooner known what a change of it brings; no figures are kept then.

mod count;
mod decisions;
mod market;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use local::Cloud;
use platform::{Function, Secret};
use registry::CONTEXTS;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{
    bootstrap::{self, Ports, Said},
    evidence::{self, Measures},
    package,
};
use count::{Line, total};
use market::Market;

/// From exec to the first question for an event: what it takes today, and a tenth. 3 M is what was
/// promised.
const START_INSTRUCTIONS_MAX: u64 = 2_500_000;
/// The same of a function that reads one or more secrets.
const START_WITH_SECRETS_INSTRUCTIONS_MAX: u64 = 2_700_000;
/// One invocation that places a bid, SDK included: what it takes today (1,151,425, of which the
/// session's read is a part), and a hundredth. May only fall; 1,200,000 is what was promised.
///
/// Where they go is in `infra/docs/performance.md`. The most are those of the SDK's two calls, a
/// third of them for signatures (callgrind's processor has no instructions for SHA-256), and the
/// receipt's (Ed25519: 135,000).
const BID_INSTRUCTIONS_MAX: u64 = 1_163_000;
/// What a process holds in memory when it first asks for an event: what `performance.md` asks for.
///
/// Two megabytes above what is measured: pages differ between kernels and runs.
const START_RSS_KIB_MAX: u64 = 12_000_000 / 1024;
/// The N of N and 2 N.
const BIDS: u32 = 50;
/// callgrind runs at a fiftieth of the speed, and the machine may be busy.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Measures, prints a table, fails when a figure is above its limit. Needs `valgrind`, and the
/// binaries that `cargo xtask package` makes for this machine.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let run = evidence::begin("instructions", arguments);
    let only = match arguments {
        [] => None,
        [context] => Some(context.as_str()),
        _ => bail!("usage: cargo xtask instructions [CONTEXT]"),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let lines = runtime.block_on(measure(only))?;
    println!("{}", table(&lines));
    if only.is_none() {
        let measures: Measures =
            lines.iter().map(|line| (line.name.clone(), line.figure)).collect();
        evidence::leave("instructions", &run, measures)?;
    }
    let above: Vec<&str> =
        lines.iter().filter(|line| line.figure > line.max).map(|line| line.name.as_str()).collect();
    ensure!(above.is_empty(), "above the limit: {}", above.join(", "));
    Ok(())
}

fn table(lines: &[Line]) -> String {
    let row = |line: &Line| {
        let Line { name, figure, max } = line;
        format!("\n{name:<40}{figure:>12}{max:>12}")
    };
    let rows: String = lines.iter().map(row).collect();
    format!("{:<40}{:>12}{:>12}{rows}", "", "measured", "at most")
}

async fn measure(only: Option<&str>) -> anyhow::Result<Vec<Line>> {
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let mut lines = Vec::new();
    for context in CONTEXTS.iter().filter(|context| wanted(context.name)) {
        lines.extend(start(context).await?);
    }
    ensure!(!lines.is_empty(), "no context {}", only.unwrap_or_default());
    if wanted("auction") {
        lines.push(warm_bid().await?);
    }
    if only.is_none() {
        lines.extend(decisions::lines()?);
    }
    Ok(lines)
}

/// What a start of the context's binary costs, as a function without secrets and as one with.
async fn start(context: &registry::Context) -> anyhow::Result<Vec<Line>> {
    let bare = typical(context, |function| !reads_secrets(function));
    let handler = bare.with_context(|| format!("{} has no such function", context.name))?.name;
    let cloud = market::cloud()?;
    let (_, instructions) = count(&cloud, context.name, handler, &[]).await?;
    let instructions = Line {
        name: format!("{} start instructions", context.name),
        figure: instructions,
        max: START_INSTRUCTIONS_MAX,
    };
    let memory = Line {
        name: format!("{} start rss_kib", context.name),
        figure: resident(&cloud, context.name, handler).await?,
        max: START_RSS_KIB_MAX,
    };
    let mut lines = vec![instructions, memory];
    if let Some(reader) = typical(context, reads_secrets) {
        let (_, instructions) = count(&cloud, context.name, reader.name, &[]).await?;
        lines.push(Line {
            name: format!("{} start_with_secrets instructions", context.name),
            figure: instructions,
            max: START_WITH_SECRETS_INSTRUCTIONS_MAX,
        });
    }
    Ok(lines)
}

fn reads_secrets(function: &Function) -> bool {
    Secret::ALL.into_iter().any(|secret| function.needs(secret))
}

async fn warm_bid() -> anyhow::Result<Line> {
    let few = bids(BIDS).await?;
    let many = bids(2 * BIDS).await?;
    Ok(Line {
        name: "auction warm_bid instructions".to_owned(),
        figure: many.saturating_sub(few) / u64::from(BIDS),
        max: BID_INSTRUCTIONS_MAX,
    })
}

/// The context's first function of a kind that touches a table: most do, and their start costs
/// most.
fn typical(
    context: &registry::Context,
    is_wanted: impl Fn(&Function) -> bool,
) -> Option<&'static Function> {
    let mut all = context.functions.iter().copied();
    all.find(|function| !function.grants.is_empty() && is_wanted(function))
}

/// The instructions of a process that places `number` bids.
async fn bids(number: u32) -> anyhow::Result<u64> {
    let cloud = market::cloud()?;
    let events = Market::open(&cloud).await?.bids(number)?;
    let (answers, instructions) = count(&cloud, "auction", "place_bid", &events).await?;
    for answer in answers {
        let status = answer.get("statusCode").and_then(Value::as_u64);
        ensure!(status == Some(201), "a bid was not accepted: {answer}");
    }
    Ok(instructions)
}

/// What the function answered to `events`, and how many instructions its process took from exec
/// until it asked for one event more.
async fn count(
    cloud: &Cloud,
    context: &str,
    handler: &str,
    events: &[Value],
) -> anyhow::Result<(Vec<Value>, u64)> {
    let binary = binary(context)?;
    // Left there for `callgrind_annotate`, which names functions if the binary was not stripped.
    let counts = format!("target/lambda/{context}-{handler}-{}.callgrind", events.len());
    let counts = crate::root().join(counts);
    let start = |ports| {
        let mut command = bootstrap::command(Path::new("valgrind"), ports, handler);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.args(["--tool=callgrind", "--quiet"]);
        command.arg(format!("--callgrind-out-file={}", counts.display())).arg(&binary);
        command
    };
    let (mut process, answers) = play(cloud, start, events).await?;
    // Ended in this way callgrind writes what it counted.
    let id = process.0.id().to_string();
    let status = Command::new("kill").args(["-TERM", &id]).status().context("kill")?;
    ensure!(status.success(), "the process is gone already");
    process.0.wait()?;
    Ok((answers, total(&counts)?))
}

/// The most memory (KiB) that the process held until it asked for its first event.
async fn resident(cloud: &Cloud, context: &str, handler: &str) -> anyhow::Result<u64> {
    let binary = binary(context)?;
    let start = |ports| bootstrap::command(&binary, ports, handler);
    let (process, _) = play(cloud, start, &[]).await?;
    let status = fs::read_to_string(format!("/proc/{}/status", process.0.id()))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|rest| rest.trim().strip_suffix(" kB")).context("no VmHWM")?;
    Ok(peak.trim().parse()?)
}

fn binary(context: &str) -> anyhow::Result<PathBuf> {
    let binary = package::bootstrap(context);
    ensure!(binary.is_file(), "no {}: run `cargo xtask package`", binary.display());
    Ok(binary)
}

/// A process that does not outlive its measurement.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, unless something failed on the way.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// Starts a process, hands it `events` one after the other, and brings it back as it asks for one
/// more, with its answers.
async fn play(
    cloud: &Cloud,
    start: impl FnOnce(Ports) -> Command,
    events: &[Value],
) -> anyhow::Result<(Running, Vec<Value>)> {
    let (mut runtime, routes) = bootstrap::runtime();
    let lambda = socket().await?;
    let aws = socket().await?;
    let ports = Ports { runtime: lambda.local_addr()?.port(), aws: aws.local_addr()?.port() };
    let servers = async {
        tokio::try_join!(axum::serve(lambda, routes), axum::serve(aws, local::endpoint(cloud)),)
    };
    let mut process = start(ports);
    process.stdin(Stdio::null()).stdout(Stdio::null());
    let process = Running(process.spawn().with_context(|| format!("{process:?}"))?);
    let script = async {
        let mut answers = Vec::new();
        let mut left = events.iter();
        loop {
            let said = tokio::time::timeout(ANSWER_WITHIN, runtime.said.recv()).await;
            match said.context("the process says nothing")? {
                Some(Said::Asked) => match left.next() {
                    Some(event) => runtime.events.send(event.clone())?,
                    None => return Ok(answers),
                },
                Some(Said::Answered(answer)) => answers.push(answer),
                Some(Said::Failed(why)) => bail!("the process reports {why}"),
                None => bail!("the Runtime API is gone"),
            }
        }
    };
    let answers = tokio::select! {
        answers = script => answers?,
        ended = servers => bail!("a server ended: {ended:?}"),
    };
    Ok((process, answers))
}

async fn socket() -> anyhow::Result<TcpListener> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?)
}
