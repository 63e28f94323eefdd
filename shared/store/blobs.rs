//! Files: S3, as far as the product needs it. Whole objects, put, read and deleted.

use aws_types::SdkConfig;
use http::Method;
use kernel::Instant;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::signed::{Answer, Call, CallError, Service, Signed};

/// As S3 signs a key: everything but the unreserved characters and the slash is encoded.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// An object could not be put, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("S3 refuses {method} {path}: {said}")]
    Refused { method: Method, path: String, said: String },
}

/// The objects of one bucket.
#[derive(Clone)]
pub struct Blobs {
    service: Signed,
    bucket: String,
}

impl Blobs {
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self { service: Signed::new(sdk, Service::S3), bucket: bucket.into() }
    }

    /// Puts an object, whatever stands there.
    pub async fn put(
        &self,
        key: &str,
        content_type: &str,
        body: Vec<u8>,
        now: Instant,
    ) -> Result<(), BlobError> {
        let headers = vec![("content-type", content_type.to_owned())];
        self.call(Method::PUT, key, headers, body, now).await.map(|_| ())
    }

    /// The object's bytes; `None` when there is none.
    pub async fn get(&self, key: &str, now: Instant) -> Result<Option<Vec<u8>>, BlobError> {
        let answer = self.call(Method::GET, key, Vec::new(), Vec::new(), now).await?;
        Ok((answer.status != NOT_FOUND).then_some(answer.body))
    }

    /// Deletes the object. That there is none is no error.
    pub async fn delete(&self, key: &str, now: Instant) -> Result<(), BlobError> {
        self.call(Method::DELETE, key, Vec::new(), Vec::new(), now).await.map(|_| ())
    }

    async fn call(
        &self,
        method: Method,
        key: &str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        now: Instant,
    ) -> Result<Answer, BlobError> {
        let path = format!("/{}/{}", self.bucket, encoded(key));
        let call = Call { method: method.clone(), path: path.clone(), headers, body };
        let answer = self.service.send(call, now).await?;
        let missing = answer.status == NOT_FOUND && method == Method::GET;
        if answer.is_success() || missing {
            return Ok(answer);
        }
        Err(BlobError::Refused { method, path, said: answer.said() })
    }
}

const NOT_FOUND: u16 = 404;

fn encoded(key: &str) -> String {
    utf8_percent_encode(key, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_encoded_as_s3_signs_them() {
        assert_eq!(encoded("a/b-c_d.e~9"), "a/b-c_d.e~9");
        assert_eq!(encoded("a b+c:시"), "a%20b%2Bc%3A%EC%8B%9C");
    }
}
