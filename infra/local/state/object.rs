//! Objects as S3 keeps them.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// A bucket's objects by their keys.
pub(crate) type Bucket = BTreeMap<String, Object>;

/// One object. The data folder has its bytes in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Object {
    pub content_type: String,
    body: String,
}

impl Object {
    pub fn new(content_type: &str, body: &[u8]) -> Self {
        Self { content_type: content_type.to_owned(), body: STANDARD.encode(body) }
    }

    pub fn body(&self) -> Vec<u8> {
        STANDARD.decode(&self.body).unwrap_or_default()
    }
}
