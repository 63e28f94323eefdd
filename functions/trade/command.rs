//! What every command of a user shares: whose trade it is, the rules, one transaction.

use domain::{
    identity::Role,
    ledger::Split,
    trade::{Actor, Command, Decision, Trade, Variant, may},
};
use kernel::{Instant, TradeId};
use platform::{
    App, Caller, Grant, Once, Problem, Reply,
    retry::Policy,
    staff::{self, Changed},
};
use store::{Label, Read, Table, Transaction, ledger::MoneyWrite, trade::TradeWrite};

use crate::{deciding::decided, refusal, view::TradeView};

/// What a command that moves no money needs.
pub const GRANTS: &[Grant] = &[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
];

/// What a command needs that may free a deposit.
pub const RELEASING: &[Grant] = &[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
];

/// The same, when it may end a paid trade: what a provider took goes back there.
pub const REFUNDING: &[Grant] = &[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
];

/// The same, when it may take a penalty: out of the seller's wallet, or owed.
pub const PENALIZING: &[Grant] = &[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).get().put().update(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Auction).update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
];

/// Somebody else moves the trade between reading and writing at most this often.
const COMMAND: Policy = Policy::named("trade-command", 8);

/// Who asks, of which trade, when.
#[derive(Clone, Copy)]
pub struct CommandRequest<'a> {
    pub once: &'a Once,
    pub caller: &'a Caller,
    pub trade: TradeId,
    pub now: Instant,
}

/// The caller's trade, and what they are to it. Others' trades are not to be found.
pub async fn find(app: &App, caller: &Caller, id: TradeId) -> Result<(Trade, Actor), Problem> {
    let trade = app.store.trade(id).await?.ok_or_else(|| refusal::not_found(id))?;
    let actor = role_of(&trade, caller).ok_or_else(|| refusal::not_found(id))?;
    Ok((trade, actor))
}

/// What the caller is to the trade.
pub fn role_of(trade: &Trade, caller: &Caller) -> Option<Actor> {
    roles_of(trade, caller).first().copied()
}

/// As whom the caller gives `command`: in the role that may, if they have it.
fn role_for(trade: &Trade, caller: &Caller, command: &Command) -> Option<Actor> {
    let roles = roles_of(trade, caller);
    let fit = roles.iter().copied().find(|role| may(trade, command, *role));
    fit.or_else(|| roles.first().copied())
}

/// Everything the caller is to the trade. Whoever sells or buys is nothing else, so that no
/// inspector or admin has a say in a trade of their own.
fn roles_of(trade: &Trade, caller: &Caller) -> Vec<Actor> {
    if caller.user == trade.agreement.buyer {
        return vec![Actor::Buyer];
    }
    if caller.user == trade.agreement.seller {
        return vec![Actor::Seller];
    }
    let inspected = trade.agreement.variant == Variant::Inspected;
    let staff = [
        (Actor::Admin, caller.has(Role::Admin)),
        (Actor::Inspector, inspected && caller.has(Role::Inspector)),
    ];
    staff.into_iter().filter(|(_, held)| *held).map(|(actor, _)| actor).collect()
}

/// Carries a command out: the first answer to a repetition, else the decision and its answer in one
/// transaction.
pub async fn execute(
    app: &App,
    request: CommandRequest<'_>,
    command: Command,
) -> Result<Reply, Problem> {
    execute_on(app, request, COMMAND, |_| Ok(command.clone())).await
}

/// The same of a command that follows from the trade as it stands.
pub async fn execute_on(
    app: &App,
    request: CommandRequest<'_>,
    policy: Policy,
    command_on: impl Fn(&Trade) -> Result<Command, Problem>,
) -> Result<Reply, Problem> {
    let CommandRequest { once, caller, trade: id, now } = request;
    if let Some(first) = once.replay(app).await? {
        return Ok(first);
    }
    let mut attempts = policy.attempts();
    while attempts.again() {
        let trade = app.store.trade(id).await?.ok_or_else(|| refusal::not_found(id))?;
        let command = command_on(&trade)?;
        let actor = role_for(&trade, caller, &command).ok_or_else(|| refusal::not_found(id))?;
        let Funded { command, refused } = funded(app, &command, &trade).await?;
        let why = reason_of(&command);
        let takes_money = matches!(command, Command::Pay { .. } | Command::PayToMeet { .. });
        let decision = match decided(app, &trade, command, actor, now).await? {
            Ok(decision) => decision,
            // Perhaps by the first of this request's repetitions, since the look above.
            Err(rejection) => {
                let first = once.replay(app).await?;
                return first.ok_or_else(|| refusal::rejected(rejection));
            }
        };
        if let Some(counted) = refusal::counted(&decision) {
            // Written down whoever is told: what is repeated for a lost answer counts again.
            if app.store.trade_commit(&trade, &decision, now).await? {
                return Err(counted);
            }
            continue;
        }
        let reply = Reply::ok(&TradeView::new(&decision.trade, actor))?;
        let mut transaction = Transaction::new().trade(&trade, &decision, now);
        if matches!(actor, Actor::Admin | Actor::Inspector) {
            transaction = transaction.staff_act(&staff::act(
                app,
                caller,
                changed(&trade, &decision, why),
                now,
            ))?;
        }
        let mut moved = false;
        let explain = |label, _| {
            let wallet = matches!(label, Label::Money(MoneyWrite::Balance(_)));
            let spent = wallet && refused.is_none();
            moved = spent && (takes_money || decision.penalty.is_some())
                || label == Label::Trade(TradeWrite::Change);
            match refused {
                Some(refused) if wallet => refused,
                _ => refusal::uncommitted(label),
            }
        };
        let outcome = once.commit(app, transaction, reply, explain).await;
        if !moved {
            return outcome;
        }
    }
    Err(attempts.exhausted().into())
}

/// A command with the money that it takes.
struct Funded {
    command: Command,
    /// Why the wallet does not give it, as it was a moment ago.
    refused: Option<Problem>,
}

/// A payment out of the buyer's wallet as it is now. Too little there, or a debt, is not refused
/// here: whether the trade waits for a payment at all is asked first.
async fn funded(app: &App, command: &Command, trade: &Trade) -> Result<Funded, Problem> {
    if !matches!(command, Command::Pay { .. } | Command::PayToMeet { .. }) {
        return Ok(Funded { command: command.clone(), refused: None });
    }
    let total = trade.total();
    let balance = app.store.balance(trade.agreement.buyer, Read::Consistent).await?;
    let there = balance.free.take(total);
    let from = there.unwrap_or(Split::spend_only(total));
    let command = match command {
        Command::Pay { address, .. } => Command::Pay { address: address.clone(), from },
        _ => Command::PayToMeet { from },
    };
    let refused = match there {
        _ if balance.in_debt() => Some(Problem::penalty_due()),
        None => Some(refusal::insufficient()),
        Some(_) => None,
    };
    Ok(Funded { command, refused })
}

/// Why it is done, as whoever does it says.
fn reason_of(command: &Command) -> Option<String> {
    match command {
        Command::Cancel { note } | Command::Deliver { note } => note.clone(),
        Command::Inspect(inspection) => inspection.notes.clone(),
        Command::Rule(ruling) => Some(ruling.note.clone()),
        _ => None,
    }
}

/// What a decision makes of a trade, for the entry of a member of staff.
fn changed(before: &Trade, decision: &Decision, why: Option<String>) -> Changed {
    let after = &decision.trade;
    Changed {
        whom: format!("trade#{}", before.id),
        why,
        before: before.state.as_str().to_owned(),
        after: after.state.as_str().to_owned(),
    }
}
