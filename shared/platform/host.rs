//! The Lambda host: `_HANDLER` names one function of the binary, and only that one answers.

use std::{panic::AssertUnwindSafe, process::ExitCode, sync::Arc, time::Duration};

use futures::FutureExt;
use kernel::{Clock as _, Instant, Span};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::{Value, json};
use store::{
    Store,
    meter::{Meter, measured},
};

use crate::{
    App, Config, Delivery, Failure, Function, LogLines as _, Secret, StdoutLog, SystemClock,
    SystemEntropy, Trigger,
    app::Parts,
    aws,
    config::variable,
    current::work_as,
    deadline::in_time,
    failure::panicked,
    http,
    log::{Details, Invocation, InvocationLine},
    queue,
    renewal::Renewal,
    secrets::SecretSource,
    stream,
    trigger::Tick,
};

/// A tenth of a warm bid cheaper than the system's (ADR 8).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much of a Lambda's time is kept for saying what did not get done.
const DEADLINE_MARGIN: Span = Span::millis(500);
/// How long a start waits for its connection to the tables. Without, the first request opens it.
const WARM_UP_MAX: Duration = Duration::from_secs(1);
/// Why a function must not start with a configuration, if anything.
pub type Requirement = fn(&Function, &Config) -> Option<&'static str>;

/// A context's `main`: serves the function that `_HANDLER` names until Lambda ends the process.
pub fn main(functions: &'static [&'static Function]) -> ExitCode {
    main_requiring(functions, |_, _| None)
}

/// [`main`] for a context some of whose functions refuse to start without what they promise by.
pub fn main_requiring(
    functions: &'static [&'static Function],
    requirement: Requirement,
) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(functions, requirement)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let line = json!({ "level": "error", "failure": failure.to_string() });
            StdoutLog.line(&line);
            ExitCode::FAILURE
        }
    }
}

async fn run(
    functions: &'static [&'static Function],
    requirement: Requirement,
) -> Result<(), Failure> {
    let handler = variable("_HANDLER")?;
    let function = functions.iter().find(|function| function.name == handler);
    let function = *function.ok_or_else(|| Failure::new(format!("no function {handler}")))?;
    let app = Box::pin(start(function, requirement)).await?;
    let ended = match &function.trigger {
        Trigger::Http(http) if http.delivery == Delivery::Streamed => {
            lambda_http::run_with_streaming_response(http::standalone(function, app)).await
        }
        Trigger::Http(_) => lambda_http::run(http::standalone(function, app)).await,
        _ => {
            let work = service_fn(|event: LambdaEvent<Value>| {
                let app = app.clone();
                let end = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
                let left = (Instant::from_millis(end) - DEADLINE_MARGIN).since(app.clock.now());
                let answer = invoke_within(function, app, event.payload, left);
                async move { answer.await.map_err(|failure| failure.to_string()) }
            });
            lambda_runtime::run(work).await
        }
    };
    ended.map_err(Failure::new)
}

/// The connection to the tables and the secrets side by side; then what is made of both. A function
/// without secrets asks for none.
async fn start(function: &'static Function, requirement: Requirement) -> Result<App, Failure> {
    let config = Config::from_env()?;
    let sdk = aws::sdk_config(function.attempts)?;
    let store = Store::new(&sdk, config.table_prefix.clone());
    let needed = Secret::ALL.into_iter().filter(|secret| function.needs(*secret));
    let source = SecretSource::of(needed, &sdk)?;
    let now = SystemClock.now();
    let (connected, secrets) = tokio::join!(connect(function, &store), source.read(now));
    let config = config.armed(secrets?)?;
    if let Some(fault) = requirement(function, &config) {
        return Err(Failure::new(format!("{}: {fault}", function.id())));
    }
    let parts = Parts {
        config,
        sdk,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        log: Arc::new(StdoutLog),
    };
    let renewal = Renewal::of(source, Some(function.id()), function.issues_tokens());
    let app = App::on(store, parts, renewal)?;
    if let Err(failure) = connected {
        app.warn(now, "started without a connection to the tables", failure);
    }
    app.secrets_are_read(now).await;
    Ok(app)
}

/// On a laptop, where one process is every function: all secrets of the stack.
pub async fn start_whole(parts: Parts) -> Result<App, Failure> {
    let Parts { config, sdk, clock, .. } = &parts;
    let source = SecretSource::all(&config.table_prefix, sdk);
    let secrets = source.read(clock.now()).await?;
    let store = Store::new(sdk, config.table_prefix.clone());
    let config = Config { secrets, ..config.clone() };
    let app = App::on(store, Parts { config, ..parts }, Renewal::of(source, None, true))?;
    app.secrets_are_read(app.clock.now()).await;
    Ok(app)
}

/// Opens the connection that the first request will use, if `function` uses tables: a start has a
/// whole processor, a small function's request a fraction of one. That it fails is no reason not to
/// start.
async fn connect(function: &'static Function, store: &Store) -> Result<(), Failure> {
    if function.grants.is_empty() {
        return Ok(());
    }
    match tokio::time::timeout(WARM_UP_MAX, store.connect()).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(Failure::new("no answer in time")),
    }
}

/// Runs one invocation of `function` from its Lambda payload: what the embedded cloud and the
/// event tests do, and Lambda with the time that is left.
pub async fn invoke(
    function: &'static Function,
    app: App,
    payload: Value,
) -> Result<Value, Failure> {
    let whole = Span::seconds(i64::from(function.timeout_s));
    invoke_within(function, app, payload, whole).await
}

/// Like [`invoke`]. What a worker has not finished after `left` fails in time to say so: of a
/// batch, only those messages come again.
async fn invoke_within(
    function: &'static Function,
    app: App,
    payload: Value,
    left: Span,
) -> Result<Value, Failure> {
    if matches!(function.trigger, Trigger::Http(_)) {
        return http::invoke(function, app, payload).await;
    }
    let started = std::time::Instant::now();
    let now = app.clock.now();
    app.renew(now).await;
    let request_id = app.entropy.uuid(now).to_string();
    let meter = Arc::new(Meter::default());
    let work = AssertUnwindSafe(work(function, app.clone(), payload, left)).catch_unwind();
    let work = work_as(function, &request_id, measured(Arc::clone(&meter), work));
    let outcome = match work.await {
        Ok(outcome) => outcome,
        Err(panic) => Err(panicked(&*panic)),
    };
    let failures = match &outcome {
        Ok((_, failures)) => failures.clone(),
        Err(failure) => vec![failure.to_string()],
    };
    app.log.invocation(&InvocationLine::of(&Invocation {
        function: function.id(),
        now,
        request_id: &request_id,
        elapsed: started.elapsed(),
        meter: &meter,
        failed: !failures.is_empty(),
        details: Details::Work { failures: &failures },
    }));
    outcome.map(|(answer, _)| answer)
}

async fn work(
    function: &'static Function,
    app: App,
    payload: Value,
    left: Span,
) -> Result<(Value, Vec<String>), Failure> {
    match &function.trigger {
        Trigger::Queue(queue) => {
            let event = serde_json::from_value(payload)?;
            Ok(queue::consume(queue, &app, event, left).await)
        }
        Trigger::Stream(stream) => {
            let event = serde_json::from_value(payload)?;
            Ok(stream::consume(stream, &app, event, left).await)
        }
        Trigger::Schedule(schedule) => {
            let tick = Tick { now: app.clock.now(), input: payload };
            in_time(left, (schedule.handle)(app, tick)).await?;
            Ok((Value::Null, Vec::new()))
        }
        Trigger::Http(_) => Err(Failure::new("HTTP functions have their own host")),
    }
}
