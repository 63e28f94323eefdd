//! Configuration, read once at start.

use std::sync::Arc;

use gateway::{
    Transport,
    carrier::{CARRIER_ANSWERS_WITHIN, DeliveryTrackerSettings},
    payout::{self, FakeBank, NoBank, PayoutBank, TossPayoutSettings},
};
use messaging::Names;

use crate::{
    hashing::Hashing,
    secrets::{CarrierSecret, PaymentSecret, Secrets},
};

/// What the stack tells a function about itself, and the secrets that it read for itself.
#[derive(Clone, Debug)]
pub struct Config {
    /// Before every table's name, like `jangteo-`.
    pub table_prefix: String,
    pub names: Names,
    /// `iss` of our tokens, like `https://api.jangteo.example`.
    pub issuer: String,
    /// Where whoever sends us notices reaches this API; in a stack the same.
    pub api_url: String,
    /// Never from the environment: see [`Config::armed`].
    pub secrets: Secrets,
    /// Browser origins that may call with credentials.
    pub allowed_origins: Vec<String>,
    /// How many text messages may leave per (Seoul) day.
    pub sms_daily_max: i64,
    /// How many e-mails may leave per (Seoul) day.
    pub email_daily_max: i64,
    /// `https://api.tosspayments.com`, or wherever Toss is played.
    pub toss_base_url: String,
    /// The page that opens Toss's payment window.
    pub toss_checkout_url: String,
    pub kakaopay_base_url: String,
    /// The shop at KakaoPay.
    pub kakaopay_cid: String,
    /// Where payers come back to: `<this>/<payment>/success`, `…/fail`.
    pub payment_return_url: String,
    /// `https://apis.tracker.delivery/graphql`, or wherever carriers are played.
    pub carrier_api_url: String,
    /// Who pays out withdrawals: in a stack `none` or `toss`.
    pub payout_bank: String,
    /// The same at work.
    pub bank: Arc<dyn PayoutBank>,
    /// How passwords are hashed.
    pub hashing: Hashing,
    /// How requests reach the providers of payments; `None`, as in a stack: over the network.
    pub provider_transport: Option<Arc<dyn Transport>>,
    /// The same for whoever looks parcels up.
    pub carrier_transport: Option<Arc<dyn Transport>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the environment variable {0} is missing or unreadable")]
pub struct ConfigError(pub &'static str);

impl Config {
    /// From the environment variables that `template.yaml` sets.
    pub fn from_env() -> Result<Self, ConfigError> {
        let issuer = variable("ISSUER")?;
        Ok(Self {
            table_prefix: variable("TABLE_PREFIX")?,
            names: Names {
                event_bus: variable("EVENT_BUS")?,
                queue_url_prefix: variable("QUEUE_URL_PREFIX")?,
                function_arn_prefix: variable("FUNCTION_ARN_PREFIX")?,
                schedule_group: variable("SCHEDULE_GROUP")?,
                schedule_role_arn: variable("SCHEDULE_ROLE_ARN")?,
                email_from: variable("EMAIL_FROM")?,
            },
            api_url: issuer.clone(),
            issuer,
            secrets: Secrets::default(),
            allowed_origins: list(&variable("ALLOWED_ORIGINS")?),
            sms_daily_max: number("SMS_DAILY_MAX")?,
            email_daily_max: number("EMAIL_DAILY_MAX")?,
            toss_base_url: variable("TOSS_BASE_URL")?,
            toss_checkout_url: variable("TOSS_CHECKOUT_URL")?,
            kakaopay_base_url: variable("KAKAOPAY_BASE_URL")?,
            kakaopay_cid: variable("KAKAOPAY_CID")?,
            payment_return_url: variable("PAYMENT_RETURN_URL")?,
            carrier_api_url: variable("CARRIER_API_URL")?,
            payout_bank: variable("PAYOUT_BANK")?,
            bank: Arc::new(NoBank),
            hashing: Hashing::RULES,
            provider_transport: None,
            carrier_transport: None,
        })
    }

    /// The same with what the function has read of its secrets, and what is made of them.
    pub fn armed(mut self, secrets: Secrets) -> Result<Self, ConfigError> {
        if let Some(wallet) = &secrets.wallet {
            let payouts = TossPayoutSettings {
                base_url: self.toss_base_url.clone(),
                secret_key: wallet.toss_payout_secret_key.clone(),
                security_key: wallet.toss_payout_security_key.clone(),
                test_code: None,
                answer_within: gateway::ANSWER_WITHIN,
            };
            let bank = payout::by_name(&self.payout_bank, payouts);
            self.bank = bank.ok_or(ConfigError("PAYOUT_BANK"))?;
        }
        self.secrets = secrets;
        Ok(self)
    }

    /// For a laptop and for tests. The secrets are public: nothing real may use them.
    #[must_use]
    pub fn local() -> Self {
        Self {
            table_prefix: "jangteo-".to_owned(),
            names: Names {
                event_bus: "jangteo".to_owned(),
                queue_url_prefix: "http://sqs.local/000000000000/jangteo-".to_owned(),
                function_arn_prefix: "arn:aws:lambda:ap-northeast-2:000000000000:function:jangteo-"
                    .to_owned(),
                schedule_group: "jangteo".to_owned(),
                schedule_role_arn: "arn:aws:iam::000000000000:role/jangteo-scheduler".to_owned(),
                email_from: "no-reply@jangteo.example".to_owned(),
            },
            issuer: "http://127.0.0.1:3000".to_owned(),
            api_url: "http://127.0.0.1:3000".to_owned(),
            secrets: Secrets::local(),
            allowed_origins: vec![
                "http://127.0.0.1:3000".to_owned(),
                "http://localhost:3000".to_owned(),
            ],
            sms_daily_max: 1_000,
            email_daily_max: 10_000,
            toss_base_url: String::new(),
            toss_checkout_url: String::new(),
            kakaopay_base_url: String::new(),
            kakaopay_cid: "TC0ONETIME".to_owned(),
            payment_return_url: String::new(),
            carrier_api_url: String::new(),
            payout_bank: "fake".to_owned(),
            bank: Arc::new(FakeBank::default()),
            hashing: Hashing::RULES,
            provider_transport: None,
            carrier_transport: None,
        }
        .with_providers_at("http://127.0.0.1:3000/_local")
    }

    /// The same with the providers played under `base`, as `cargo dev` and tests do.
    #[must_use]
    pub fn with_providers_at(mut self, base: &str) -> Self {
        self.toss_base_url = format!("{base}/toss");
        self.toss_checkout_url = format!("{base}/toss/checkout");
        self.kakaopay_base_url = format!("{base}/kakaopay");
        self.payment_return_url = format!("{base}/payments");
        self.carrier_api_url = format!("{base}/carrier/graphql");
        self
    }

    /// Without the secret the provider refuses every call.
    pub(crate) fn carriers(&self) -> DeliveryTrackerSettings {
        let key = |of: fn(&CarrierSecret) -> &String| {
            self.secrets.carrier.as_ref().map(of).cloned().unwrap_or_default()
        };
        DeliveryTrackerSettings {
            api_url: self.carrier_api_url.clone(),
            client_id: key(|carrier| &carrier.tracker_client_id),
            client_secret: key(|carrier| &carrier.tracker_client_secret),
            answer_within: CARRIER_ANSWERS_WITHIN,
            transport: self.carrier_transport.clone(),
        }
    }

    /// Without the secret nobody is signed in, and the providers refuse every call.
    pub(crate) fn gateways(&self) -> gateway::Settings {
        let key = |of: fn(&PaymentSecret) -> &String| {
            self.secrets.payment.as_ref().map(of).cloned().unwrap_or_default()
        };
        gateway::Settings {
            toss: gateway::TossSettings {
                base_url: self.toss_base_url.clone(),
                secret_key: key(|payment| &payment.toss_secret_key),
                checkout_url: self.toss_checkout_url.clone(),
                test_code: None,
            },
            kakaopay: gateway::KakaoPaySettings {
                base_url: self.kakaopay_base_url.clone(),
                secret_key: key(|payment| &payment.kakaopay_secret_key),
                cid: self.kakaopay_cid.clone(),
            },
            return_url: self.payment_return_url.clone(),
            answer_within: gateway::ANSWER_WITHIN,
            transport: self.provider_transport.clone(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(crate) fn variable(name: &'static str) -> Result<String, ConfigError> {
    std::env::var(name).map_err(|_| ConfigError(name))
}

fn number(name: &'static str) -> Result<i64, ConfigError> {
    variable(name)?.parse().map_err(|_| ConfigError(name))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
