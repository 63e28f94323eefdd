//! The providers, as they stand, and the call that fails on purpose.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use tokio::sync::watch;

use super::{
    codes::{kakaopay_refusal, toss_refusal},
    fault::{FaultKind, broken},
    parcels::Parcels,
    state::{FakeAccount, Stand, State, TossPayment},
};

/// Clones are the same providers.
#[derive(Clone)]
pub struct Providers {
    state: Arc<Mutex<State>>,
    held: watch::Sender<bool>,
    parcels: Parcels,
    pub(super) base: String,
}

impl Providers {
    /// `base`: where `Providers::router` will stand, for links between its pages.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let (held, _) = watch::channel(false);
        let parcels = Parcels::new(&format!("{base}/carrier"));
        Self { state: Arc::default(), held, parcels, base: base.to_owned() }
    }

    /// What the carriers have, and who looks it up.
    #[must_use]
    pub const fn parcels(&self) -> &Parcels {
        &self.parcels
    }

    /// The nth next call of `action` (like `toss:confirm`) goes wrong.
    pub fn fail(&self, action: &str, nth: u32, what: FaultKind) {
        self.state().faults.add(action, nth, what);
    }

    /// From now on these calls break and nothing happens.
    pub fn out_of_reach(&self, actions: &[&str]) {
        let mut state = self.state();
        for action in actions.iter().cycle().take(1_000 * actions.len()) {
            state.faults.add(action, 1, FaultKind::LostBefore);
        }
    }

    /// The faults that struck, in order.
    #[must_use]
    pub fn struck(&self) -> Vec<FaultKind> {
        self.state().faults.struck().to_vec()
    }

    /// Nothing goes wrong any more.
    pub fn recover(&self) {
        self.state().faults.clear();
    }

    /// Lets held answers go, now and later.
    pub fn release(&self) {
        self.held.send_replace(true);
        self.parcels.release();
    }

    /// Completes when an answer is being held.
    pub async fn holding(&self) {
        while !self.state().holding {
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// The calls so far, like `toss:confirm`.
    #[must_use]
    pub fn calls(&self, action: &str) -> usize {
        self.state().faults.calls(action)
    }

    /// The payer agrees in Toss's window; answers the `paymentKey`.
    #[must_use]
    pub fn toss_pay(&self, order: &str, amount: i64) -> String {
        self.state().toss_authenticate(order, amount)
    }

    /// The payer chooses to pay into an account of their own, until `due` (like
    /// `2026-11-28T23:59:59`); answers the `paymentKey`.
    #[must_use]
    pub fn toss_account(&self, order: &str, amount: i64, due: &str) -> String {
        let mut state = self.state();
        let key = state.toss_authenticate(order, amount);
        if let Some(payment) = state.toss.get_mut(order) {
            let due = due.to_owned();
            payment.account = Some(FakeAccount { due, is_open: false, is_void: false });
        }
        key
    }

    /// The money comes, however late: into an account, or by a request that hung.
    pub fn take_late(&self, order: &str) {
        let mut state = self.state();
        if let Some(payment) = state.toss.get_mut(order) {
            payment.done = true;
        }
        let tid = state.kakao_tid(order);
        if let Some(payment) = tid.and_then(|tid| state.kakao.get_mut(&tid)) {
            payment.status = "SUCCESS_PAYMENT";
        }
    }

    /// The payer agrees in KakaoPay's app; answers the `pg_token`.
    #[must_use]
    pub fn kakao_pay(&self, order: &str) -> Option<String> {
        let mut state = self.state();
        let tid = state.kakao_tid(order)?;
        state.kakao_authenticate(&tid)
    }

    /// Somebody gives money back in the provider's own console.
    pub fn toss_cancel_by_hand(&self, order: &str, amount: i64) {
        if let Some(payment) = self.state().toss.get_mut(order) {
            payment.cancels.push((amount, "by hand".to_owned()));
        }
    }

    /// How many cards are registered.
    #[must_use]
    pub fn cards(&self) -> usize {
        self.state().cards.len()
    }

    /// What Toss took and did not give back, over all orders.
    #[must_use]
    pub fn taken(&self) -> i64 {
        let taken = |payment: &TossPayment| payment.amount - payment.cancelled();
        self.state().toss.values().filter(|payment| payment.done).map(taken).sum()
    }

    /// How a payment stands at its provider, by our order id.
    #[must_use]
    pub fn stand(&self, order: &str) -> Option<Stand> {
        self.state().stand(order)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plays one call: its fault, if one is planned, and its effect. A sealed answer is text.
    pub(super) async fn play(
        &self,
        action: &str,
        effect: impl FnOnce(&mut State) -> (StatusCode, Value) + Send,
    ) -> Response {
        let (answer, fault) = {
            let mut state = self.state();
            let fault = state.faults.strike(action);
            match fault {
                Some(FaultKind::LostBefore) => return broken(),
                Some(FaultKind::Status500) => return internal(action),
                Some(FaultKind::Status429) => return too_many(),
                Some(FaultKind::TossCode(code)) => return toss_refusal(code).into_response(),
                Some(FaultKind::KakaoCode(code)) => return kakaopay_refusal(code).into_response(),
                _ => {}
            }
            let answer = effect(&mut state);
            state.holding |= fault == Some(FaultKind::Held);
            (answer, fault)
        };
        match fault {
            Some(FaultKind::LostAfter) => return broken(),
            Some(FaultKind::Garbage) => return (StatusCode::OK, "<html>").into_response(),
            Some(FaultKind::Held) => {
                // An error means that the sender is gone: nobody waits any more.
                let mut held = self.held.subscribe();
                let _gone = held.wait_for(|released| *released).await.is_ok();
            }
            _ => {}
        }
        match answer {
            (status, Value::String(sealed)) => (status, sealed).into_response(),
            (status, body) => (status, axum::Json(body)).into_response(),
        }
    }
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Providers")
    }
}

fn too_many() -> Response {
    let body = axum::Json(serde_json::json!({ "message": "Too Many Requests" }));
    (StatusCode::TOO_MANY_REQUESTS, body).into_response()
}

fn internal(action: &str) -> Response {
    let (status, body) = if action.starts_with("toss") {
        toss_refusal("FAILED_INTERNAL_SYSTEM_PROCESSING")
    } else {
        kakaopay_refusal(-1)
    };
    (status, body).into_response()
}
