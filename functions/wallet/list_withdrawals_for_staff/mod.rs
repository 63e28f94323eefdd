//! Everybody's withdrawals in one state, for admins.

use axum::extract::State;
use domain::{identity::Role, withdrawal};
use kernel::{Instant, UserId, WithdrawalId, Won, codes};
use platform::{
    Access, App, Function, Grant, Http, ListOrder, PageRequest, Paged, Problem, QueryString, Reply,
    Secret,
};
use serde::{Deserialize, Serialize};
use store::{Table, wallet::WithdrawalRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

const PATH: &str = "/v1/admin/withdrawals";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "list_withdrawals_for_staff",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Role(Role::Admin))
        .problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Wallet).query()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListWithdrawalsForStaff {
    /// In this state.
    #[param(inline)]
    state: StateName,
    /// By when they were asked for.
    #[param(inline)]
    #[serde(default)]
    order: ListOrder,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum StateName {
    Requested,
    Sending,
    Done,
    Failed,
    Stopped,
}

/// A withdrawal as staff sees it in a list: without the account's number and holder.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StaffWithdrawalView {
    #[schema(value_type = String, format = Uuid)]
    id: WithdrawalId,
    #[schema(value_type = String, format = Uuid)]
    user_id: UserId,
    /// Won.
    #[schema(value_type = i64, example = 50_000)]
    amount: Won,
    #[schema(example = "sending")]
    state: &'static str,
    #[schema(example = "088")]
    bank_code: String,
    /// The last four digits.
    #[schema(example = "********7890")]
    account_number: String,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Instant,
    /// How often somebody began to speak with the bank.
    attempts: u32,
    /// When the worker looks at it next; null once it is over.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Instant>,
    /// How the bank names the transfer, once it said so.
    receipt: Option<String>,
    /// Why it failed, in the bank's words.
    failure: Option<String>,
}

/// Lists everybody's withdrawals
///
/// For admins: those in one state. Only `nextCursor: null` says that there are no more. What moves
/// between two pages may be on both, or on neither.
#[utoipa::path(
    get,
    path = PATH,
    params(ListWithdrawalsForStaff),
    responses((status = 200, body = Paged<StaffWithdrawalView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    QueryString(query): QueryString<ListWithdrawalsForStaff>,
) -> Result<Reply, Problem> {
    let state = withdrawal::State::from(query.state);
    let scope = format!("wallet-list-withdrawals-for-staff#{state:?}#{:?}", query.order);
    let request = PageRequest::parse(&app, scope, query.limit.as_deref(), query.cursor.as_deref())?;
    let page = app.store.withdrawals_listed(state, request.ordered(query.order)).await?;
    Reply::ok(&request.render(&app, page.map(|row| StaffWithdrawalView::from(&row)))?)
}

impl From<StateName> for withdrawal::State {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Requested => Self::Requested,
            StateName::Sending => Self::Sending,
            StateName::Done => Self::Done,
            StateName::Failed => Self::Failed,
            StateName::Stopped => Self::Stopped,
        }
    }
}

impl From<&WithdrawalRow> for StaffWithdrawalView {
    fn from(row: &WithdrawalRow) -> Self {
        let WithdrawalRow { withdrawal, account } = row;
        Self {
            id: withdrawal.id,
            user_id: withdrawal.user,
            amount: withdrawal.amount,
            state: withdrawal.state.as_str(),
            bank_code: account.bank_code.clone(),
            account_number: account.masked_number.clone(),
            requested_at: withdrawal.requested_at,
            attempts: withdrawal.attempts,
            due_at: withdrawal.due_at,
            finished_at: withdrawal.finished_at,
            receipt: withdrawal.receipt.clone(),
            failure: withdrawal.failure.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
