//! Secrets Manager: every secret of the stack, made with the cloud as a deployment makes it.

use std::collections::BTreeMap;

use platform::{Secret, Secrets};
use serde_json::{Value, json};

use crate::{
    account::Account,
    state::{Kept, State, Version},
    wire::ServiceError,
};

/// Every secret that is not there yet, with its public local value.
pub(crate) fn declare(state: &mut State, prefix: &str) {
    let local = Secrets::local();
    for secret in Secret::ALL {
        let Ok(Some(text)) = local.text(secret) else { continue };
        let name = format!("{prefix}{}", secret.name());
        if !state.secrets.contains_key(&name) {
            let current = Version { id: state.fresh_id(), text };
            state.secrets.insert(name, Kept { current, previous: None });
        }
    }
}

/// Answers an operation of Secrets Manager.
pub(crate) fn answer(
    account: &Account,
    operation: &str,
    body: &Value,
) -> Result<Value, ServiceError> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let name = text("SecretId").unwrap_or_default();
    match operation {
        "GetSecretValue" => account.read(|state| {
            let kept = find(&state.secrets, name)?;
            let version = match text("VersionStage").unwrap_or("AWSCURRENT") {
                "AWSCURRENT" => Some(&kept.current),
                "AWSPREVIOUS" => kept.previous.as_ref(),
                _ => None,
            };
            let version = version.ok_or_else(missing)?;
            Ok(json!({
                "ARN": arn(name), "Name": name, "SecretString": version.text,
                "VersionId": version.id, "VersionStages": ["AWSCURRENT"],
            }))
        }),
        "PutSecretValue" => account.change(|state| {
            let fresh = state.fresh_id();
            let id = text("ClientRequestToken").map_or(fresh, str::to_owned);
            let value = text("SecretString").ok_or_else(|| {
                ServiceError::client("InvalidParameterException", "a SecretString is missing")
            })?;
            let kept = state.secrets.get_mut(name).ok_or_else(missing)?;
            put(kept, Version { id: id.clone(), text: value.to_owned() })?;
            Ok(json!({
                "ARN": arn(name), "Name": name, "VersionId": id, "VersionStages": ["AWSCURRENT"],
            }))
        }),
        _ => {
            let message = "only GetSecretValue and PutSecretValue are known here";
            Err(ServiceError::client("UnknownOperationException", message))
        }
    }
}

/// The same token puts the same value once, and never another one.
fn put(kept: &mut Kept, version: Version) -> Result<(), ServiceError> {
    let known = [Some(&kept.current), kept.previous.as_ref()];
    if let Some(known) = known.into_iter().flatten().find(|known| known.id == version.id) {
        let same = known.text == version.text;
        let message = "this token has put another value";
        return if same {
            Ok(())
        } else {
            Err(ServiceError::client("ResourceExistsException", message))
        };
    }
    kept.previous = Some(std::mem::replace(&mut kept.current, version));
    Ok(())
}

fn find<'a>(secrets: &'a BTreeMap<String, Kept>, name: &str) -> Result<&'a Kept, ServiceError> {
    secrets.get(name).ok_or_else(missing)
}

fn missing() -> ServiceError {
    let message = "Secrets Manager can't find the specified secret.";
    ServiceError::client("ResourceNotFoundException", message)
}

fn arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:{name}-local0")
}
