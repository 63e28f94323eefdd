//! Everybody's trades in one state, or overdue, for admins.

use axum::extract::State;
use domain::{identity::Role, trade};
use kernel::{Instant, TradeId, UserId, Won, codes};
use platform::{
    Access, App, Function, Grant, Http, ListOrder, Now, PageRequest, Paged, Problem, QueryString,
    Reply, Secret,
};
use serde::{Deserialize, Serialize};
use store::Table;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::state_name::StateName;

const PATH: &str = "/v1/admin/trades";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "list_trades_for_staff",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Role(Role::Admin))
        .problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Trade).query()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTradesForStaff {
    /// In this state. This or `overdue`.
    #[param(inline)]
    state: Option<StateName>,
    /// `true`: those whose deadline passed within the last 30 days and that nothing moved on.
    overdue: Option<bool>,
    /// By when they entered their state; of the overdue, by when they were due.
    #[param(inline)]
    #[serde(default)]
    order: ListOrder,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// A trade as staff sees it in a list: no addresses, notes or parcels.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffTradeView {
    #[schema(value_type = String, format = Uuid)]
    id: TradeId,
    /// `auction`, `listing` or `exchange`
    #[schema(example = "auction")]
    source: &'static str,
    #[schema(example = "awaiting_shipment")]
    state: &'static str,
    #[schema(value_type = String, format = Uuid)]
    seller_id: UserId,
    #[schema(value_type = String, format = Uuid)]
    buyer_id: UserId,
    #[schema(example = "필름 카메라")]
    title: String,
    /// Won, without fees.
    #[schema(value_type = i64, example = 50_000)]
    price: Won,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// When it entered its state.
    #[schema(value_type = String, format = DateTime)]
    since: Instant,
    /// When silence is answered; null where nobody is waited for.
    #[schema(value_type = Option<String>, format = DateTime)]
    deadline: Option<Instant>,
    /// Whether a payment is under way.
    paying: bool,
    /// Why it was cancelled.
    #[schema(example = json!(null))]
    cancelled: Option<&'static str>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
enum List {
    In(trade::State),
    Overdue,
}

/// Lists everybody's trades
///
/// For admins: those in one state, or those whose deadline passed and that nothing moved on. A page
/// may be short; only `nextCursor: null` says that there are no more. What moves between two pages
/// may be on both, or on neither.
#[utoipa::path(
    get,
    path = PATH,
    params(ListTradesForStaff),
    responses((status = 200, body = Paged<StaffTradeView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    QueryString(query): QueryString<ListTradesForStaff>,
) -> Result<Reply, Problem> {
    let list = match (query.state, query.overdue.unwrap_or(false)) {
        (Some(state), false) => List::In(state.into()),
        (None, true) => List::Overdue,
        _ => {
            let detail = "Name a state, or overdue=true.";
            return Err(Problem::field("query/state", "invalid", detail));
        }
    };
    let scope = format!("trade-list-trades-for-staff#{list:?}#{:?}", query.order);
    let request = PageRequest::parse(&app, scope, query.limit.as_deref(), query.cursor.as_deref())?;
    let page = request.ordered(query.order);
    let trades = match list {
        List::In(state) => app.store.trades_listed(state, page).await?,
        List::Overdue => app.store.trades_overdue(now, page).await?,
    };
    Reply::ok(&request.render(&app, trades.map(|trade| StaffTradeView::from(&trade)))?)
}

impl From<&trade::Trade> for StaffTradeView {
    fn from(trade: &trade::Trade) -> Self {
        let agreement = &trade.agreement;
        Self {
            id: trade.id,
            source: agreement.source.as_str(),
            state: trade.state.as_str(),
            seller_id: agreement.seller,
            buyer_id: agreement.buyer,
            title: agreement.title.clone(),
            price: agreement.price,
            created_at: trade.created_at,
            since: trade.since,
            deadline: trade.deadline,
            paying: trade.claim.is_some(),
            cancelled: trade.cancellation.as_ref().map(|ended| ended.reason.as_str()),
        }
    }
}

#[cfg(test)]
mod tests;
