//! The provider of look-ups, and the call that fails on purpose.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use kernel::{Clock, Instant, Span};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::book::{Book, FakeEvent, NoticeMode, ParcelName, ParcelNotice, ParcelStep};
use crate::fake::fault::{FaultPlan, broken};

/// The first event happens then, and every other a minute later, unless there is a clock.
const WHEN: &str = "2026-11-21T00:00:00Z";
/// How long whoever is sent a notice may take.
const NOTICE_ANSWERED_WITHIN: Duration = Duration::from_secs(1);

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarrierFault {
    /// The connection breaks and nothing happened.
    LostBefore,
    /// The connection breaks, and the call took effect all the same.
    LostAfter,
    /// Something before the provider fails; nothing happened.
    Status500,
    /// Something before the provider has had enough; nothing happened.
    Status429,
    /// The provider has had enough; nothing happened.
    RateLimit,
    /// The carrier's site fails; nothing happened.
    Internal,
    /// It took effect, and the answer is no JSON.
    Garbage,
    /// It took effect, and half of the answer comes.
    Half,
    /// It took effect, and the answer has another form.
    WrongShape,
    /// It took effect; the answer comes when `Parcels::release` is called.
    Held,
}

struct Inner {
    book: Book,
    clock: Option<Arc<dyn Clock>>,
    steps: i64,
    faults: FaultPlan<CarrierFault>,
    holding: bool,
}

/// The carriers' parcels. Clones are the same ones.
#[derive(Clone)]
pub struct Parcels {
    inner: Arc<Mutex<Inner>>,
    held: watch::Sender<bool>,
    /// Where the page is.
    pub(super) base: String,
}

impl Parcels {
    /// `base`: where the page will stand.
    #[must_use]
    pub(crate) fn new(base: &str) -> Self {
        let (held, _) = watch::channel(false);
        let inner = Inner {
            book: Book::default(),
            clock: None,
            steps: 0,
            faults: FaultPlan::default(),
            holding: false,
        };
        Self { inner: Arc::new(Mutex::new(inner)), held, base: base.to_owned() }
    }

    /// From now on events happen, and watches end, by this clock.
    pub fn set_clock(&self, clock: Arc<dyn Clock>) {
        self.inner().clock = Some(clock);
    }

    /// Something happens to a parcel. `carrier` is the provider's name of it, like `kr.epost`.
    pub fn step(&self, carrier: &str, number: &str, step: ParcelStep) {
        self.tell(carrier, number, step.line().code, step.line().name);
    }

    /// An event with a code and a name of its own.
    pub fn tell(&self, carrier: &str, number: &str, code: &'static str, name: &str) {
        let at = self.tick();
        let event = FakeEvent { at, code, name: name.to_owned() };
        self.inner().book.tell(&ParcelName::new(carrier, number), event);
    }

    /// Whether look-ups of the parcel are answered with another number's.
    pub fn mix_up(&self, carrier: &str, number: &str, mixed_up: bool) {
        self.inner().book.parcel(&ParcelName::new(carrier, number)).is_mixed_up = mixed_up;
    }

    /// Whether nobody is sent notices of the parcel.
    pub fn silence(&self, carrier: &str, number: &str, silent: bool) {
        self.inner().book.parcel(&ParcelName::new(carrier, number)).is_silent = silent;
    }

    /// What becomes of notices from now on.
    pub fn set_mode(&self, mode: NoticeMode) {
        self.inner().book.mode = mode;
    }

    /// Until when somebody watches the parcel, by address.
    #[must_use]
    pub fn watched_until(&self, carrier: &str, number: &str) -> Vec<(String, Instant)> {
        let name = ParcelName::new(carrier, number);
        let inner = self.inner();
        let same = inner.book.watches.iter().filter(|watch| watch.of == name);
        same.map(|watch| (watch.url.clone(), watch.until)).collect()
    }

    /// Takes the notices that are to be sent now: whoever takes them sends them.
    #[must_use]
    pub fn take_notices(&self) -> Vec<ParcelNotice> {
        std::mem::take(&mut self.inner().book.due)
    }

    /// What is late is due now.
    pub fn hasten(&self) {
        let mut inner = self.inner();
        let late = std::mem::take(&mut inner.book.late);
        inner.book.due.extend(late);
    }

    /// How many notices wait to be sent late, or again.
    #[must_use]
    pub fn late_notices(&self) -> usize {
        self.inner().book.late.len()
    }

    /// Posts what is due. What is not answered in a second with a 2xx is late, and sent again.
    pub async fn send_notices(&self) {
        for notice in self.take_notices() {
            let answer = post(&notice).await;
            let told = answer.as_ref().map_or_else(ToString::to_string, ToString::to_string);
            let is_taken = answer.is_ok_and(|status| status.is_success());
            let mut inner = self.inner();
            inner.book.sent.push(format!("{} {}: {told}", notice.carrier, notice.number));
            if !is_taken {
                inner.book.late.push(notice);
            }
        }
    }

    /// The nth next call of `action`, `look-up` or `watch`, goes wrong.
    pub fn fail(&self, action: &str, nth: u32, what: CarrierFault) {
        self.inner().faults.add(action, nth, what);
    }

    /// Lets held answers go, now and later.
    pub fn release(&self) {
        self.held.send_replace(true);
    }

    /// Completes when an answer is being held.
    pub async fn holding(&self) {
        while !self.inner().holding {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// How many calls of `action` there were.
    #[must_use]
    pub fn calls(&self, action: &str) -> usize {
        self.inner().faults.calls(action)
    }

    pub(super) fn now(&self) -> Instant {
        self.inner().now()
    }

    /// The instant of the next event.
    fn tick(&self) -> Instant {
        let mut inner = self.inner();
        let now = inner.now();
        inner.steps += 1;
        now
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.inner().book)
    }

    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        change(&mut self.inner().book)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plays one call: its fault, if one is planned, and its effect.
    pub(super) async fn play(
        &self,
        action: &str,
        effect: impl FnOnce(&mut Book) -> Value + Send,
    ) -> Response {
        let (answer, fault) = {
            let mut inner = self.inner();
            let fault = inner.faults.strike(action);
            if let Some(refused) = fault.and_then(refusal) {
                return refused;
            }
            let answer = effect(&mut inner.book).to_string();
            inner.holding |= fault == Some(CarrierFault::Held);
            (answer, fault)
        };
        match fault {
            Some(CarrierFault::LostAfter) => broken(),
            Some(CarrierFault::Garbage) => json_text("<html>".to_owned()),
            Some(CarrierFault::Half) => {
                json_text(answer.chars().take(answer.chars().count() / 2).collect())
            }
            Some(CarrierFault::WrongShape) => {
                let data = json!({ "track": { "events": "none" }, "registerTrackWebhook": {} });
                json_text(json!({ "data": data }).to_string())
            }
            Some(CarrierFault::Held) => {
                // An error means that the sender is gone: nobody waits any more.
                let mut held = self.held.subscribe();
                let _gone = held.wait_for(|released| *released).await.is_ok();
                json_text(answer)
            }
            _ => json_text(answer),
        }
    }
}

impl Inner {
    fn now(&self) -> Instant {
        if let Some(clock) = &self.clock {
            return clock.now();
        }
        WHEN.parse::<Instant>().unwrap_or_default() + Span::minutes(self.steps)
    }
}

/// The answer to a call that has no effect.
fn refusal(fault: CarrierFault) -> Option<Response> {
    match fault {
        CarrierFault::LostBefore => Some(broken()),
        CarrierFault::Status500 => {
            Some((StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").into_response())
        }
        CarrierFault::Status429 => {
            Some((StatusCode::TOO_MANY_REQUESTS, "too many").into_response())
        }
        CarrierFault::RateLimit => {
            Some(json_text(error("FORBIDDEN", "Rate limit exceeded").to_string()))
        }
        CarrierFault::Internal => Some(json_text(error("INTERNAL", "site failed").to_string())),
        _ => None,
    }
}

/// The body of a refusal. Its status is that of a success.
pub(super) fn error(code: &str, message: &str) -> Value {
    json!({
        "data": null,
        "errors": [{ "message": message, "extensions": { "code": code } }],
    })
}

pub(super) fn json_text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn post(notice: &ParcelNotice) -> Result<StatusCode, reqwest::Error> {
    let client = reqwest::Client::builder().timeout(NOTICE_ANSWERED_WITHIN).build()?;
    let body = json!({ "carrierId": notice.carrier, "trackingNumber": notice.number });
    // Without the URL: it holds what shows that a notice is the provider's.
    let answer = client.post(&notice.url).json(&body).send().await;
    Ok(answer.map_err(reqwest::Error::without_url)?.status())
}

impl std::fmt::Debug for Parcels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parcels")
    }
}
