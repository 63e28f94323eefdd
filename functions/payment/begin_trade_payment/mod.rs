//! Begins to pay a trade through a provider.

use axum::extract::State;
use domain::{
    payment::{ProviderName, Purpose},
    trade::{self, claim},
};
use kernel::{AddressId, PaymentId, TradeId, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
    Secret, parse,
};
use serde::Deserialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    checkout_view::{self, Begin, BegunPayment},
    refusal,
};

const PATH: &str = "/v1/trades/{tradeId}/payments";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "begin_trade_payment",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::ADDRESS_NOT_FOUND,
        codes::WRONG_TRADE_STATE,
        codes::PAYMENT_IN_PROGRESS,
        codes::PAYMENT_OVERDUE,
        codes::PROVIDER_UNSUPPORTED,
        codes::PROVIDER_UNAVAILABLE,
        codes::PAYMENT_DECLINED,
        codes::AMOUNT_TOO_SMALL,
    ]),
)
.grants(&[
    Grant::table(Table::Identity).get(),
    Grant::table(Table::Trade).get(),
    Grant::table(Table::Payment).put(),
    Grant::table(Table::Operation).get().put(),
])
.timeout_s(29)
.secrets(&[Secret::Payment]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BeginTradePayment {
    /// `toss` or `kakaopay`. `naver` and `payco` are known and answered 422.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "kakaopay")]
    provider: ProviderName,
    /// From the caller's address book. The payment keeps a copy, and the trade once it is paid.
    #[schema(value_type = String, format = Uuid)]
    address_id: AddressId,
}

/// Begins to pay a trade through a provider
///
/// What is due is what the trade says. The trade stays free to be paid otherwise until the payment
/// is confirmed; from then on nothing else pays or ends it.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = BeginTradePayment,
    responses((
        status = 201,
        body = BegunPayment,
        description = "The payment waits for its payer",
        headers(("Location" = String, description = "The payment")),
    ))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<TradeId>,
    once: Once,
    Json(body): Json<BeginTradePayment>,
) -> Result<Reply, Problem> {
    let provider = checkout_view::route(body.provider)?;
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let trade = app.store.trade(id).await?;
    let agreed = |trade: &domain::trade::Trade| {
        [trade.agreement.buyer, trade.agreement.seller].contains(&caller.user)
    };
    let trade = trade
        .filter(agreed)
        .ok_or_else(|| Problem::new(codes::TRADE_NOT_FOUND, format!("You have no trade {id}.")))?;
    if trade.agreement.buyer != caller.user {
        return Err(Problem::new(codes::FORBIDDEN, "Only the buyer pays."));
    }
    if trade.matched().is_some() {
        // Paid as its order said: by what is held, or by the order's card.
        return Err(refusal::trade(trade::Rejection::WrongState { state: trade.state }));
    }
    let row = app.store.address(caller.user, body.address_id).await?;
    let row = row.ok_or_else(|| {
        Problem::new(codes::ADDRESS_NOT_FOUND, "Add the address to your address book first.")
    })?;
    // Asked early, to spare the payer a payment that could not be confirmed; decided when claimed.
    let nobody = PaymentId::from_uuid(app.entropy.uuid(now));
    let address = row.address.clone();
    claim(&trade, nobody, trade.total(), address, now).map_err(refusal::trade)?;
    let purpose = Purpose::Trade { trade: id, address: body.address_id };
    let amount = trade.total();
    let name = trade.agreement.title.clone();
    let ships_to = Some(row.address);
    let begin = Begin { user: caller.user, purpose, amount, provider, name, ships_to };
    checkout_view::begin(&app, &once, begin, now).await
}

#[cfg(test)]
mod tests;
