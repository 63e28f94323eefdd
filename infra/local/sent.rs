//! What leaves the product: text messages (SNS) and e-mails (SES), kept readable.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    account::Account,
    state::{Email, Sms},
    wire::{Answer, ServiceError, required, xml_response},
};

/// How many text messages and how many e-mails are kept; the oldest go first.
const KEPT_MAX: usize = 10_000;

/// SNS `Publish` to a phone number; topics do not exist here.
pub(crate) fn publish(
    account: &Account,
    form: &BTreeMap<String, String>,
) -> Result<Response<Bytes>, ServiceError> {
    let invalid = |message: &str| ServiceError::client("InvalidParameter", message);
    let phone = form.get("PhoneNumber").ok_or_else(|| {
        let message = "Topic does not exist";
        ServiceError::client("NotFound", message).status(StatusCode::NOT_FOUND)
    })?;
    let digits = phone.strip_prefix('+').unwrap_or_default();
    let is_e164 = (2..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_e164 {
        return Err(invalid(&format!(
            "Invalid parameter: PhoneNumber Reason: {phone} is not valid"
        )));
    }
    let text = form.get("Message").filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| invalid("Invalid parameter: Empty message"))?;
    let at = account.clock.now();
    let message_id = account.change(|state| {
        let message_id = state.fresh_id();
        let (phone, text) = (phone.clone(), text.clone());
        keep(&mut state.sms, Sms { phone, text, at, message_id: message_id.clone() });
        message_id
    });
    let result = format!("<PublishResult><MessageId>{message_id}</MessageId></PublishResult>");
    let metadata =
        format!("<ResponseMetadata><RequestId>{message_id}</RequestId></ResponseMetadata>");
    let body = format!(
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">{result}{metadata}\
         </PublishResponse>"
    );
    Ok(xml_response(StatusCode::OK, body))
}

/// SESv2 `SendEmail`; raw and templated content keep no subject and no text.
pub(crate) fn send_email(account: &Account, body: &Value) -> Answer {
    const INVALID: &str = "BadRequestException";
    let from = required(body, "FromEmailAddress", INVALID)?.to_owned();
    let to = ["ToAddresses", "CcAddresses", "BccAddresses"]
        .iter()
        .filter_map(|kind| body.pointer(&format!("/Destination/{kind}"))?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    let to: Vec<_> = to.map(str::to_owned).collect();
    if to.is_empty() || to.iter().any(|address| !address.contains('@')) {
        return Err(ServiceError::client(INVALID, "Missing or invalid destination"));
    }
    let content = |path: &str| {
        let data = body.pointer(&format!("/Content/Simple/{path}/Data"));
        data.and_then(Value::as_str).map(str::to_owned)
    };
    let (subject, text) = (content("Subject"), content("Body/Text"));
    let html = content("Body/Html");
    let at = account.clock.now();
    let message_id = account.change(|state| {
        let message_id = state.fresh_id();
        let email = Email {
            from,
            to,
            subject: subject.unwrap_or_default(),
            text: text.unwrap_or_default(),
            html,
            at,
            message_id: message_id.clone(),
        };
        keep(&mut state.emails, email);
        message_id
    });
    Ok(json!({ "MessageId": message_id }))
}

fn keep<T>(kept: &mut Vec<T>, new: T) {
    if kept.len() >= KEPT_MAX {
        kept.drain(..KEPT_MAX / 2);
    }
    kept.push(new);
}
