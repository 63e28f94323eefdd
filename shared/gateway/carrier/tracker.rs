//! Delivery Tracker (tracker.delivery/docs), which asks every carrier's own site.
//!
//! It knows of no parcel that went back or was lost: see [`super::answers`] for how these are told.

use std::{fmt, sync::Arc};

use domain::carrier::{Tracking, TrackingNumber};
use http::{HeaderMap, HeaderValue, Method, header};
use kernel::Span;
use serde_json::{Value, json};

use super::{
    CarrierCall, CarrierError, CarrierTracker, Watch,
    answers::{EVENTS_MAX, data, tracking},
};
use crate::{
    GatewayError, Transport,
    client::{Client, TextAsk},
};

/// Descriptions are not asked for: they name couriers and their telephones.
const LOOK_UP: &str = "query Track($carrierId: ID!, $trackingNumber: String!, $last: Int!) { \
    track(carrierId: $carrierId, trackingNumber: $trackingNumber) { \
    trackingNumber events(last: $last) { edges { node { time status { code name } } } } } }";

const WATCH: &str = "mutation Watch($input: RegisterTrackWebhookInput!) { \
    registerTrackWebhook(input: $input) }";

/// Where the provider is and how we sign in there. Its `Debug` hides the secret.
#[derive(Clone)]
pub struct DeliveryTrackerSettings {
    /// `https://apis.tracker.delivery/graphql`
    pub api_url: String,
    pub client_id: String,
    pub client_secret: String,
    pub answer_within: Span,
    /// How requests reach the provider; `None`: over the network.
    pub transport: Option<Arc<dyn Transport>>,
}

/// The adapter.
#[derive(Debug)]
pub struct DeliveryTracker {
    settings: DeliveryTrackerSettings,
    client: Client,
}

impl DeliveryTracker {
    /// Cheap: connections and certificates are loaded at the first call.
    #[must_use]
    pub fn new(settings: DeliveryTrackerSettings) -> Self {
        let client = Client::new(settings.answer_within).by(settings.transport.clone());
        Self { settings, client }
    }

    /// Asks once; answers the `data`.
    async fn ask(&self, query: &str, variables: Value) -> Result<Value, CarrierError> {
        let DeliveryTrackerSettings { client_id, client_secret, .. } = &self.settings;
        let credentials = format!("TRACKQL-API-KEY {client_id}:{client_secret}");
        let unsendable = |_| CarrierError::Refused("header authorization".to_owned());
        let mut value = HeaderValue::try_from(credentials).map_err(unsendable)?;
        value.set_sensitive(true);
        let json = HeaderValue::from_static("application/json");
        let headers =
            HeaderMap::from_iter([(header::AUTHORIZATION, value), (header::CONTENT_TYPE, json)]);
        let body = json!({ "query": query, "variables": variables }).to_string();
        let url = self.settings.api_url.clone();
        let ask = TextAsk { method: Method::POST, url, headers, body: Some(body) };
        let (status, text) = self.client.ask_text(ask).await.map_err(|error| match error {
            GatewayError::Misconfigured(why) => CarrierError::Refused(why),
            error => CarrierError::TryAgain(error.to_string()),
        })?;
        data(status, &text)
    }

    async fn read(&self, number: &TrackingNumber) -> Result<Tracking, CarrierError> {
        let variables = json!({
            "carrierId": number.carrier().id(),
            "trackingNumber": number.digits(),
            "last": EVENTS_MAX,
        });
        tracking(self.ask(LOOK_UP, variables).await?, number)
    }

    async fn register(&self, watch: Watch<'_>) -> Result<(), CarrierError> {
        let input = json!({
            "carrierId": watch.number.carrier().id(),
            "trackingNumber": watch.number.digits(),
            "callbackUrl": watch.callback_url,
            "expirationTime": watch.until.to_string(),
        });
        match self.ask(WATCH, json!({ "input": input })).await {
            Ok(data) if data.get("registerTrackWebhook") == Some(&Value::Bool(true)) => Ok(()),
            Ok(_) => Err(CarrierError::NotUnderstood("a watch that was not taken".to_owned())),
            // It is our address or our time that is bad: what a number is, looking it up tells.
            Err(CarrierError::NotThisCarriers) => {
                Err(CarrierError::Refused("a watch like this".to_owned()))
            }
            Err(error) => Err(error),
        }
    }
}

impl CarrierTracker for DeliveryTracker {
    fn watch<'a>(&'a self, watch: Watch<'a>) -> CarrierCall<'a, ()> {
        Box::pin(self.register(watch))
    }

    fn look_up<'a>(&'a self, number: &'a TrackingNumber) -> CarrierCall<'a, Tracking> {
        Box::pin(self.read(number))
    }
}

impl fmt::Debug for DeliveryTrackerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeliveryTrackerSettings({})", self.api_url)
    }
}
