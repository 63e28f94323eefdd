//! What comes of a command, with the money that it takes.

use domain::trade::{Actor, Command, Decision, Rejection, Trade, decide, decide_taking};
use kernel::Instant;
use platform::App;
use store::{Read, StoreError};

/// Decides; a penalty is taken out of the seller's wallet as it is now.
pub async fn decided(
    app: &App,
    trade: &Trade,
    command: Command,
    actor: Actor,
    now: Instant,
) -> Result<Result<Decision, Rejection>, StoreError> {
    match decide(trade, command.clone(), actor, now) {
        Err(Rejection::TakesPenalty) => {
            let seller = app.store.balance(trade.agreement.seller, Read::Consistent).await?;
            Ok(decide_taking(trade, command, actor, now, seller.free))
        }
        decided => Ok(decided),
    }
}
