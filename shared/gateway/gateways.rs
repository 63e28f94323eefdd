//! The providers of one stack.

use std::sync::Arc;

use domain::payment::Provider;
use kernel::Span;

use crate::{
    CardBilling, KakaoPay, KakaoPaySettings, PaymentProvider, Toss, TossSettings, Transport,
    client::Client,
};

/// Where the providers are and how we sign in there.
#[derive(Clone, Debug)]
pub struct Settings {
    pub toss: TossSettings,
    pub kakaopay: KakaoPaySettings,
    /// Where payers come back to: `<this>/<payment>/success`, `…/fail`.
    pub return_url: String,
    pub answer_within: Span,
    /// How requests reach the providers; `None`: over the network.
    pub transport: Option<Arc<dyn Transport>>,
}

/// Every provider that payments are routed to.
pub struct Gateways {
    toss: Toss,
    kakaopay: KakaoPay,
}

impl Gateways {
    /// Cheap: connections and certificates are loaded at the first call.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let client = Client::new(settings.answer_within).by(settings.transport);
        let toss = Toss::new(settings.toss, settings.return_url.clone(), client.clone());
        Self { toss, kakaopay: KakaoPay::new(settings.kakaopay, settings.return_url, client) }
    }

    #[must_use]
    pub fn provider(&self, provider: Provider) -> &dyn PaymentProvider {
        match provider {
            Provider::Toss => &self.toss,
            Provider::KakaoPay => &self.kakaopay,
        }
    }

    /// Where cards are registered and charged. Their payments are [`Provider::Toss`]'s.
    #[must_use]
    pub fn billing(&self) -> &dyn CardBilling {
        &self.toss
    }
}

impl std::fmt::Debug for Gateways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateways")
    }
}
