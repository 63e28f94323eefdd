//! Toss Payments' payouts to sellers, version 2 (docs.tosspayments.com/guides/v2/payouts).
//!
//! A payee is registered once, as a *seller*; Toss checks the account and has the payee identify
//! themselves by a text message before any money leaves. A payout is named by its withdrawal,
//! twice: in `refPayoutId` and in the `Idempotency-Key`, and neither ever changes. So an order can
//! be repeated while Toss remembers the key, and afterwards it is only looked for.
//!
//! Requests with a body are sealed, and so are their answers. `[U]` marks what was read in no
//! primary source: each such fact stands in one line.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use kernel::{Instant, Span};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    BankError, Call, Contact, Order, Outcome, Payee, PayoutBank, Verdict,
    answers::{
        Fault, NO_PAYEE, TOO_MUCH, among, entity, items, outcome, ref_payout_id, refusal, text_of,
        unknown,
    },
    jwe::{JweError, Key, is_compact},
    schedule::{Schedule, soonest},
};
use crate::{
    client::{Client, TextAsk},
    toss::encoded,
};

/// Where payees are registered. `[U]` Some projects tell of `/v2/payouts/sellers`; more of them,
/// and those that say that it works, of this one.
pub(crate) const SELLERS_PATH: &str = "/v2/sellers";
pub(crate) const PAYOUTS_PATH: &str = "/v2/payouts";
/// One payout is less than this.
const AMOUNT_BELOW: i64 = 1_000_000_000;
/// What the payee reads in the account's statement: seven characters at most.
const DESCRIPTION: &str = "장터출금";
/// Toss remembers a key for 15 days from its first use; the last one is left alone.
const KEY_LASTS: Span = Span::days(14);
/// Lists are read this many at a time `[U]`, and this often at most.
const LIST_PAGE: u32 = 1_000;
const LIST_PAGES_MAX: u32 = 10;

const SECURITY_MODE: HeaderName = HeaderName::from_static("tosspayments-api-security-mode");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const TEST_CODE: HeaderName = HeaderName::from_static("tosspayments-test-code");

const BAD_KEY: &str = "TOSS_PAYOUT_SECURITY_KEY must be 64 hexadecimal digits";

/// Where payouts are ordered and how we sign in there. Its `Debug` hides the keys.
#[derive(Clone)]
pub struct TossPayoutSettings {
    /// `https://api.tosspayments.com`
    pub base_url: String,
    /// `test_sk_…` or `live_sk_…`; the shop that pays out may be another than the one that is paid.
    pub secret_key: String,
    /// 64 hexadecimal digits: seals requests and answers.
    pub security_key: String,
    /// With a test key: the error that every call shall meet (`TossPayments-Test-Code`).
    pub test_code: Option<String>,
    pub answer_within: Span,
}

/// The adapter.
#[derive(Debug)]
pub struct TossPayouts {
    settings: TossPayoutSettings,
    key: Result<Key, JweError>,
    client: Client,
}

/// What we read of a Seller.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seller {
    id: String,
    ref_seller_id: String,
}

impl TossPayouts {
    /// Cheap: connections and certificates are loaded at the first call.
    #[must_use]
    pub fn new(settings: TossPayoutSettings) -> Self {
        let key = Key::from_hex(&settings.security_key);
        let client = Client::new(settings.answer_within);
        Self { settings, key, client }
    }

    /// POSTs `body`, sealed.
    async fn order(
        &self,
        path: &str,
        body: &Value,
        once: &str,
        now: Instant,
    ) -> Result<Value, Fault> {
        let key = self.key.as_ref().map_err(|_| Fault::Unknown(BAD_KEY.to_owned()))?;
        let sealed = key.seal(body.to_string().as_bytes(), now);
        let sealed = sealed.map_err(|error| Fault::Unknown(error.to_string()))?;
        let mut headers = self.headers(Some(once))?;
        headers.insert(SECURITY_MODE, HeaderValue::from_static("ENCRYPTION"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        let url = format!("{}{path}", self.settings.base_url);
        let ask = TextAsk { method: Method::POST, url, headers, body: Some(sealed) };
        let (status, text) = self.client.ask_text(ask).await.map_err(unknown)?;
        // An error may come unsealed; what was ordered may not.
        let sealed = is_compact(&text);
        let answer = self.read(&text, status)?;
        let entity = entity(&answer, status)?;
        if sealed { Ok(entity) } else { Err(Fault::Unknown("an answer without a seal".to_owned())) }
    }

    async fn get(&self, path: String) -> Result<Value, Fault> {
        let url = format!("{}{path}", self.settings.base_url);
        let headers = self.headers(None)?;
        let ask = TextAsk { method: Method::GET, url, headers, body: None };
        let (status, text) = self.client.ask_text(ask).await.map_err(unknown)?;
        entity(&self.read(&text, status)?, status)
    }

    fn headers(&self, once: Option<&str>) -> Result<HeaderMap, Fault> {
        let credentials = STANDARD.encode(format!("{}:", self.settings.secret_key));
        let pairs = [
            (header::AUTHORIZATION, Some(format!("Basic {credentials}"))),
            (IDEMPOTENCY_KEY, once.map(str::to_owned)),
            (TEST_CODE, self.settings.test_code.clone()),
        ];
        let mut headers = HeaderMap::new();
        for (name, text) in pairs {
            if let Some(text) = text {
                let unsendable = |_| Fault::Unknown(format!("header {name}"));
                let mut value = HeaderValue::try_from(text).map_err(unsendable)?;
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        Ok(headers)
    }

    fn read(&self, text: &str, status: StatusCode) -> Result<Value, Fault> {
        let unreadable = |_| Fault::Unknown(format!("an unreadable answer with status {status}"));
        if !is_compact(text) {
            return serde_json::from_str(text).map_err(unreadable);
        }
        let key = self.key.as_ref().map_err(|_| Fault::Unknown(BAD_KEY.to_owned()))?;
        let opened = key.open(text).map_err(|error| Fault::Unknown(error.to_string()))?;
        serde_json::from_slice(&opened.text).map_err(unreadable)
    }

    /// The one of a list whose `field` is `wanted`. `None` also when the list does not end: a
    /// list proves that something is there, and what keeps from ordering twice is the key.
    async fn search(&self, path: &str, field: &str, wanted: &str) -> Result<Option<Value>, Fault> {
        let mut after = String::new();
        for _ in 0..LIST_PAGES_MAX {
            let page = self.get(format!("{path}?limit={LIST_PAGE}{after}")).await?;
            let page = items(&page)?;
            let found = page.iter().find(|item| text_of(item, field) == Some(wanted));
            if found.is_some() {
                return Ok(found.cloned());
            }
            // Not by the page's length: nobody promises that a page is full.
            let Some(last) = page.last().and_then(|item| text_of(item, "id")) else {
                return Ok(None);
            };
            after = format!("&startingAfter={}", encoded(last));
        }
        Ok(None)
    }

    async fn register(&self, payee: &Payee, contact: &Contact, now: Instant) -> Registered {
        let name = ref_seller_id(payee);
        let holder = payee.account.holder.as_str();
        let body = json!({
            "refSellerId": name,
            "businessType": "INDIVIDUAL",
            "individual": { "name": holder, "email": contact.email, "phone": contact.phone },
            "account": {
                "bankCode": payee.account.bank.code,
                "accountNumber": payee.account.number.as_str(),
                "holderName": holder,
            },
        });
        let answer = match self.order(SELLERS_PATH, &body, &format!("seller-{name}"), now).await {
            // Registered before, and Toss no longer remembers the key.
            Err(Fault::Code(code)) if is_duplicate(&code) => {
                let found = self.search(SELLERS_PATH, "refSellerId", &name).await?;
                found.ok_or(Fault::Code(code))?
            }
            answer => answer?,
        };
        let unreadable = |_| Fault::Unknown("an unreadable Seller".to_owned());
        let seller: Seller = serde_json::from_value(answer).map_err(unreadable)?;
        if seller.ref_seller_id == name {
            Ok(seller.id)
        } else {
            Err(Fault::Unknown("another seller".to_owned()))
        }
    }
}

type Registered = Result<String, Fault>;

impl PayoutBank for TossPayouts {
    /// Registers the payee; Toss checks the account on the way.
    fn verify_holder<'a>(&'a self, payee: &'a Payee, now: Instant) -> Call<'a, Verdict> {
        Box::pin(async move {
            let Some(contact) = &payee.contact else { return Ok(Verdict::Unreachable) };
            match self.register(payee, contact, now).await {
                Ok(id) => Ok(Verdict::Fits(Some(id))),
                Err(Fault::Code(code)) if is_about_the_account(&code) => Ok(Verdict::Foreign),
                Err(fault) => Err(fault.into()),
            }
        })
    }

    fn transfer<'a>(&'a self, order: &'a Order, now: Instant) -> Call<'a, Outcome> {
        Box::pin(async move {
            if order.amount.get() >= AMOUNT_BELOW {
                return Ok(Outcome::Refused(TOO_MUCH.to_owned()));
            }
            let Some(payee) = &order.payee else {
                return Ok(Outcome::Refused(NO_PAYEE.to_owned()));
            };
            // Without the key, only `refPayoutId` would keep it from being paid twice `[U]`.
            if now > order.requested_at + KEY_LASTS {
                return Err(BankError("too old to be ordered again: look for it at Toss".into()));
            }
            let body = json!([item(order, payee, now)]);
            match self.order(PAYOUTS_PATH, &body, &ref_payout_id(order.id), now).await {
                Ok(entity) => Ok(among(items(&entity)?, order)?),
                Err(Fault::Code(code)) => refusal(&code),
                Err(fault) => Err(fault.into()),
            }
        })
    }

    /// By Toss's own name, once it is known; else among all.
    fn find<'a>(&'a self, order: &'a Order) -> Call<'a, Option<Outcome>> {
        Box::pin(async move {
            let found = match &order.receipt {
                Some(id) => Some(self.get(format!("{PAYOUTS_PATH}/{}", encoded(id))).await?),
                None => self.search(PAYOUTS_PATH, "refPayoutId", &ref_payout_id(order.id)).await?,
            };
            Ok(found.map(|payout| outcome(payout, order)).transpose()?)
        })
    }

    fn wants_contact(&self) -> bool {
        true
    }

    fn fault(&self) -> Option<&'static str> {
        self.key.is_err().then_some(BAD_KEY)
    }
}

/// One payout as it is ordered.
fn item(order: &Order, payee: &str, now: Instant) -> Value {
    let mut item = json!({
        "refPayoutId": ref_payout_id(order.id),
        "destination": payee,
        "scheduleType": "EXPRESS",
        "amount": { "currency": "KRW", "value": order.amount.get() },
        "transactionDescription": DESCRIPTION,
    });
    if let (Schedule::On(day), Some(members)) = (soonest(now), item.as_object_mut()) {
        members.insert("scheduleType".to_owned(), json!("SCHEDULED"));
        members.insert("payoutDate".to_owned(), json!(day));
    }
    item
}

/// 20 characters of what makes the payee: the reference takes 7 to 20 `[U]`, and a name that was
/// ever used cannot be used again, so another account is another seller.
fn ref_seller_id(payee: &Payee) -> String {
    let user = payee.user;
    let account = &payee.account;
    let number = account.number.as_str();
    let holder = account.holder.as_str();
    let text = format!("{user}|{}|{number}|{holder}", account.bank.code);
    hex::encode(digest(&SHA256, text.as_bytes())).chars().take(20).collect()
}

/// `[U]` The codes of a name that is in use.
fn is_duplicate(code: &str) -> bool {
    code.contains("DUPLICATED") || code.contains("ALREADY")
}

/// `[U]` The codes of an account that does not exist or is somebody else's.
fn is_about_the_account(code: &str) -> bool {
    code.contains("ACCOUNT") || code.contains("HOLDER")
}

impl fmt::Debug for TossPayoutSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TossPayoutSettings({})", self.base_url)
    }
}
