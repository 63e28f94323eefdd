//! JWE in compact serialization (RFC 7516), with one shared key and nothing else: `alg: dir`,
//! `enc: A256GCM`.
//!
//! The cipher is aws-lc's. What is left of JOSE under `dir` is five parts with dots between them,
//! one of which is always empty.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    rand,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Instant, seoul_day, seoul_midnight};
use serde_json::{Value, json};

/// 64 hexadecimal digits.
pub(crate) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// Algorithms that we speak; whatever else a header names is refused before anything is opened.
const ALG: &str = "dir";
const ENC: &str = "A256GCM";

/// The key that both sides have.
pub(crate) struct Key(RandomizedNonceKey);

/// Why a text was not sealed or opened. It never says what was inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JweError {
    #[error("the security key must be 64 hexadecimal digits")]
    Key,
    #[error("sealing failed")]
    Seal,
    #[error("not a JWE with dir and A256GCM")]
    Form,
    #[error("sealed with another key, or changed on the way")]
    Forged,
}

/// What was inside, and the header that was sealed with it.
#[derive(Debug)]
pub(crate) struct Opened {
    #[cfg_attr(not(any(test, feature = "fake")), expect(dead_code, reason = "the fake looks"))]
    pub header: Value,
    pub text: Vec<u8>,
}

impl Key {
    pub fn from_hex(digits: &str) -> Result<Self, JweError> {
        let bytes = hex::decode(digits.trim()).map_err(|_| JweError::Key)?;
        let whole = bytes.len() == KEY_BYTES;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| JweError::Key)?;
        if whole { Ok(Self(key)) } else { Err(JweError::Key) }
    }

    /// `text`, sealed, with the two headers that Toss wants besides the usual ones.
    pub fn seal(&self, text: &[u8], now: Instant) -> Result<String, JweError> {
        let mut fresh = [0; 16];
        rand::fill(&mut fresh).map_err(|_| JweError::Seal)?;
        let nonce = uuid::Builder::from_random_bytes(fresh).into_uuid();
        let header = json!({
            "alg": ALG, "enc": ENC, "iat": issued_at(now), "nonce": nonce.to_string(),
        });
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let mut sealed = text.to_vec();
        let aad = Aad::from(header.as_bytes());
        let iv = self.0.seal_in_place_append_tag(aad, &mut sealed).map_err(|_| JweError::Seal)?;
        let body = sealed.len().checked_sub(TAG_BYTES).and_then(|end| sealed.split_at_checked(end));
        let (body, tag) = body.ok_or(JweError::Seal)?;
        let [iv, body, tag] =
            [iv.as_ref().as_slice(), body, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}..{iv}.{body}.{tag}"))
    }

    /// What is inside, if it was sealed with this key and nobody touched it.
    pub fn open(&self, compact: &str) -> Result<Opened, JweError> {
        let parts: Vec<&str> = compact.trim().split('.').collect();
        let [header, "", iv, body, tag] = parts.as_slice() else { return Err(JweError::Form) };
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JweError::Form);
        let head: Value = serde_json::from_slice(&decoded(header)?).map_err(|_| JweError::Form)?;
        let says = |name: &str| head.get(name).and_then(Value::as_str);
        // `zip` would compress first, `crit` would change the rules: neither is ours.
        let plain = head.get("zip").is_none() && head.get("crit").is_none();
        if says("alg") != Some(ALG) || says("enc") != Some(ENC) || !plain {
            return Err(JweError::Form);
        }
        let iv: [u8; NONCE_BYTES] = decoded(iv)?.try_into().map_err(|_| JweError::Form)?;
        let tag = decoded(tag)?;
        if tag.len() != TAG_BYTES {
            return Err(JweError::Form);
        }
        let mut sealed = decoded(body)?;
        sealed.extend(tag);
        let aad = Aad::from(header.as_bytes());
        let text = self.0.open_in_place(Nonce::from(&iv), aad, &mut sealed);
        let text = text.map_err(|_| JweError::Forged)?.to_vec();
        Ok(Opened { header: head, text })
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// Whether a body looks sealed: five parts, the second empty. No JSON does.
pub(crate) fn is_compact(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("ey") && text.split('.').count() == 5
}

/// `2026-11-21T09:00:00+09:00`. Fractions of a second are refused.
pub(crate) fn issued_at(now: Instant) -> String {
    let of_day = now.since(seoul_midnight(now)).as_millis() / 1_000;
    let hours = of_day / 3_600;
    let minutes = of_day / 60 % 60;
    let seconds = of_day % 60;
    format!("{}T{hours:02}:{minutes:02}:{seconds:02}+09:00", seoul_day(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sealed by another implementation (Python's `cryptography`), to be opened by ours.
    const FOREIGN: &str = concat!(
        "eyJlbmMiOiJBMjU2R0NNIiwiaWF0IjoiMjAyNS0wNi0yNlQxODo0Mjo0Ni4zNTYyNTkzMTUrMDk6MDAi",
        "LCJub25jZSI6IjAwOWNiNTQ2LTgzZGYtNDRiNC1hMmQxLWYyMTliMThhZTgxZCIsImFsZyI6ImRpciJ9",
        "..AAECAwQFBgcICQoL.Ef-GS2KA5wws7ifDAOcyehRYJo4k7rG0jQE.ZwLV_J-Rg2__ZXogoApw6g",
    );

    fn now() -> Instant {
        "2026-11-21T05:07:09.876Z".parse().unwrap()
    }

    fn key(byte: &str) -> Key {
        Key::from_hex(&byte.repeat(KEY_BYTES)).unwrap()
    }

    #[test]
    fn opens_what_others_seal() {
        let opened = key("6b").open(FOREIGN).unwrap();
        assert_eq!(String::from_utf8(opened.text).unwrap(), r#"{"refPayoutId":"출금-1"}"#);
        assert_eq!(opened.header["iat"], "2025-06-26T18:42:46.356259315+09:00");
    }

    #[test]
    fn what_is_sealed_opens_again_and_says_when_and_once() {
        let key = key("6b");
        let (first, second) =
            (key.seal(b"text", now()).unwrap(), key.seal(b"text", now()).unwrap());
        let opened = key.open(&first).unwrap();
        assert_eq!(opened.text, b"text");
        assert_eq!(opened.header["alg"], "dir");
        assert_eq!(opened.header["enc"], "A256GCM");
        assert_eq!(opened.header["iat"], "2026-11-21T14:07:09+09:00");
        assert_eq!(opened.header["nonce"].as_str().unwrap().len(), 36);
        assert_ne!(opened.header["nonce"], key.open(&second).unwrap().header["nonce"]);
        let ivs: Vec<&str> = [&first, &second].map(|text| text.split('.').nth(2).unwrap()).into();
        assert_ne!(ivs[0], ivs[1]);
        assert!(is_compact(&first));
        for plain in ["", "ey", "{\"a.b.c.d.e\":1}", "a.b.c.d.e"] {
            assert!(!is_compact(plain), "{plain}");
        }
    }

    #[test]
    fn whatever_is_changed_on_the_way_is_refused() {
        let (ours, other) = (key("6b"), key("6c"));
        let sealed = ours.seal(b"100 won", now()).unwrap();
        assert_eq!(other.open(&sealed).unwrap_err(), JweError::Forged);
        let parts: Vec<&str> = sealed.split('.').collect();
        for index in [2, 3, 4] {
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let first = if parts[index].starts_with('A') { "B" } else { "A" };
            parts[index].replace_range(0..1, first);
            assert_eq!(ours.open(&parts.join(".")).unwrap_err(), JweError::Forged, "{index}");
        }
        // The same header in another spelling was not sealed with it.
        let head = URL_SAFE_NO_PAD.encode(r#"{"enc":"A256GCM","alg":"dir"}"#);
        let swapped = [&[head.as_str()], &parts[1..]].concat().join(".");
        assert_eq!(ours.open(&swapped).unwrap_err(), JweError::Forged);
    }

    #[test]
    fn other_algorithms_and_forms_are_refused_before_they_are_opened() {
        let ours = key("6b");
        let sealed = ours.seal(b"100 won", now()).unwrap();
        let (_, rest) = sealed.split_once('.').unwrap();
        for header in [
            r#"{"alg":"none","enc":"A256GCM"}"#,
            r#"{"alg":"dir","enc":"A128GCM"}"#,
            r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
            r#"{"alg":"dir","enc":"A256GCM","crit":["exp"]}"#,
            "{}",
            "[]",
            "no json",
        ] {
            let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(ours.open(&forged).unwrap_err(), JweError::Form, "{header}");
        }
        let parts: Vec<&str> = sealed.split('.').collect();
        let short_tag = [&parts[..4], &["AAAA"]].concat().join(".");
        let with_key = [&parts[..1], &["AAAA"], &parts[2..]].concat().join(".");
        let odd =
            ["", "a.b", "....", &short_tag, &with_key, &format!("{sealed}.x")].map(str::to_owned);
        for text in odd {
            assert_eq!(ours.open(&text).unwrap_err(), JweError::Form, "{text}");
        }
    }

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        assert!(Key::from_hex(&"6B".repeat(32)).is_ok());
        assert!(Key::from_hex(&format!("{}\n", "6b".repeat(32))).is_ok());
        for bad in ["", "6b", &"6b".repeat(31), &"6b".repeat(33), &"zz".repeat(32)] {
            assert_eq!(Key::from_hex(bad).unwrap_err(), JweError::Key, "{bad}");
        }
    }
}
