//! How the inspection ended, with its evidence.

use std::collections::BTreeSet;

use axum::extract::State;
use domain::{
    identity::Role,
    trade::{Command, Defect, Grade, Inspection, policy::CHECKLIST_NEWEST},
};
use events::{Event, TradeCancelled, TradeMoved};
use kernel::{TradeId, UserId, codes};
use platform::{
    Access, App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/inspection";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "inspect_trade",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Inspector))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::TRADE_NOT_FOUND, codes::FORBIDDEN, codes::WRONG_TRADE_STATE]),
)
.grants(command::PENALIZING)
.tells(&[TradeMoved::KIND, TradeCancelled::KIND]);

const PHOTOS_MAX: usize = 10;
const PHOTO_CHARS_MAX: usize = 200;
const NOTES_CHARS_MAX: usize = 1_000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct InspectTrade {
    grade: InspectionGrade,
    /// Which version of the checklist was worked through; 1 to 3.
    #[schema(example = 3, minimum = 1, maximum = 3)]
    checklist_version: u32,
    /// Object keys of 1 to 10 photographs, each once, of 1 to 200 visible ASCII characters.
    #[schema(example = json!(["inspection/front.jpg"]), min_items = 1, max_items = 10)]
    photos: Vec<String>,
    /// 1 to 1,000 characters, which buyer and seller read; required unless the goods `pass`.
    #[schema(example = "밑창에 작은 오염", max_length = 1_000)]
    notes: Option<String>,
}

/// `pass`: as new. `pass_at_95`: good but for a trifle, the buyer decides. `mismatch`: not what was
/// agreed. `counterfeit`: not genuine, or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum InspectionGrade {
    Pass,
    #[serde(rename = "pass_at_95")]
    PassAt95,
    Mismatch,
    Counterfeit,
}

/// Says how the inspection ended
///
/// By an inspector who is neither buyer nor seller. What fails is cancelled and refunded, and costs
/// the seller 10 % of the price (`mismatch`) or 15 % (`counterfeit`), paid to the buyer. At 95
/// points the buyer has 24 hours to consent.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = InspectTrade,
    responses((status = 200, body = TradeView, description = "Inspected"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<InspectTrade>,
) -> Result<Reply, Problem> {
    let command = Command::Inspect(inspection(body, caller.user)?);
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

fn inspection(body: InspectTrade, inspector: UserId) -> Result<Inspection, Problem> {
    let grade = match body.grade {
        InspectionGrade::Pass => Grade::Pass,
        InspectionGrade::PassAt95 => Grade::PassAt95,
        InspectionGrade::Mismatch => Grade::Fail(Defect::Mismatch),
        InspectionGrade::Counterfeit => Grade::Fail(Defect::Counterfeit),
    };
    if !(1..=CHECKLIST_NEWEST).contains(&body.checklist_version) {
        let detail = "There is no such checklist.";
        return Err(Problem::field("/checklistVersion", "invalid", detail));
    }
    let notes = notes(body.notes.as_deref())?;
    if notes.is_none() && grade != Grade::Pass {
        let detail = "Write what is wrong with the goods.";
        return Err(Problem::field("/notes", "required", detail));
    }
    let checklist = body.checklist_version;
    let photos = photos(body.photos)?;
    Ok(Inspection { inspector, checklist, grade, notes, photos })
}

fn notes(raw: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(notes) = raw.map(str::trim) else { return Ok(None) };
    if (1..=NOTES_CHARS_MAX).contains(&notes.chars().count()) {
        return Ok(Some(notes.to_owned()));
    }
    Err(Problem::field("/notes", "invalid", "Notes have 1 to 1,000 characters."))
}

fn photos(keys: Vec<String>) -> Result<Vec<String>, Problem> {
    if !(1..=PHOTOS_MAX).contains(&keys.len()) {
        return Err(Problem::field("/photos", "invalid", "Send 1 to 10 photographs."));
    }
    let fits = |key: &str| {
        (1..=PHOTO_CHARS_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
    };
    let mut seen = BTreeSet::new();
    for (index, key) in keys.iter().enumerate() {
        if !fits(key) || !seen.insert(key) {
            let detail = "An object key has 1 to 200 visible ASCII characters, and is named once.";
            return Err(Problem::field(format!("/photos/{index}"), "invalid", detail));
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
