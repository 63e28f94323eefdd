//! People's devices: they ask once, or twice at once, repeat what got no answer, and keep note.

use axum::body::Body;
use domain::identity::Role;
use http::Request;
use http_body_util::BodyExt;
use kernel::{Id, Instant, SessionId, Span, UserId};
use platform::Entropy as _;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    faults::Habit,
    interruption::{Ended, Interruptible},
    observations::Promise,
    prng::Prng,
    world::World,
};

/// How often a lost answer makes a device ask again.
const REPEATS_MAX: usize = 4;
/// Refusals that say: later.
const PASSING: &[&str] = &["idempotency-in-progress", "try-again"];

/// A request as somebody means it.
#[derive(Clone, Debug)]
pub struct Call {
    pub who: UserId,
    pub roles: &'static [Role],
    /// Under which log-in; `None`: one that nobody ends.
    pub session: Option<SessionId>,
    pub method: &'static str,
    pub path: String,
    /// With it the request may be repeated.
    pub key: Option<String>,
    pub body: Option<Value>,
}

/// What came back.
#[derive(Clone, Debug)]
pub enum Reply {
    Answer(u16, Value),
    /// The connection broke; who knows what happened.
    Lost,
}

impl Reply {
    /// The body of a success.
    #[must_use]
    pub fn success(&self) -> Option<&Value> {
        match self {
            Self::Answer(200..=299, body) => Some(body),
            _ => None,
        }
    }

    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Answer(400.., body) => body["code"].as_str().unwrap_or(""),
            _ => "",
        }
    }

    /// Whether nobody knows if it happened.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Lost | Self::Answer(500.., _))
    }

    /// Whether the gateway refused it, which no function heard of: it did not happen.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        matches!(self, Self::Answer(429, body) if body["code"].is_null())
    }

    /// Whether a device comes again with it.
    #[must_use]
    pub fn comes_again(&self) -> bool {
        self.is_unknown() || self.is_throttled()
    }
}

impl World {
    /// An access token of a call, signed without a log-in.
    fn token(&self, Call { who, roles, session, .. }: &Call) -> String {
        let now = self.now();
        let session = session.unwrap_or_else(|| Id::from_uuid(self.prng.uuid(now)));
        self.keys.keys.access_token(*who, session, roles, now).unwrap()
    }

    /// Sends a request once.
    pub async fn send(&self, call: &Call) -> Reply {
        let mut request = Request::builder().method(call.method).uri(&call.path);
        request = request.header("authorization", format!("Bearer {}", self.token(call)));
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        let body = match &call.body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).unwrap();
        let (container, router) = self.fleet.router();
        let work = async move {
            let response = match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let (parts, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            (parts.status.as_u16(), body)
        };
        self.history.count("http request");
        let route = route(call);
        let (nth, crash_at) = self.fleet.crashes.next(&route);
        let reply = match Interruptible::new(work, crash_at, self.fleet.stall()).await {
            Ended::Done((status, body), trace) => {
                self.fleet.done(&route, nth, trace);
                let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
                Reply::Answer(status, body)
            }
            Ended::Crashed => {
                self.fleet.crashed(&route, container);
                Reply::Lost
            }
        };
        self.note_reply(call, &reply);
        reply
    }

    fn note_reply(&self, call: &Call, reply: &Reply) {
        let (status, body) = match reply {
            Reply::Answer(status, body) => (*status, body.to_string()),
            Reply::Lost => (0, String::new()),
        };
        self.history.count(&format!("answered {}", status / 100));
        self.history.step(|| {
            let (method, path, who) = (call.method, &call.path, call.who);
            let asked = call.body.as_ref().unwrap_or(&Value::Null);
            let now = kernel::Clock::now(&self.clock);
            format!("{now} {who} {method} {path} {:?} {asked} → {status} {body}", call.key)
        });
    }

    /// Sends a request as people do: twice at once, again when there was no answer, again for no
    /// reason, and under the key of another. What a key was answered is noted.
    pub async fn ask(&self, call: &Call, prng: &Prng) -> Reply {
        let mut reply = if prng.often(30) && call.key.is_some() {
            self.history.notice(Habit::AskedTwiceAtOnce);
            let (one, two) = futures::join!(self.send(call), self.send(call));
            self.keep(call, &one);
            self.keep(call, &two);
            if one.success().is_some() { one } else { two }
        } else {
            self.send(call).await
        };
        self.keep(call, &reply);
        let mut again = 0;
        while reply.comes_again() && again < REPEATS_MAX && prng.often(750) {
            again += 1;
            self.history.notice(Habit::AskedAgain);
            self.sleep(Span::millis(prng.between(20, 3_000))).await;
            reply = self.send(call).await;
            self.keep(call, &reply);
        }
        if call.key.is_some() && reply.success().is_some() && prng.often(40) {
            self.sleep(Span::millis(prng.between(0, 60_000))).await;
            self.history.notice(Habit::AskedAgain);
            let second = self.send(call).await;
            self.keep(call, &second);
            self.expect_repetition(call, &second);
        }
        if reply.success().is_some() && prng.often(15) {
            self.reuse_key(call).await;
        }
        reply
    }

    /// The same key with another body has no effect.
    async fn reuse_key(&self, call: &Call) {
        let Some(Value::Object(body)) = &call.body else { return };
        let field = ["amount", "price", "startPrice", "limitPrice"];
        let Some(field) = field.into_iter().find(|field| body.contains_key(*field)) else { return };
        let mut other = call.clone();
        let more = body[field].as_i64().unwrap_or(0) + 1_000;
        other.body.as_mut().unwrap()[field] = json!(more);
        if call.key.is_none() {
            return;
        }
        self.history.notice(Habit::KeyReused);
        let reply = self.send(&other).await;
        if reply.success().is_some() {
            self.found(format!("I11: {call:?} and another body under its key: {reply:?}"));
        }
    }

    /// I11: what was answered with success is not refused afterwards.
    fn expect_repetition(&self, call: &Call, reply: &Reply) {
        let code = reply.code();
        let stands = reply.success().is_some() || reply.comes_again();
        if !stands && !PASSING.contains(&code) {
            self.found(format!("I11: {call:?} was answered, and is refused now: {reply:?}"));
        }
    }

    /// I11: one key, one answer.
    fn keep(&self, call: &Call, reply: &Reply) {
        let Some(key) = &call.key else { return };
        let place = (call.who, format!("{} {}", call.method, call.path), key.clone());
        let mut observations = self.observations.borrow_mut();
        let keyed = observations.keys.entry(place).or_default();
        keyed.unknown |= reply.is_unknown();
        let Reply::Answer(status @ 200..=299, body) = reply else { return };
        let different = keyed.answers.iter().any(|(before, first)| {
            (before == status && first != body) || (*before == 201 && *status != 201)
        });
        if different {
            let answers = &keyed.answers;
            self.found(format!("I11: {call:?} was answered {answers:?}, then {status} {body}"));
        }
        if !keyed.answers.contains(&(*status, body.clone())) {
            keyed.answers.push((*status, body.clone()));
        }
    }

    /// Asks for a bid and keeps what was promised.
    pub async fn bid(&self, call: &Call, auction: &str, prng: &Prng) -> Reply {
        let asked = self.tasks.steps();
        let reply = self.ask(call, prng).await;
        let answered = self.tasks.steps();
        let mut observations = self.observations.borrow_mut();
        if let Some(body) = reply.success() {
            let time = |name: &str| -> Instant { body[name].as_str().unwrap().parse().unwrap() };
            let promise = Promise {
                auction: auction.to_owned(),
                bidder: call.who,
                sequence: u32::try_from(body["sequence"].as_u64().unwrap_or(0)).unwrap_or(0),
                bid: body["id"].as_str().unwrap_or("").to_owned(),
                price: body["price"].as_i64().unwrap_or(0),
                received_at: time("receivedAt"),
                session: call.session,
                asked,
                answered,
            };
            observations.bids.push((auction.to_owned(), promise.bid.clone()));
            observations.promises.push(promise);
        }
        let known = observations.auctions.iter_mut().find(|known| known.id == auction);
        let told = match &reply {
            Reply::Answer(_, body) => body["minimumNextBid"].as_i64(),
            Reply::Lost => None,
        };
        if let (Some(known), Some(minimum)) = (known, told) {
            known.minimum = minimum;
        }
        reply
    }
}

/// What a planned crash names a route by: the method and the words of the path, without its ids.
#[must_use]
pub fn route(call: &Call) -> String {
    let path = call.path.split('?').next().unwrap_or("");
    let is_word = |part: &&str| part.len() < 30;
    let words: Vec<&str> = path.split('/').skip(2).filter(is_word).collect();
    format!("{} {}", call.method, words.join("/"))
}
