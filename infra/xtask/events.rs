//! The access tokens in `events/`: signed with the public local key, valid for decades, so that
//! `sam local invoke -e` takes the files as they are.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};
use jsonwebtoken::dangerous::insecure_decode_claims;
use platform::{Claims, Config, Keys};
use serde_json::Value;

/// 2100-01-01: as good as never.
const EXPIRES: i64 = 4_102_444_800;
const BEARER: &str = "Bearer ";

/// Every event file that carries a token, by its path from `root`, with the token as it must be.
pub fn generated(root: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let keys = Keys::new(&Config::local())?;
    let mut files = Vec::new();
    for folder in sorted(&root.join("events"))? {
        for path in sorted(&root.join("events").join(&folder))? {
            let path = format!("events/{folder}/{path}");
            let text = fs::read_to_string(root.join(&path)).with_context(|| path.clone())?;
            let event: Value = serde_json::from_str(&text).with_context(|| path.clone())?;
            let header = event.pointer("/headers/authorization").and_then(Value::as_str);
            if let Some(token) = header.and_then(|header| header.strip_prefix(BEARER)) {
                let lasting = lasting(&keys, token).with_context(|| path.clone())?;
                files.push((path, text.replace(token, &lasting)));
            }
        }
    }
    ensure!(!files.is_empty(), "no event carries a token");
    Ok(files)
}

/// A token for the same user and roles, whoever signed the other.
fn lasting(keys: &Keys, token: &str) -> anyhow::Result<String> {
    let claims: Claims = insecure_decode_claims(token)?;
    let iss = Config::local().issuer;
    let lasting = keys.sign(&Claims { exp: EXPIRES, iss, ..claims });
    lasting.ok().context("a token cannot be signed")
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
