//! Trades of a list with their parties' names.

use std::collections::BTreeMap;

use domain::{identity::Account, trade::Trade};
use kernel::UserId;
use platform::{App, Caller, Problem};

use crate::{
    command,
    view::{NamedTradeView, TradeView},
};

/// As many accounts as one read takes.
const BATCH_MAX: usize = 100;

/// The trades as the caller may see them; what is none of the caller's is left out.
pub async fn with_names(
    app: &App,
    caller: &Caller,
    trades: &[Trade],
) -> Result<Vec<NamedTradeView>, Problem> {
    let accounts = parties(app, trades).await?;
    let named = trades.iter().filter_map(|trade| {
        let of = |user: &UserId| accounts.get(user);
        let view = TradeView::new(trade, command::role_of(trade, caller)?);
        Some(view.named(of(&trade.agreement.seller), of(&trade.agreement.buyer)))
    });
    Ok(named.collect())
}

async fn parties(app: &App, trades: &[Trade]) -> Result<BTreeMap<UserId, Account>, Problem> {
    let both = |trade: &Trade| [trade.agreement.seller, trade.agreement.buyer];
    let mut users: Vec<UserId> = trades.iter().flat_map(both).collect();
    users.sort_unstable();
    users.dedup();
    let mut accounts = BTreeMap::new();
    for users in users.chunks(BATCH_MAX) {
        let found = app.store.users_find(users).await?;
        let found = users.iter().zip(found);
        accounts.extend(found.filter_map(|(user, account)| Some((*user, account?))));
    }
    Ok(accounts)
}
