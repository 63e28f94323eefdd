//! A context's real binary, started as Lambda starts it: a process with an environment, which asks
//! the Runtime API for an event and posts its answer. The Runtime API is a stand-in.

use std::{collections::BTreeMap, path::Path, process::Command, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::StatusCode;
use platform::Config;
use serde_json::Value;
use tokio::sync::{
    Mutex,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// What a function told the Runtime API.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// It waits for an event.
    Asked,
    Answered(Value),
    /// It could not start, or did not answer the event.
    Failed(String),
}

/// Where a process is told to find Lambda and AWS.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub runtime: u16,
    pub aws: u16,
}

/// The near end of a stand-in for Lambda's Runtime API.
#[derive(Debug)]
pub struct Runtime {
    /// Events to hand out, one each time the function asks.
    pub events: UnboundedSender<Value>,
    pub said: UnboundedReceiver<Said>,
}

#[derive(Clone)]
struct Api {
    events: Arc<Mutex<UnboundedReceiver<Value>>>,
    said: UnboundedSender<Said>,
}

/// A Runtime API for one process, and the routes it answers.
pub fn runtime() -> (Runtime, Router) {
    let (events, handed_out) = unbounded_channel();
    let (says, said) = unbounded_channel();
    let api = Api { events: Arc::new(Mutex::new(handed_out)), said: says };
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
        .route("/2018-06-01/runtime/init/error", post(failed))
        .with_state(api);
    (Runtime { events, said }, router)
}

async fn next(State(api): State<Api>) -> Response {
    api.tell(Said::Asked);
    let Some(event) = api.events.lock().await.recv().await else {
        // Nothing more to do, ever: whoever started the process ends it.
        return std::future::pending().await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", "11111111-2222-7333-8444-555555555555"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:ap-northeast-2:0:function:f"),
        ("content-type", "application/json"),
    ];
    (headers, event.to_string()).into_response()
}

async fn answered(State(api): State<Api>, body: Bytes) -> StatusCode {
    api.tell(Said::Answered(serde_json::from_slice(&body).unwrap_or(Value::Null)));
    StatusCode::ACCEPTED
}

async fn failed(State(api): State<Api>, body: Bytes) -> StatusCode {
    api.tell(Said::Failed(String::from_utf8_lossy(&body).into_owned()));
    StatusCode::ACCEPTED
}

impl Api {
    fn tell(&self, said: Said) {
        // Nobody listens any more: the measurement is over.
        let _over = self.said.send(said);
    }
}

/// `program` (a binary, or what runs it) as the function `handler` in an environment like Lambda's.
#[must_use]
pub fn command(program: &Path, ports: Ports, handler: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment(ports, handler));
    command
}

fn environment(ports: Ports, handler: &str) -> BTreeMap<&'static str, String> {
    let config = Config::local();
    let names = config.names;
    let Ports { runtime, aws } = ports;
    BTreeMap::from([
        ("_HANDLER", handler.to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", format!("127.0.0.1:{runtime}")),
        ("AWS_LAMBDA_FUNCTION_NAME", handler.to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "test".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "test".to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{aws}")),
        ("AWS_REGION", "ap-northeast-2".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("TABLE_PREFIX", config.table_prefix),
        ("EVENT_BUS", names.event_bus),
        ("QUEUE_URL_PREFIX", names.queue_url_prefix),
        ("FUNCTION_ARN_PREFIX", names.function_arn_prefix),
        ("SCHEDULE_GROUP", names.schedule_group),
        ("SCHEDULE_ROLE_ARN", names.schedule_role_arn),
        ("EMAIL_FROM", names.email_from),
        ("ISSUER", config.issuer),
        ("SIGNING_SEED", config.signing_seed),
        ("SEALING_SECRET", config.sealing_secret),
        ("ALLOWED_ORIGINS", config.allowed_origins.join(",")),
        ("SMS_DAILY_MAX", config.sms_daily_max.to_string()),
        ("EMAIL_DAILY_MAX", config.email_daily_max.to_string()),
        ("PAYOUT_BANK", "none".to_owned()),
        ("TOSS_PAYOUT_SECRET_KEY", "test_sk_payouts".to_owned()),
        ("TOSS_PAYOUT_SECURITY_KEY", "6b".repeat(32)),
        ("TOSS_BASE_URL", config.toss_base_url),
        ("TOSS_SECRET_KEY", config.toss_secret_key),
        ("TOSS_CHECKOUT_URL", config.toss_checkout_url),
        ("KAKAOPAY_BASE_URL", config.kakaopay_base_url),
        ("KAKAOPAY_SECRET_KEY", config.kakaopay_secret_key),
        ("KAKAOPAY_CID", config.kakaopay_cid),
        ("PAYMENT_RETURN_URL", config.payment_return_url),
    ])
}
