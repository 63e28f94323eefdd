//! What every request to place an order shares: who, for what, with whose money.

use domain::{
    auction::{SUSPENDING_CARD_STRIKES, SUSPENDING_STRIKES},
    catalog::{CatalogItem, ItemOption},
    exchange::{
        CARD_BIDS_WON_MAX, Instrument, Order, OrderFunding, OrderState, Price, Rejection, Side,
        Terms, TimeInForce, ask_deposit, card_bid_deposit, quote,
    },
    payment::{PAYMENT_MAX as CARD_MAX, method::PaymentPassword},
    trade::DeliveryNote,
};
use kernel::{AddressId, CatalogItemId, Instant, PaymentMethodId, Span, UserId, Won, codes};
use platform::{App, Grant, Once, Problem, Reply, parse, payment_password};
use serde::Deserialize;
use store::{
    Read, Table,
    exchange::{OrderContext, order_of_request},
};
use utoipa::ToSchema;

use crate::{
    refusal,
    submission::{Outcome, Submission, number, submit},
    view::OrderView,
};

/// What a seller's order needs.
pub const SELL_GRANTS: &[Grant] = &[EXCHANGE, CATALOG, IDENTITY, WALLET, TRADE, OUTBOX, CARD_BIDS];
/// What a buyer's order needs: a card has a password, and its owner a standing.
pub const GRANTS: &[Grant] =
    &[EXCHANGE, CATALOG, IDENTITY, WALLET, TRADE, OUTBOX, payment_password::GRANT, STANDING];

/// What another price for an order needs: the record of the request is its own.
pub const REPRICING_GRANTS: &[Grant] =
    &[EXCHANGE, WALLET, TRADE, OUTBOX, CARD_BIDS, Grant::table(Table::Operation).get().put()];

const EXCHANGE: Grant =
    Grant::table(Table::Exchange).batch_get().get().query().put().update().delete().check();
const CATALOG: Grant = Grant::table(Table::Catalog).batch_get();
const IDENTITY: Grant = Grant::table(Table::Identity).batch_get();
const WALLET: Grant = Grant::table(Table::Wallet).batch_get().get().put().update();
const TRADE: Grant = Grant::table(Table::Trade).put();
const OUTBOX: Grant = Grant::table(Table::Outbox).put();
const STANDING: Grant = Grant::table(Table::Auction).get();
/// A bid past its time that is met on the way waits for its card no more.
const CARD_BIDS: Grant = Grant::table(Table::Payment).update();

/// Where a buyer's money comes from.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, tag = "from")]
pub enum FundingChoice {
    /// Price and fee are held from now on.
    Wallet {},
    /// Charged after the match.
    Card {
        #[serde(rename = "paymentMethodId")]
        #[schema(value_type = String, format = Uuid)]
        payment_method_id: PaymentMethodId,
        /// The card's payment password: six digits.
        #[serde(deserialize_with = "parse::text")]
        #[schema(
            value_type = String,
            example = "483920",
            pattern = "^[0-9]{6}$",
            write_only
        )]
        password: PaymentPassword,
    },
}

/// A request to place an order, its body read.
#[derive(Debug)]
pub struct Draft {
    /// The function's id: scopes the idempotency key.
    pub route: &'static str,
    pub item: CatalogItemId,
    pub option: ItemOption,
    pub side: Side,
    pub price: Price,
    pub funding: Option<FundingChoice>,
    pub address: AddressId,
    /// A buyer's.
    pub note: Option<DeliveryNote>,
    pub rebuy_if_failed: bool,
    /// How many days it rests. Absent: it is met at once or not at all.
    pub expires_in_days: Option<i64>,
    /// A price that slips make is meant.
    pub confirmed: bool,
}

impl Draft {
    fn time_in_force(&self, now: Instant) -> TimeInForce {
        let end = self.expires_in_days.map(|days| now + Span::days(days));
        end.map_or(TimeInForce::ImmediateOrCancel, TimeInForce::GoodTil)
    }
}

/// A price of the exchange from the body's `pointer`.
pub fn price(amount: Won, pointer: &str) -> Result<Price, Problem> {
    Price::new(amount).map_err(|error| Problem::field(pointer, "invalid", error.to_string()))
}

/// Places the order, or answers as the first request with this key was answered.
pub async fn place(
    app: &App,
    once: &Once,
    user: UserId,
    draft: Draft,
    now: Instant,
) -> Result<Reply, Problem> {
    // The order's own row is the record of the request: one write for both.
    let key = once.key().ok_or_else(|| Problem::internal("no key"))?;
    let fingerprint = fingerprint(app, &draft)?;
    let fingerprint = fingerprint.as_str();
    let id = order_of_request(user, draft.route, key);
    let instrument = Instrument { item: draft.item, option: draft.option };
    // An order with a limit needs no confirmation.
    let quoted = draft.expires_in_days.is_some();
    let context = app.store.order_context(id, user, instrument, draft.side, draft.address, quoted);
    let context = context.await?;
    if let Some(first) = &context.order {
        return repeat(first, fingerprint);
    }
    let (Some(_), Some(item)) = (context.line.heads, &context.item) else {
        return Err(refusal::not_traded());
    };
    let time_in_force = draft.time_in_force(now);
    let last = context.quotes.last.map(|last| last.price);
    if time_in_force.rests() && !draft.confirmed && draft.price.is_off(last) {
        let meets_at = context.quotes.meets_at(draft.side, draft.price);
        return Err(refusal::unconfirmed(&context.quotes, meets_at));
    }
    let terms = terms(app, user, &draft, &context, item, now).await?;
    // What never rests needs no priority: it takes its place in line when there is something to
    // meet.
    let number = match time_in_force.rests() {
        true => Some(number(app, instrument).await?.ok_or_else(refusal::not_traded)?),
        false => None,
    };
    let priority = number.unwrap_or(0);
    let order = Order {
        id,
        user,
        terms,
        placed_at: now,
        state: OrderState::Open,
        priority,
        met: None,
        at_once: None,
        placed_as: None,
        ended_at: None,
        earned: Won::ZERO,
        fingerprint: fingerprint.to_owned(),
    };
    let submission = Submission {
        before: None,
        order: &order,
        time_in_force,
        confirmed: draft.confirmed,
        number,
        free: Some(context.balance.free),
        once: None,
    };
    match submit(app, submission, Some(context.line), now).await? {
        Outcome::Done(order) => created(&order),
        Outcome::Known => {
            let first = app.store.order(id, Read::Consistent).await?;
            let first = first.ok_or_else(|| Problem::try_again("the order came and went"))?;
            repeat(&first, fingerprint)
        }
        Outcome::Rejected(Rejection::Unconfirmed { meets_at }) => {
            Err(refusal::unconfirmed(&context.quotes, meets_at))
        }
        Outcome::Rejected(rejection) => Err(refusal::order(rejection)),
        Outcome::Money(unpaid) => Err(refusal::money(&unpaid)),
        Outcome::Card(write, bids) => Err(refusal::card(&order, write, bids.as_ref())),
    }
}

async fn terms(
    app: &App,
    user: UserId,
    draft: &Draft,
    context: &OrderContext,
    item: &CatalogItem,
    now: Instant,
) -> Result<Terms, Problem> {
    let address = context.address.clone().ok_or_else(|| {
        Problem::new(codes::ADDRESS_NOT_FOUND, "Add the address to your address book first.")
    })?;
    let total = quote(Side::Buy, draft.price).total;
    let funding = match (draft.side, &draft.funding) {
        _ if context.balance.in_debt() => return Err(Problem::penalty_due()),
        (Side::Sell, None) if context.payout_account => OrderFunding::Seller,
        (Side::Sell, None) => {
            let detail = "Register a payout account before you sell.";
            return Err(Problem::new(codes::PAYOUT_ACCOUNT_REQUIRED, detail));
        }
        (Side::Sell, Some(_)) => {
            return Err(Problem::field("/funding", "invalid", "A seller pays nothing."));
        }
        (Side::Buy, Some(FundingChoice::Wallet {})) => OrderFunding::Wallet,
        (Side::Buy, Some(FundingChoice::Card { .. })) if total > CARD_MAX => {
            let detail = format!("A card pays at most {CARD_MAX} won, the fee included.");
            return Err(Problem::field("/funding", "invalid", detail));
        }
        (Side::Buy, Some(FundingChoice::Card { payment_method_id, password })) => {
            card_bid_allowed(app, user, draft.price, now).await?;
            payment_password::check(app, user, *payment_method_id, password, now).await?;
            OrderFunding::Card(*payment_method_id)
        }
        (Side::Buy, None) => {
            return Err(Problem::field("/funding", "required", "Say where the money comes from."));
        }
    };
    Ok(Terms {
        item: draft.item,
        option: draft.option,
        title: format!("{} {}", item.facts.name_ko.as_str(), draft.option),
        side: draft.side,
        price: draft.price,
        funding,
        deposit: match funding {
            OrderFunding::Seller => ask_deposit(draft.price),
            OrderFunding::Card(_) => card_bid_deposit(draft.price),
            OrderFunding::Wallet => Won::ZERO,
        },
        address,
        note: draft.note.clone(),
        rebuy_if_failed: draft.rebuy_if_failed,
        expires_at: match draft.time_in_force(now) {
            TimeInForce::GoodTil(end) => end,
            TimeInForce::ImmediateOrCancel => now,
        },
    })
}

/// Whether the user's strikes leave bids by card open to them.
pub async fn bids_by_card(app: &App, user: UserId, now: Instant) -> Result<bool, Problem> {
    let standing = app.store.standing(user).await?;
    Ok(standing.card_strikes(now) < SUSPENDING_CARD_STRIKES
        && standing.unpaid_strikes(now) < SUSPENDING_STRIKES)
}

/// Whether the buyer may bid by card at all, and so much. How much waits already is a condition of
/// the placing itself.
async fn card_bid_allowed(
    app: &App,
    user: UserId,
    price: Price,
    now: Instant,
) -> Result<(), Problem> {
    if price.won() > CARD_BIDS_WON_MAX {
        return Err(refusal::card_bids_full(None));
    }
    if !bids_by_card(app, user, now).await? {
        let detail = "Pay from your wallet: bids by card are open to you again later.";
        return Err(Problem::new(codes::CARD_BIDS_SUSPENDED, detail));
    }
    Ok(())
}

/// Tells a repeated request from another one with the same key. Without the card's password: a
/// repetition answers as the first request did, and must not tell whether a guess was right.
fn fingerprint(app: &App, draft: &Draft) -> Result<String, Problem> {
    let funding = match &draft.funding {
        None => "none".to_owned(),
        Some(FundingChoice::Wallet {}) => "wallet".to_owned(),
        Some(FundingChoice::Card { payment_method_id, .. }) => payment_method_id.to_string(),
    };
    // Whatever it says, a note cannot look like another field: it is the last one.
    let note = draft.note.as_ref().map_or_else(String::new, |note| format!("|{note}"));
    let text = format!(
        "{}|{}|{}|{}|{funding}|{}|{}|{:?}{note}",
        draft.item,
        draft.option,
        draft.side.as_str(),
        draft.price.get(),
        draft.address,
        draft.rebuy_if_failed,
        draft.expires_in_days,
    );
    Ok(hex::encode(app.keys.seal("order", &[text.as_bytes()])?))
}

fn created(order: &Order) -> Result<Reply, Problem> {
    let location = format!("/v1/exchange/orders/{}", order.id);
    Reply::created(location, &OrderView::first(order))
}

/// The first answer again, if this is the same request.
fn repeat(order: &Order, fingerprint: &str) -> Result<Reply, Problem> {
    if order.fingerprint != fingerprint {
        return Err(Problem::idempotency_key_reused());
    }
    created(order).map(Reply::replayed)
}
