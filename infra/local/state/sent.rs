//! What left the product.

use kernel::Instant;
use serde::{Deserialize, Serialize};

/// A text message as it was handed to SNS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sms {
    pub phone: String,
    pub text: String,
    pub at: Instant,
    pub message_id: String,
}

/// An e-mail as it was handed to SES.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
    pub at: Instant,
    pub message_id: String,
}
