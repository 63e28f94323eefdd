//! `cargo xtask sam-env`: what the stacks' variables are on a laptop, as `sam local --env-vars`
//! reads it. Functions that SAM runs in containers then work on the tables, queues and providers
//! of `cargo dev`, and each side takes the other's tokens.

use anyhow::{Context as _, bail};
use platform::{Config, Secret};
use serde_json::{Map, Value, json};

use crate::dev;

/// Docker's name for the machine it runs on.
const ENDPOINT_DEFAULT: &str = "http://host.docker.internal:4566";

const USAGE: &str = "\
usage: cargo xtask sam-env [--endpoint http://host.docker.internal:4566] [--port 3000]

  --endpoint URL  where containers reach `cargo dev --aws-port`
  --port PORT     where browsers reach `cargo dev`";

#[expect(clippy::print_stdout, reason = "the output is the file")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let mut endpoint = ENDPOINT_DEFAULT.to_owned();
    let mut port = dev::PORT_DEFAULT;
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n\n{USAGE}"));
        match word {
            "--endpoint" => value()?.trim_end_matches('/').clone_into(&mut endpoint),
            "--port" => port = value()?.parse().context("--port needs a number")?,
            other => bail!("there is no option {other}\n\n{USAGE}"),
        }
    }
    // SAM sets only variables that a template names, for every function that names them.
    let variables: Map<String, Value> = variables(&dev::config(port), &endpoint)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    println!("{:#}", json!({ "Parameters": variables }));
    Ok(())
}

/// Every variable of the stacks for a process that reaches the embedded cloud, and the providers
/// it plays, at `endpoint`.
#[must_use]
pub fn variables(config: &Config, endpoint: &str) -> Vec<(&'static str, String)> {
    let config = config.clone();
    let providers = Config::local().with_providers_at(&format!("{endpoint}/_local"));
    let names = Secret::ALL
        .map(|secret| (secret.variable(), format!("{}{}", config.table_prefix, secret.name())));
    let mut variables = vec![
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("TABLE_PREFIX", config.table_prefix.clone()),
        ("EVENT_BUS", config.names.event_bus),
        ("QUEUE_URL_PREFIX", config.names.queue_url_prefix),
        ("FUNCTION_ARN_PREFIX", config.names.function_arn_prefix),
        ("SCHEDULE_GROUP", config.names.schedule_group),
        ("SCHEDULE_ROLE_ARN", config.names.schedule_role_arn),
        ("EMAIL_FROM", config.names.email_from),
        ("ISSUER", config.issuer),
        ("ALLOWED_ORIGINS", config.allowed_origins.join(",")),
        ("SMS_DAILY_MAX", config.sms_daily_max.to_string()),
        ("EMAIL_DAILY_MAX", config.email_daily_max.to_string()),
        // The play-money bank lives in one process; Toss's payouts are played over HTTP.
        ("PAYOUT_BANK", "toss".to_owned()),
        ("TOSS_BASE_URL", providers.toss_base_url),
        // Pages are opened by a browser, which is not in a container.
        ("TOSS_CHECKOUT_URL", config.toss_checkout_url),
        ("KAKAOPAY_BASE_URL", providers.kakaopay_base_url),
        ("KAKAOPAY_CID", config.kakaopay_cid),
        ("PAYMENT_RETURN_URL", config.payment_return_url),
        ("CARRIER_API_URL", providers.carrier_api_url),
    ];
    variables.extend(names);
    variables
}
