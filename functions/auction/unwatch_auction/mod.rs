//! Takes an auction off the caller's watch list.

use axum::extract::State;
use http::StatusCode;
use kernel::AuctionId;
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::Table;
use utoipa_axum::routes;

const PATH: &str = "/v1/me/watches/{auctionId}";

pub const FUNCTION: Function =
    Function::endpoint("auction", "unwatch_auction", Http::delete(PATH, || routes!(handle)))
        .grants(&[Grant::table(Table::Auction).delete()]);

/// Stops watching an auction
///
/// An auction that was not watched stays so.
#[utoipa::path(
    delete,
    path = PATH,
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    responses((status = 204, description = "Not watched"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(auction): Path<AuctionId>,
) -> Result<StatusCode, Problem> {
    app.store.unwatch(caller.user, auction).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
