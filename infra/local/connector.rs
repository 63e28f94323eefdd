//! The SDK's HTTP client, answered in-process.

use std::{fmt, sync::Arc, task::Poll};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use kernel::Span;
use serde_json::{Map, Value};

use crate::{
    account::Account,
    call::Call,
    dynamo::{self, EngineError, Held, Meter},
    events,
    fault::{FaultKind, Upset},
    hooks::Sabotage,
    knobs::Knobs,
    permissions, s3, scheduler, secrets, sent, sqs,
    unveiling::Owner,
    wire::{self, Protocol, ServiceError},
};

/// Hands requests to the account instead of a socket.
#[derive(Clone)]
pub(crate) struct Connector(pub Arc<Account>);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("embedded cloud")
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let account = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            let user =
                |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::user(error);
            let request = request.try_into_http1x().map_err(|error| user(error.into()))?;
            let (parts, body) = request.into_parts();
            let body = match body.bytes() {
                Some(bytes) => Bytes::copy_from_slice(bytes),
                None => body.collect().await.map_err(user)?.to_bytes(),
            };
            let answer = account.answer_or_lose(Request::from_parts(parts, body)).await;
            let response = answer.map_err(|lost| ConnectorError::timeout(lost.into()))?;
            HttpResponse::try_from(response.map(SdkBody::from)).map_err(|error| user(error.into()))
        })
    }
}

/// The answer never arrived; whether the call took effect is not to be known.
#[derive(Debug, thiserror::Error)]
#[error("the answer was lost on purpose")]
pub(crate) struct Lost;

/// Lets every other task that is ready have its turn, whoever runs the tasks.
pub(crate) async fn give_way() {
    let mut given = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A call with all that faults and figures go by.
#[derive(Clone)]
struct Work {
    call: Call,
    /// As IAM spells it, like `dynamodb:UpdateItem`.
    action: String,
    /// The tables it touches.
    tables: Vec<store::Table>,
    /// The JSON body; null when there is none.
    body: Value,
}

impl Account {
    /// Answers a request of any service, faults included.
    pub(crate) async fn answer_or_lose(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, Lost> {
        // Every call is a point where other tasks get their turn, as over a network.
        give_way().await;
        let Some((before, after)) = self.delays() else {
            let answer = self.answer_at_once(request).await;
            if self.knobs(|knobs| knobs.answers_wait) {
                give_way().await;
            }
            return answer;
        };
        self.clock.sleep(before).await;
        let answer = self.answer_at_once(request).await;
        self.clock.sleep(after).await;
        answer
    }

    async fn answer_at_once(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let mut work = match self.understand(&request) {
            Ok(work) => work,
            Err(error) => return Ok(error.response(Protocol::Json)),
        };
        self.usage(|usage| usage.count(&work.action, &work.tables));
        if let Some(request) = platform::current_request().filter(|_| self.knobs(|on| on.tally)) {
            self.usage(|usage| usage.tally(&request, &work.action, &work.body));
        }
        if let Some(denied) = self.denied(&work) {
            return Ok(denied);
        }
        let fault = self.faults.strike(&work.action, &work.tables);
        if let Some(fault) = fault {
            tracing::debug!(action = work.action, ?fault, "fault injected");
        }
        let sabotage = self.hooks.sabotage(&work.action, &mut work.body);
        let lost = matches!(fault, Some(FaultKind::TimeoutBefore | FaultKind::TimeoutAfter));
        let owner = self.owner();
        // Held to the end: a transaction is under way until it is answered.
        let mut held = self.begin(&work).await;
        if held.is_err() {
            self.faults.note(Upset::TransactionsMet);
        }
        let conflict = held.as_ref().err().map(|error| dynamo::response(Err(error.clone())));
        let answer = match self.hooks.witness() {
            None => self.meet(work, Meeting { owner: &owner, fault, sabotage, conflict }),
            Some(witness) => {
                witness.asked(&work.action, &work.tables, &work.body, fault);
                let action = work.action.clone();
                let meeting = Meeting { owner: &owner, fault, sabotage, conflict };
                let answer = self.meet(work, meeting);
                witness.answered(&action, answer.as_ref(), lost);
                answer
            }
        };
        if let (true, Ok(Some(held))) = (owner.has_hidden(), &mut held) {
            // Each item is free when it is true.
            held.leave();
        }
        while owner.is_unseen() {
            self.wait_a_little().await;
        }
        told(answer, sabotage).filter(|_| !lost).ok_or(Lost)
    }

    async fn wait_a_little(&self) {
        match self.knobs(|knobs| knobs.visibility.is_some_and(|it| it.span > Span::millis(0))) {
            true => self.clock.sleep(Span::millis(1)).await,
            false => give_way().await,
        }
    }

    /// What happens under a fault; `None`: nothing.
    fn meet(&self, work: Work, meeting: Meeting<'_>) -> Option<Response<Bytes>> {
        let Meeting { owner, fault, sabotage, conflict } = meeting;
        let faulty = match fault {
            Some(FaultKind::TimeoutBefore) => return None,
            None | Some(FaultKind::TimeoutAfter) => conflict,
            Some(FaultKind::StaleIndex) => {
                let stale = self.replica.stale_index(&work.action, &work.body);
                stale.map(|answer| dynamo::response(Ok(answer))).or(conflict)
            }
            Some(FaultKind::StaleRead) => {
                let stale = self.replica.stale_read(&work.action, &work.body);
                stale.map(|answer| dynamo::response(Ok(answer))).or(conflict)
            }
            Some(FaultKind::PartlyTaken) => match &work.call {
                Call::Events(_) => {
                    self.written.notify_one();
                    let taken = events::partly(self, &work.body);
                    taken.map(|answer| wire::json_response(StatusCode::OK, &answer))
                }
                _ => conflict,
            },
            // A kind that the operation does not know strikes without effect.
            Some(fault) => work.call.faulty(fault, &work.body).or(conflict),
        };
        faulty.or_else(|| match sabotage {
            Sabotage::None | Sabotage::Swallow => Some(self.perform(work, owner)),
            Sabotage::Skip => None,
            Sabotage::Twice => {
                self.perform(work.clone(), owner);
                Some(self.perform(work, owner))
            }
        })
    }

    /// A transaction is under way while others get their turns, where the test wants it.
    async fn begin(&self, work: &Work) -> Result<Option<Held<'_>>, EngineError> {
        let Knobs { transaction_turns: turns, transaction_span: span, visibility, .. } =
            self.knobs(|knobs| knobs.clone());
        let Call::Dynamo(operation) = &work.call else { return Ok(None) };
        if turns == 0 && span == Span::millis(0) && visibility.is_none() {
            return Ok(None);
        }
        let held = self.in_flight.begin(operation, &work.body)?;
        if held.is_some() {
            if span > Span::millis(0) {
                self.clock.sleep(span).await;
            }
            for _ in 0..turns {
                give_way().await;
            }
        }
        Ok(held)
    }

    /// What a function is told whose grants do not allow the call.
    fn denied(&self, work: &Work) -> Option<Response<Bytes>> {
        let function = platform::current()?;
        let needed = permissions::needed(&self.names, &work.action, &work.tables, &work.body);
        let lacks = self.permissions(|ledger| ledger.note(function, needed))?;
        let message = format!("{} may not {} on {}", function.id(), lacks.action, lacks.on);
        let error = ServiceError::client("AccessDeniedException", message);
        let is_query = matches!(work.call, Call::Sns(_));
        Some(error.response(if is_query { Protocol::Query } else { Protocol::Json }))
    }

    fn understand(&self, request: &Request<Bytes>) -> Result<Work, ServiceError> {
        let call = Call::of(request);
        let body = match (&call, &**request.body()) {
            (Call::Sns(_) | Call::Object(_) | Call::Unknown, _) | (_, b"") => Value::Null,
            (_, bytes) => serde_json::from_slice(bytes).map_err(|error| {
                ServiceError::client("SerializationException", error.to_string())
            })?,
        };
        let tables = match &call {
            Call::Dynamo(operation) => dynamo::tables_of(&self.names, operation, &body),
            _ => Vec::new(),
        };
        Ok(Work { action: call.action(), call, tables, body })
    }

    fn perform(&self, work: Work, owner: &Owner<'_>) -> Response<Bytes> {
        if mutates(&work.action) {
            self.written.notify_one();
        }
        let Work { call, tables, body, .. } = work;
        let answer = match call {
            Call::Dynamo(operation) => return self.dynamo(owner, &operation, &tables, body),
            Call::Sns(form) => {
                let response = match form.get("Action").map(String::as_str) {
                    Some("Publish") => sent::publish(self, &form),
                    _ => Err(ServiceError::client("InvalidAction", "only Publish is known here")),
                };
                return response.unwrap_or_else(|error| error.response(Protocol::Query));
            }
            Call::Sqs(operation) => sqs::answer(self, &operation, &body),
            Call::Events(operation) => events::answer(self, &operation, &body),
            Call::Secrets(operation) => secrets::answer(self, &operation, &body),
            Call::Email => sent::send_email(self, &body),
            Call::Schedule { method, name, query } => {
                let (method, name, query, body) = (&method, &*name, &query, &body);
                scheduler::answer(self, &scheduler::Request { method, name, query, body })
            }
            Call::Object(asked) => return s3::answer(self, asked),
            Call::Unknown => {
                let message = "the embedded cloud does not know this service or operation";
                Err(ServiceError::client("UnknownOperationException", message))
            }
        };
        match answer {
            Ok(body) => wire::json_response(StatusCode::OK, &body),
            Err(error) => error.response(Protocol::Json),
        }
    }

    fn dynamo(
        &self,
        owner: &Owner<'_>,
        operation: &str,
        tables: &[store::Table],
        mut body: Value,
    ) -> Response<Bytes> {
        let action = &format!("dynamodb:{operation}");
        let admitted = match self.admit(operation, &mut body) {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal,
        };
        let kept = self.replica.is_kept() && mutates(action);
        let kept = kept.then(|| body.clone());
        let meter = Meter::install(operation, &mut body);
        self.note_half_seen(operation, &body);
        let mut answer = self.decide(owner, operation, body);
        if let (Some(body), Ok(_)) = (kept, &answer) {
            self.replica.note(operation, body);
        }
        let consumed = match &mut answer {
            Ok(answer) => meter.read(&self.names, answer),
            Err(error) => meter.refused(tables, error),
        };
        self.usage(|usage| usage.charge(action, &consumed));
        self.pay(admitted, &consumed, &mut answer);
        dynamo::response(answer)
    }
}

/// What a call meets.
struct Meeting<'a> {
    owner: &'a Owner<'a>,
    fault: Option<FaultKind>,
    sabotage: Sabotage,
    /// What it is refused with because of a transaction under way.
    conflict: Option<Response<Bytes>>,
}

/// What the caller is told of an answer under sabotage.
fn told(answer: Option<Response<Bytes>>, sabotage: Sabotage) -> Option<Response<Bytes>> {
    let success = || Some(wire::json_response(StatusCode::OK, &Value::Object(Map::new())));
    match (sabotage, answer) {
        (Sabotage::Skip, None) => success(),
        (Sabotage::Swallow, Some(answer)) if is_failed_condition(&answer) => success(),
        (_, answer) => answer,
    }
}

fn is_failed_condition(answer: &Response<Bytes>) -> bool {
    let text = String::from_utf8_lossy(answer.body());
    answer.status() == StatusCode::BAD_REQUEST && text.contains("ConditionalCheckFailed")
}

fn mutates(action: &str) -> bool {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    let reads = ["Get", "BatchGet", "Query", "Scan", "TransactGet", "Describe", "List", "Receive"];
    !reads.iter().any(|read| operation.starts_with(read))
}
