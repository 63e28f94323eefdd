//! Pays a trade from the wallet.

use axum::extract::State;
use domain::{
    ledger::Split,
    trade::{Agreement, Command, Trade, policy::MISSED_MEETINGS_MAX},
};
use events::{Event, TradeMoved};
use kernel::{AddressId, Instant, TradeId, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
};
use serde::Deserialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/pay";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "pay_trade",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::ADDRESS_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::PAYMENT_IN_PROGRESS,
        codes::PAYMENT_OVERDUE,
        codes::INSUFFICIENT_BALANCE,
        codes::PENALTY_DUE,
        codes::IN_PERSON_UNAVAILABLE,
    ]),
)
.grants(&[
    Grant::table(Table::Identity).get(),
    Grant::table(Table::Auction).get(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).get().put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[TradeMoved::KIND]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PayTrade {
    /// From the caller's address book. The trade keeps a copy. This, or `inPerson`.
    #[schema(value_type = Option<String>, format = Uuid)]
    address_id: Option<AddressId>,
    /// `true`: the goods are handed over in person, against a code that only the buyer sees. Not
    /// for goods that go through the inspection centre.
    in_person: Option<bool>,
}

/// Pays a trade from the wallet
///
/// The money waits in escrow until the buyer confirms. Paying a second-chance offer accepts it. The
/// seller has 48 hours to ship; goods that are handed over in person change hands within 7 days,
/// else the buyer is refunded, and that counts for both sides: at three in 90 days neither buys or
/// sells in person.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = PayTrade,
    responses((status = 200, body = TradeView, description = "Paid"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<PayTrade>,
) -> Result<Reply, Problem> {
    let destination = body.destination()?;
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let (found, _) = command::find(&app, &caller, trade).await?;
    let from = Split::ZERO;
    let pay = match destination {
        Destination::InPerson => {
            may_meet(&app, &found, now).await?;
            Command::PayToMeet { from }
        }
        Destination::Address(id) => {
            let row = app.store.address(caller.user, id).await?;
            let row = row.ok_or_else(|| {
                let detail = "Add the address to your address book first.";
                Problem::new(codes::ADDRESS_NOT_FOUND, detail)
            })?;
            Command::Pay { address: row.address, from }
        }
    };
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, pay).await
}

/// Where the goods change hands.
enum Destination {
    Address(AddressId),
    InPerson,
}

impl PayTrade {
    fn destination(&self) -> Result<Destination, Problem> {
        match (self.address_id, self.in_person.unwrap_or_default()) {
            (Some(address), false) => Ok(Destination::Address(address)),
            (None, true) => Ok(Destination::InPerson),
            (Some(_), true) => {
                let detail = "Goods that are handed over in person go to no address.";
                Err(Problem::field("/inPerson", "invalid", detail))
            }
            (None, false) => {
                let detail = "Say where the goods go, or that they are handed over in person.";
                Err(Problem::field("/addressId", "required", detail))
            }
        }
    }
}

/// Whoever let three of these lapse neither buys nor sells in person for a while.
async fn may_meet(app: &App, trade: &Trade, now: Instant) -> Result<(), Problem> {
    let Agreement { buyer, seller, .. } = trade.agreement;
    for side in [buyer, seller] {
        let missed = app.store.standing(side).await?.missed_meetings(now);
        if missed >= MISSED_MEETINGS_MAX {
            let detail = "One of you let three sales in person lapse within 90 days.";
            return Err(Problem::new(codes::IN_PERSON_UNAVAILABLE, detail));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
