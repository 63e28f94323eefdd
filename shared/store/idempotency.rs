//! The stored answer of a command, written in the transaction of its effect (`api.md`).

use kernel::{Instant, Span, UserId};
use serde::{Deserialize, Serialize};

use crate::{Corrupt, Read, Store, StoreError, Table, Write, from_item, keys, to_item};

/// How long a key is remembered.
pub const KEPT: Span = Span::days(7);

/// What makes two requests the same: user, route, key; and what tells them apart: the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub user: UserId,
    /// The function's id.
    pub route: String,
    pub key: String,
    /// A keyed hash of method, path and body.
    pub fingerprint: String,
}

/// The first answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub fingerprint: String,
    pub status: u16,
    pub location: Option<String>,
    /// The JSON body as sent.
    pub body: String,
    pub expires: Instant,
}

/// The record to put into the command's transaction.
pub fn record(
    request: &Request,
    status: u16,
    location: Option<String>,
    body: String,
    now: Instant,
) -> Result<Write, Corrupt> {
    let fingerprint = request.fingerprint.clone();
    let answer = Answer { fingerprint, status, location, body, expires: now + KEPT };
    let key = keys::idempotency(request.user, &request.route, &request.key);
    let mut item = to_item(&key, &answer)?;
    let ttl = (now + KEPT).seconds().to_string();
    item.insert("ttl".to_owned(), aws_sdk_dynamodb::types::AttributeValue::N(ttl));
    item.insert(
        "until".to_owned(),
        aws_sdk_dynamodb::types::AttributeValue::N((now + KEPT).millis().to_string()),
    );
    // TTL deletes late: a record past its time may be written over.
    Ok(Write::put(Table::Operation, item).when_absent_or("until", "<=", now.millis()))
}

impl Store {
    /// The first answer to this request, when there was one and it is still remembered.
    pub async fn idempotency_find(
        &self,
        request: &Request,
        now: Instant,
    ) -> Result<Option<Answer>, StoreError> {
        let key = keys::idempotency(request.user, &request.route, &request.key);
        let item = self.get(Table::Operation, &key, Read::Consistent).await?;
        let answer: Option<Answer> = item.map(from_item).transpose()?;
        Ok(answer.filter(|answer| answer.expires > now))
    }
}
