//! Transactions: all or nothing, and why nothing.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{
    Bill, Memory, State,
    key::EMPTY_KEY,
    lexer::Placeholders,
    read::project,
    table::Change,
    units::{self, Consumed, Wish},
    value::read_attributes,
    verb::Verb,
    write::{Write, table_name},
};
use crate::dynamo::{EngineError, Reason, tokens::Replay};

type Result<T> = std::result::Result<T, EngineError>;
type Body = Map<String, Json>;

const ACTS_MAX: usize = 100;
const BYTES_MAX: usize = 4 * 1_024 * 1_024;

impl Memory {
    /// `TransactWriteItems`, once per `ClientRequestToken` within ten minutes. `unseen`: takes the
    /// number of each part that is decided and not made true yet; `None`: all is true at once.
    pub(super) fn transact_write(
        &self,
        mut body: Body,
        unseen: Option<&mut Vec<u64>>,
    ) -> Result<Json> {
        let wish = Wish::read(&body);
        let items = body.remove("TransactItems").unwrap_or_default();
        let Some(Json::String(token)) = body.remove("ClientRequestToken") else {
            return self.transact(items, wish, unseen);
        };
        let now = self.clock.now();
        // Held to the end: a second call with the token waits for the first one's outcome.
        let mut tokens = self.tokens();
        match tokens.look(&token, &items, now) {
            Replay::Same(answer) => return Ok(answer),
            Replay::Different => {
                let message = "Request body does not match the original request body";
                return Err(EngineError::new("IdempotentParameterMismatchException", message));
            }
            Replay::New => {}
        }
        let answer = self.transact(items.clone(), wish, unseen)?;
        tokens.keep(token, items, answer.clone(), now);
        Ok(answer)
    }

    fn transact(&self, items: Json, wish: Wish, unseen: Option<&mut Vec<u64>>) -> Result<Json> {
        let acts = acts(items)?;
        let read = |act| self.transact_part(act);
        let writes = acts.into_iter().map(read).collect::<Result<Vec<_>>>()?;
        let mut state = self.state();
        let mut seen = BTreeSet::new();
        for write in &writes {
            let key = match write.key(state.table(&write.table)?) {
                Ok(key) => key,
                // An empty key is a fault of the request; any other is a reason to cancel.
                Err(error) if error.message.starts_with(EMPTY_KEY) => return Err(error),
                Err(_) => continue,
            };
            if !seen.insert((&*write.table, key)) {
                return Err(EngineError::invalid(
                    "Transaction request cannot include multiple operations on one item",
                ));
            }
        }
        if writes.iter().map(Write::size).sum::<usize>() > BYTES_MAX {
            return Err(EngineError::invalid(
                "Collection size of items exceeded, which can also be caused by the aggregate \
                 size of the items in the transaction exceeding the 4MB limit",
            ));
        }
        let (mut changes, mut reasons) = (Vec::new(), Vec::new());
        for write in &writes {
            match write.plan(state.table(&write.table)?) {
                Ok(change) => {
                    changes.push((write.table.clone(), change));
                    reasons.push(Reason::none());
                }
                Err(error) if error.message.starts_with(EMPTY_KEY) => return Err(error),
                Err(error) => reasons.push(reason(error)?),
            }
        }
        if changes.len() < writes.len() {
            return Err(EngineError::cancelled(reasons));
        }
        let bill = match unseen {
            // What is in a folder is true as soon as it is written there.
            Some(unseen) if state.disk.is_none() => state.hide(changes, unseen)?,
            _ => state.apply(changes, self.seconds(), Consumed::doubled)?,
        };
        let mut answer = Body::new();
        bill.put(&mut answer, wish, Some("WriteCapacityUnits"));
        Ok(answer.into())
    }

    fn transact_part(&self, act: Json) -> Result<Write> {
        let mut acts = match act {
            Json::Object(act) => act.into_iter().filter(|(_, body)| !body.is_null()),
            _ => return Err(EngineError::new("SerializationException", "no object")),
        };
        let (verb, body) = match (acts.next(), acts.next()) {
            (Some((verb, Json::Object(body))), None) => (verb, body),
            _ => {
                return Err(EngineError::invalid(
                    "TransactItems can only contain one of Check, Put, Update or Delete",
                ));
            }
        };
        let verb = match &*verb {
            "Put" => Verb::Put,
            "Update" => Verb::Update,
            "Delete" => Verb::Delete,
            "ConditionCheck" => Verb::Check,
            _ => {
                return Err(EngineError::invalid(
                    "Invalid Request: TransactWriteRequest should contain Delete or Put or \
                     Update request",
                ));
            }
        };
        let write = Write::read(verb, body, &self.expressions)?;
        write.check_size()?;
        Ok(write)
    }

    /// `TransactGetItems`: all as of one moment.
    pub(super) fn transact_get(&self, mut body: Body) -> Result<Json> {
        let wish = Wish::read(&body);
        let acts = acts(body.remove("TransactItems").unwrap_or_default())?;
        let (mut bill, mut responses) = (Bill::default(), Vec::new());
        let state = self.state();
        let mut seen = BTreeSet::new();
        for act in acts {
            let Some(Json::Object(mut get)) = act.get("Get").cloned() else {
                return Err(EngineError::invalid("an item without its Get"));
            };
            let name = table_name(&mut get)?;
            let projection = self.expressions.projection(&mut get)?;
            let words = Placeholders::take(&mut get)?;
            words.check(&[("ProjectionExpression", projection.as_ref().map(|p| &p.words))])?;
            let table = state.table(&name)?;
            let key = read_attributes(get.remove("Key").unwrap_or_default())?;
            let key = table.schema.of_key(&key)?;
            let row = table.get(&key);
            let mut response = Body::new();
            if let Some(row) = row {
                let item = project(&row.item, projection.as_deref(), &words);
                response.insert("Item".into(), item);
            }
            responses.push(Json::Object(response));
            let units = units::read(row.map_or(0, |row| row.size), true);
            bill.add(name.clone(), &Consumed::of_table(units).doubled());
            if !seen.insert((name, key)) {
                return Err(EngineError::invalid(
                    "Transaction request cannot include multiple operations on one item",
                ));
            }
        }
        let mut answer = Body::new();
        answer.insert("Responses".into(), responses.into());
        bill.put(&mut answer, wish, Some("ReadCapacityUnits"));
        Ok(answer.into())
    }
}

impl State {
    /// Takes changes that are decided; adds their numbers, in their order, to `parts`.
    fn hide(&mut self, changes: Vec<(String, Change)>, parts: &mut Vec<u64>) -> Result<Bill> {
        let mut bill = Bill::default();
        for (table, change) in changes {
            let consumed = self.table_mut(&table)?.price(&change);
            bill.add(table.clone(), &consumed.doubled());
            parts.push(self.unseen.add(table, change));
        }
        Ok(bill)
    }

    /// Makes one of them true, at this second.
    pub(super) fn show(&mut self, part: u64, at: i64) {
        let Some((table, change)) = self.unseen.take(part) else { return };
        if let Some(table) = self.tables.get_mut(&table) {
            table.apply(change, at);
        }
    }
}

fn acts(items: Json) -> Result<Vec<Json>> {
    let Json::Array(acts) = items else {
        return Err(EngineError::invalid("TransactItems is required"));
    };
    let wrong = match acts.len() {
        0 => "greater than or equal to 1",
        1..=ACTS_MAX => return Ok(acts),
        _ => "less than or equal to 100",
    };
    Err(EngineError::invalid(format!(
        "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: \
         Member must have length {wrong}"
    )))
}

/// Why one act stands in the way of all; a failure of another kind is not of that act.
fn reason(error: EngineError) -> Result<Reason> {
    let code = match &*error.code {
        "ConditionalCheckFailedException" => "ConditionalCheckFailed",
        "ValidationException" => "ValidationError",
        _ => return Err(error),
    };
    Ok(Reason { code: code.to_owned(), message: Some(error.message), item: error.item })
}
