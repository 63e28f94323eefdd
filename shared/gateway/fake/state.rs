//! What the providers remember.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::Value;

use super::fault::{FaultKind, FaultPlan};

/// What became of a payment at its provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    pub status: String,
    pub amount: i64,
    pub cancelled: i64,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// By order id.
    pub toss: BTreeMap<String, TossPayment>,
    /// By `tid`.
    pub kakao: BTreeMap<String, KakaoPayment>,
    /// First answers by idempotency key, method and path.
    pub answers: BTreeMap<String, (StatusCode, Value)>,
    pub faults: FaultPlan<FaultKind>,
    pub holding: bool,
    /// Orders whose card will be refused when they are confirmed.
    pub refused: BTreeSet<String>,
    /// Registered cards by billing key.
    pub cards: BTreeMap<String, BilledCard>,
    /// Whose card an `authKey` of the window is.
    pub authorized: BTreeMap<String, String>,
    /// Used `authKey`s.
    pub spent: BTreeSet<String>,
    pub sellers: Vec<FakeSeller>,
    /// In the order in which they were asked for.
    pub payouts: Vec<FakePayout>,
    /// Those of sealed requests.
    pub nonces: BTreeSet<String>,
    issued: u64,
}

#[derive(Clone, Debug)]
pub(super) struct TossPayment {
    pub key: String,
    pub amount: i64,
    pub done: bool,
    /// Into an account of the payer's own, until then.
    pub account: Option<FakeAccount>,
    /// By a billing key.
    pub billing: bool,
    pub cancels: Vec<(i64, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct FakeAccount {
    /// `dueDate`
    pub due: String,
    /// It was confirmed, so that money may come into it.
    pub is_open: bool,
    /// It was cancelled before any did.
    pub is_void: bool,
}

#[derive(Clone, Debug)]
pub(super) struct BilledCard {
    pub customer: String,
    pub auth_key: String,
    /// How many more charges it refuses.
    pub over_limit: u32,
}

#[derive(Clone, Debug)]
pub(super) struct KakaoPayment {
    pub order: String,
    pub user: String,
    pub amount: i64,
    pub status: &'static str,
    pub pg_token: Option<String>,
    pub cancelled: i64,
    pub urls: [String; 3],
}

#[derive(Clone, Debug)]
pub(super) struct FakeSeller {
    pub id: String,
    /// `refSellerId`
    pub name: String,
    pub identified: bool,
    /// Payouts to the account fail after a while.
    pub comes_back: bool,
}

#[derive(Clone, Debug)]
pub(super) struct FakePayout {
    pub id: String,
    /// `refPayoutId`
    pub name: String,
    pub seller: String,
    pub amount: i64,
    pub day: Option<String>,
    pub status: &'static str,
    pub comes_back: bool,
}

impl TossPayment {
    pub fn cancelled(&self) -> i64 {
        self.cancels.iter().map(|(amount, _)| amount).sum()
    }
    pub fn status(&self) -> &'static str {
        match &self.account {
            Some(account) if account.is_void => return "CANCELED",
            Some(account) if account.is_open && !self.done => return "WAITING_FOR_DEPOSIT",
            _ => {}
        }
        match (self.done, self.cancelled()) {
            (false, _) => "IN_PROGRESS",
            (true, 0) => "DONE",
            (true, sum) if sum < self.amount => "PARTIAL_CANCELED",
            (true, _) => "CANCELED",
        }
    }
}

impl State {
    /// A number that was not given out before.
    pub fn issue(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    pub fn toss_authenticate(&mut self, order: &str, amount: i64) -> String {
        let key = format!("tgen_{:012}{}", self.issue(), order.chars().rev().collect::<String>());
        let payment = TossPayment {
            key: key.clone(),
            amount,
            done: false,
            account: None,
            billing: false,
            cancels: Vec::new(),
        };
        self.toss.insert(order.to_owned(), payment);
        key
    }

    /// The owner agreed in the card window.
    pub fn authorize(&mut self, card: &str, customer: &str) -> String {
        let auth_key = format!("{card}-{:012}", self.issue());
        self.authorized.insert(auth_key.clone(), customer.to_owned());
        auth_key
    }

    pub fn kakao_tid(&self, order: &str) -> Option<String> {
        let mut found = self.kakao.iter().rev().filter(|(_, payment)| payment.order == order);
        found.next().map(|(tid, _)| tid.clone())
    }

    pub fn kakao_authenticate(&mut self, tid: &str) -> Option<String> {
        let token = format!("{:020x}", 0xc0ff_ee00_0000 + self.issue());
        let payment = self.kakao.get_mut(tid)?;
        payment.status = "AUTH_PASSWORD";
        payment.pg_token = Some(token.clone());
        Some(token)
    }

    pub fn stand(&self, order: &str) -> Option<Stand> {
        if let Some(payment) = self.toss.get(order) {
            let status = payment.status().to_owned();
            return Some(Stand { status, amount: payment.amount, cancelled: payment.cancelled() });
        }
        let payment = self.kakao.get(&self.kakao_tid(order)?)?;
        let (amount, cancelled) = (payment.amount, payment.cancelled);
        Some(Stand { status: payment.status.to_owned(), amount, cancelled })
    }
}
