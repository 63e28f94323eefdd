//! Asks to be told when an option can be bought for so much or less.

use axum::extract::State;
use domain::{
    catalog::ItemOption,
    exchange::{Instrument, Price, Side},
};
use events::{Event, PriceFell};
use kernel::{CatalogItemId, Instant, Won, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, parse,
    retry::Policy,
};
use serde::Deserialize;
use store::{
    Label, Read, Table,
    exchange::{ALERTS_MAX, Alert, AlertWrite, alert_creation},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{alert_view::AlertView, placing, refusal};

const PATH: &str = "/v1/exchange/alerts";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "create_alert",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Optional).problems(&[
        codes::NOT_TRADED,
        codes::ALERT_EXISTS,
        codes::ALERTS_FULL,
    ]),
)
.grants(&[
    Grant::table(Table::Exchange).batch_get().get().put().update(),
    Grant::table(Table::Catalog).get(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[PriceFell::KIND]);

/// The best price changes between reading and writing at most this often.
const CREATE: Policy = Policy::named("create-alert", 16);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateAlert {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "270")]
    option: ItemOption,
    /// Won, in steps of 1,000.
    #[schema(value_type = i64, example = 300_000, minimum = 1_000, multiple_of = 1_000)]
    price: Won,
}

/// Asks to be told of a price
///
/// Once: when the lowest ask is so much or less, the notification centre says so, and the alert is
/// gone. When it is so already, that happens at once. At most 100 alerts a user.
#[utoipa::path(
    post,
    path = PATH,
    request_body = CreateAlert,
    responses((status = 201, body = AlertView, description = "The alert"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<CreateAlert>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let price = placing::price(body.price, "/price")?;
    let mut alert = draft(&app, &caller, &body, price, now).await?;
    let mut attempts = CREATE.attempts();
    while attempts.again() {
        let quotes = app.store.quotes(alert.instrument).await?;
        alert.since = quotes.version;
        let Instrument { item, option } = alert.instrument;
        let location = format!("/v1/exchange/alerts/{item}/{option}/{}", price.get());
        let reply = Reply::created(location, &AlertView::from(&alert))?;
        let mut moved = false;
        let explain = |label, _| {
            moved = matches!(label, Label::Alert(AlertWrite::Quotes) | Label::Event);
            refused(label)
        };
        let transaction = alert_creation(&alert, &quotes);
        let outcome = once.commit(&app, transaction, reply, explain).await;
        if !moved {
            return outcome;
        }
    }
    Err(attempts.exhausted().into())
}

/// The alert, of something that is traded.
async fn draft(
    app: &App,
    caller: &Caller,
    body: &CreateAlert,
    price: Price,
    now: Instant,
) -> Result<Alert, Problem> {
    let instrument = Instrument { item: body.item_id, option: body.option };
    let heads = app.store.exchange_heads(instrument, Side::Sell).await?;
    let (head, _) = heads.ok_or_else(refusal::not_traded)?;
    let item = app.store.catalog_item(body.item_id, Read::Eventual).await?;
    let item = item.filter(|_| !head.closed).ok_or_else(refusal::not_traded)?;
    let title = format!("{} {}", item.facts.name_ko.as_str(), body.option);
    let id = app.entropy.uuid(now);
    Ok(Alert { id, user: caller.user, instrument, price, title, created_at: now, since: 0 })
}

fn refused(label: Label) -> Problem {
    match label {
        Label::Alert(AlertWrite::Alert) => {
            Problem::new(codes::ALERT_EXISTS, "You will be told of this price already.")
        }
        Label::Alert(AlertWrite::Count) => {
            let detail = format!("Delete one of your {ALERTS_MAX} price alerts first.");
            Problem::new(codes::ALERTS_FULL, detail)
        }
        _ => Problem::try_again("the price moved"),
    }
}

#[cfg(test)]
mod tests;
