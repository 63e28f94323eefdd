//! Queue, PriceFell — tells everybody who waited for such a price, once each.

use domain::exchange::Instrument;
use events::{Envelope, Event, PriceFell, PriceReached};
use futures::{StreamExt, TryStreamExt, stream};
use kernel::Span;
use platform::{App, Failure, Function, FunctionName, Grant, Queue, Service, queue::Message};
use serde::{Deserialize, Serialize};
use store::{Position, Table, exchange::Alert};

pub const FUNCTION: Function = Function::queue(
    "exchange",
    "on_price_fell",
    "Tells everybody who waited for such a price",
    Queue::new(|app, message| Box::pin(handle(app, message)))
        .events(&[PriceFell::KIND])
        .batch_size(1),
)
.grants(&[
    Grant::table(Table::Exchange).delete().query().update(),
    Grant::table(Table::Outbox).put(),
])
.services(&[Service::OwnQueue])
.tells(&[PriceReached::KIND])
.timeout_s(30);

/// How many alerts one call reads …
const PAGE: u32 = 100;
/// … how many of them are told side by side …
const CONCURRENCY: usize = 8;
/// … and how many pages one message reads. The rest is another message's.
const PAGES_MAX: u32 = 10;

/// What one message leaves to the next.
#[derive(Debug, Serialize, Deserialize)]
struct Rest {
    event: Envelope,
    after: Position,
}

/// What was told is gone: a repetition finds what is left.
/// Apart from `handle`: [`FUNCTION`] holds that one, so the compiler would turn in a circle.
const fn own_queue() -> FunctionName {
    FUNCTION.full_name()
}

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, mut position) = match message.json::<Rest>() {
        Ok(Rest { event, after }) => (event, Some(after)),
        Err(_) => (message.event::<PriceFell>()?.0, None),
    };
    let fell: PriceFell = event.open()?;
    let instrument = Instrument { item: fell.item_id, option: fell.option.parse()? };
    for _ in 0..PAGES_MAX {
        let page = app.store.alerts_reached(instrument, fell.price, PAGE, position).await?;
        // Whoever began to wait later was not waiting for this.
        let due = page.items.into_iter().filter(|alert| alert.since <= fell.version);
        tell(&app, due.collect(), &fell, &message).await?;
        match page.next {
            Some(next) => position = Some(next),
            None => return Ok(()),
        }
    }
    match position {
        Some(after) => {
            Ok(app.publisher.send(own_queue(), &Rest { event, after }, Span::millis(0)).await?)
        }
        None => Ok(()),
    }
}

async fn tell(
    app: &App,
    alerts: Vec<Alert>,
    fell: &PriceFell,
    message: &Message,
) -> Result<(), Failure> {
    let told = stream::iter(alerts).map(|alert| async move {
        app.store.alert_reach(&alert, fell.price, message.now).await.map(|_told_or_over| ())
    });
    Ok(told.buffer_unordered(CONCURRENCY).try_collect().await?)
}

#[cfg(test)]
mod tests;
