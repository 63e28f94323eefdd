//! What looks for the consequences of lost events, on a day on which none was lost.

use kernel::Span;

use super::{book::Book, fixture::Stage, trades};

const SWEEPS: [&str; 2] = ["trade-sweep-consequences", "exchange-sweep-cancelled-trades"];

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    trades::bought(&mut stage).await;
    // The first run looks back three days.
    stage.name_runs(&SWEEPS.map(|sweep| (sweep, "done for the first time")));
    for sweep in SWEEPS {
        stage.run_after(Span::minutes(10), sweep).await;
    }
    stage.name_runs(&[]);
    for sweep in SWEEPS {
        stage.run_after(Span::minutes(20), sweep).await;
    }
    stage.end()
}
