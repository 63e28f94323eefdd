//! Gives an open order another price.

use axum::extract::State;
use domain::exchange::{Order, OrderFunding, OrderState, Price, Rejection, TimeInForce};
use events::{Event, OrderExpired, TradeMatched};
use kernel::{Instant, OrderId, UserId, Won, codes};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
    retry::Policy,
};
use serde::Deserialize;
use store::{
    Read,
    exchange::{BookLine, PriceContext},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    placing::{self, REPRICING_GRANTS},
    refusal::{self, REPRICING_PROBLEMS},
    submission::{Outcome, Submission, number, submit},
    turn,
    view::OrderView,
};

const PATH: &str = "/v1/exchange/orders/{orderId}/price";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "reprice_order",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Required)
        .problems(REPRICING_PROBLEMS),
)
.grants(REPRICING_GRANTS)
.tells(&[TradeMatched::KIND, OrderExpired::KIND])
.timeout_s(29);

/// How often an order that somebody else changes meanwhile is looked at again.
const REPRICE: Policy = Policy::named("reprice-order", 8);

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RepriceOrder {
    /// Won; in steps of 1,000. The most a buyer pays, the least a seller takes, without fees.
    #[schema(value_type = i64, example = 321_000, minimum = 1_000)]
    price: Won,
    /// That a price is meant which slips make, as when an order is placed.
    #[serde(default)]
    confirm: bool,
}

/// An order and the price that it is to have.
#[derive(Clone, Copy)]
struct Repricing<'a> {
    user: UserId,
    id: OrderId,
    price: Price,
    confirmed: bool,
    once: &'a Once,
    now: Instant,
}

/// The order when it is its turn, and the book as it was then.
struct Ready {
    order: Order,
    line: BookLine,
}

/// Gives an open order another price
///
/// In one step it leaves its place and comes again: behind whoever rests at the new price, or it
/// meets the best order of the other side at that order's price. What is held for it changes by the
/// difference at the same moment. The end of its time stays. What a price needs when an order is
/// placed it needs here (`confirm-price`, `self-trade`). Of a match, a cancellation and another
/// price exactly one happens. A bid that a card pays keeps its price: `price-fixed`.
#[utoipa::path(
    post,
    path = PATH,
    params(("orderId" = String, Path, format = Uuid, description = "The order")),
    request_body = RepriceOrder,
    responses((status = 200, body = OrderView, description = "The order: `open`, or `matched`"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<OrderId>,
    once: Once,
    Json(body): Json<RepriceOrder>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let price = placing::price(body.price, "/price")?;
    let confirmed = body.confirm;
    let wanted = Repricing { user: caller.user, id, price, confirmed, once: &once, now };
    let order = match wanted.order(&app).await? {
        Ok(order) => order,
        Err(first) => return Ok(first),
    };
    let context = wanted.context(&app, &order).await?;
    Box::pin(wanted.reprice(&app, order, &context)).await
}

impl Repricing<'_> {
    /// The order, open and at another price; or the first answer to this request.
    async fn order(&self, app: &App) -> Result<Result<Order, Reply>, Problem> {
        let order = app.store.order(self.id, Read::Consistent).await?;
        let order = order.filter(|order| order.user == self.user);
        let order = order.ok_or_else(|| refusal::not_found(self.id))?;
        let refused = match (order.state_at(self.now), order.terms.funding) {
            (OrderState::Open, OrderFunding::Card(_)) => fixed(),
            (OrderState::Open, _) if order.terms.price == self.price => unchanged(),
            (OrderState::Open, _) => return Ok(Ok(order)),
            (state, _) => refusal::not_open(state),
        };
        // Perhaps the first sending of this request did it.
        self.once.replay(app).await?.map(Err).ok_or(refused)
    }

    /// What the price depends on, unless it is refused at once.
    async fn context(&self, app: &App, order: &Order) -> Result<PriceContext, Problem> {
        let terms = &order.terms;
        let context = app.store.price_context(self.user, terms.instrument(), terms.side).await?;
        if context.line.heads.is_none() {
            return Err(refusal::not_traded());
        }
        let last = context.quotes.last.map(|last| last.price);
        if !self.confirmed && self.price.is_off(last) {
            let meets_at = context.quotes.meets_at(terms.side, self.price);
            return Err(refusal::unconfirmed(&context.quotes, meets_at));
        }
        if context.balance.in_debt() {
            return Err(Problem::penalty_due());
        }
        Ok(context)
    }

    async fn reprice(
        &self,
        app: &App,
        order: Order,
        context: &PriceContext,
    ) -> Result<Reply, Problem> {
        let instrument = order.terms.instrument();
        let number = number(app, instrument).await?.ok_or_else(refusal::not_traded)?;
        let ready = self.turn(app, order, context.line, number).await;
        if !matches!(ready, Ok(Ok(_))) {
            turn::pass(app, instrument, number).await;
        }
        let ready = match ready? {
            Ok(ready) => ready,
            Err(first) => return Ok(first),
        };
        let mut line = Some(ready.line);
        let mut order = ready.order;
        let mut attempts = REPRICE.attempts();
        while attempts.again() {
            let after = order.repriced(self.price, number);
            let submission = Submission {
                before: Some(&order),
                order: &after,
                time_in_force: TimeInForce::GoodTil(after.terms.expires_at),
                confirmed: self.confirmed,
                number: Some(number),
                free: Some(context.balance.free),
                once: Some(self.once),
            };
            match submit(app, submission, line.take(), self.now).await? {
                Outcome::Done(order) => return Reply::ok(&OrderView::new(&order, self.now)),
                Outcome::Known => {}
                Outcome::Rejected(Rejection::Unconfirmed { meets_at }) => {
                    return Err(refusal::unconfirmed(&context.quotes, meets_at));
                }
                Outcome::Rejected(rejection) => return Err(refusal::order(rejection)),
                Outcome::Card(write, bids) => {
                    return Err(refusal::card(&after, write, bids.as_ref()));
                }
                Outcome::Money(unpaid) => return Err(refusal::money(&unpaid)),
            }
            // Somebody met it, it ended, it was repriced: or this request did it before.
            order = match self.order(app).await? {
                Ok(order) => order,
                Err(first) => return Ok(first),
            };
        }
        Err(attempts.exhausted().into())
    }

    /// Waits for the turn of `number`, and reads the order again if others had theirs meanwhile.
    async fn turn(
        &self,
        app: &App,
        order: Order,
        line: BookLine,
        number: u32,
    ) -> Result<Result<Ready, Reply>, Problem> {
        let terms = &order.terms;
        match turn::wait(app, terms.instrument(), terms.side, number, line).await? {
            None => Ok(Ok(Ready { order, line })),
            Some(line) => Ok(self.order(app).await?.map(|order| Ready { order, line })),
        }
    }
}

fn unchanged() -> Problem {
    Problem::new(codes::PRICE_UNCHANGED, "It keeps its place in the book.")
}

fn fixed() -> Problem {
    let detail = "A card pays for this bid at the price it was placed at. Cancel it and place \
                  another one.";
    Problem::new(codes::PRICE_FIXED, detail)
}

#[cfg(test)]
mod tests;
