//! A market on which every request is measured.

use std::collections::BTreeMap;

use domain::{
    identity::Role,
    ledger::{Account, Between, Movement, MovementKind},
};
use gateway::fake::Server;
use kernel::{Span, UserId, Won};
use serde_json::{Value, json};
use testkit::{Reply, RequestBuilder, TestApp};

use super::book::{Book, Cost};
use crate::journeys::join;

/// The outcome of every worker: a story in which one fails is none.
const DONE: &str = "done";

/// Whoever runs the market.
pub const ADMIN: &[Role] = &[Role::User, Role::Admin];

pub struct Stage {
    pub app: TestApp,
    pub providers: Server,
    book: Book,
    /// How many log lines were looked at.
    seen: usize,
    members: Vec<String>,
    /// What the next runs of some workers are called.
    outcomes: BTreeMap<&'static str, &'static str>,
}

impl Stage {
    /// The whole product, with providers that answer.
    pub async fn start() -> Self {
        let providers = Server::start().unwrap();
        let adjust = |config: &mut platform::Config| {
            *config = config.clone().with_providers_at(providers.base());
        };
        let app = TestApp::start_with(&registry::functions(), adjust).await;
        app.cloud.adjust(|knobs| knobs.tally = true);
        let (book, outcomes) = (Book::default(), BTreeMap::new());
        Self { app, providers, book, seen: 0, members: Vec::new(), outcomes }
    }

    /// A market in which some requests are answered 5xx.
    pub async fn failing() -> Self {
        let stage = Self::start().await;
        stage.app.expect_failures();
        stage
    }

    /// The story's end.
    pub fn end(self) -> Book {
        self.book
    }

    /// Somebody with an account; of that name, or where others have it, with a number behind it.
    pub async fn member(&mut self, name: &str) -> UserId {
        self.members.push(name.to_owned());
        let count = self.members.len();
        let namesakes = self.members.iter().filter(|it| *it == name).count();
        let name = if namesakes == 1 { name.to_owned() } else { format!("{name}{namesakes}") };
        let member = join(&self.app, &name, &format!("0101111{count:04}")).await;
        // A story of its own measures this.
        self.seen = self.app.log_lines().len();
        member.id
    }

    /// Money to spend in a wallet, from nowhere that is measured.
    pub async fn fund(&self, who: UserId, amount: i64) {
        self.give(Account::SpendOnly(who), amount).await;
    }

    /// The same, money that may leave.
    pub async fn earn(&self, who: UserId, amount: i64) {
        self.give(Account::Earned(who), amount).await;
    }

    /// The end of money to spend.
    pub async fn spend(&self, who: UserId, amount: i64) {
        self.pay(Between { from: Account::SpendOnly(who), to: Account::Revenue }, amount).await;
    }

    async fn give(&self, to: Account, amount: i64) {
        self.pay(Between { from: Account::Provider, to }, amount).await;
    }

    async fn pay(&self, accounts: Between, amount: i64) {
        let reason = format!("test-top-up#{}", self.fresh());
        let amount = Won::constant(amount);
        let movement = Movement::transfer(reason, MovementKind::TopUp, amount, accounts).unwrap();
        assert!(self.app.store().move_money(&movement, self.app.now()).await.unwrap());
    }

    /// Something that nothing else is called.
    pub fn fresh(&self) -> String {
        self.app.app.entropy.uuid(self.app.now()).to_string()
    }

    /// From here on the runs of these workers are written down under these outcomes, those of the
    /// others under [`DONE`].
    pub fn name_runs(&mut self, outcomes: &[(&'static str, &'static str)]) {
        for (worker, outcome) in outcomes {
            assert!(outcome.starts_with(DONE), "{worker}: {outcome}");
        }
        self.outcomes = outcomes.iter().copied().collect();
    }

    pub fn get(&self, who: UserId, path: &str) -> RequestBuilder {
        self.by(who, self.app.get(path))
    }

    /// A request of somebody without a staff role.
    pub fn by(&self, who: UserId, request: RequestBuilder) -> RequestBuilder {
        request.bearer(&self.app.token(who, &[Role::User]))
    }

    /// A request of an admin.
    pub fn by_admin(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer(&self.app.admin().token)
    }

    /// A POST under a fresh key.
    pub fn post(&self, who: UserId, path: &str, body: Value) -> RequestBuilder {
        self.post_as(&[Role::User], who, path, body)
    }

    pub fn post_as(&self, roles: &[Role], who: UserId, path: &str, body: Value) -> RequestBuilder {
        self.post_with(&self.fresh(), roles, who, path, body)
    }

    pub fn post_with(
        &self,
        key: &str,
        roles: &[Role],
        who: UserId,
        path: &str,
        body: Value,
    ) -> RequestBuilder {
        self.app.post(path).bearer(&self.app.token(who, roles)).key(key).json(body)
    }

    /// Sends the request, which must be answered as `outcome` says (a status; for a problem its
    /// code as well; then whatever tells it from others), and lets workers do what follows.
    pub async fn ask(&mut self, outcome: &str, request: RequestBuilder) -> Reply {
        let reply = self.ask_at_once(outcome, request).await;
        // What is listed by time has an order, and what is remembered for a second is forgotten.
        self.app.clock.advance(Span::seconds(2));
        reply
    }

    /// Like [`Stage::ask`], in the same instant as what is asked next.
    pub async fn ask_at_once(&mut self, outcome: &str, request: RequestBuilder) -> Reply {
        self.seen = self.app.log_lines().len();
        let reply = request.send().await;
        let status = reply.status().to_string();
        let code = if reply.status() < 400 { String::new() } else { reply.code() };
        let answered = outcome.starts_with(format!("{status} {code}").trim_end());
        assert!(answered, "{outcome}: {status} {}", reply.text());
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "{outcome}: one request, one line: {lines:?}");
        self.note(&lines, |_| outcome);
        self.follow().await;
        reply
    }

    /// Posts it, and asks for this outcome.
    pub async fn ask_post(&mut self, outcome: &str, who: UserId, path: &str, body: Value) {
        let request = self.post(who, path, body);
        self.ask(outcome, request).await;
    }

    /// Lets workers do what is due.
    pub async fn follow(&mut self) {
        self.app.run_until_idle().await;
        let lines = self.lines();
        let outcomes = self.outcomes.clone();
        self.note(&lines, |worker| outcomes.get(worker).copied().unwrap_or(DONE));
    }

    /// Turns the clock and runs a scheduled function.
    pub async fn run_after(&mut self, span: Span, function: &str) {
        self.app.clock.advance(span);
        self.seen = self.app.log_lines().len();
        self.app.invoke(function, json!({})).await.unwrap();
        self.follow().await;
    }

    /// Plays time forward, with all that happens in it.
    pub async fn advance(&mut self, span: Span) {
        self.seen = self.app.log_lines().len();
        self.app.advance(span).await;
        self.follow().await;
    }

    fn lines(&mut self) -> Vec<Value> {
        let lines = self.app.log_lines().split_off(self.seen);
        self.seen += lines.len();
        lines
    }

    fn note<'a>(&mut self, lines: &[Value], outcome: impl Fn(&str) -> &'a str) {
        let usage = self.app.cloud.usage();
        for line in lines {
            let function = line["function"].as_str().unwrap();
            let fails = outcome(function).starts_with('5');
            assert_eq!(line["failed"], u8::from(fails), "{line}");
            let asked = usage.invocations.get(line["requestId"].as_str().unwrap());
            let cost = Cost::of(line, &asked.cloned().unwrap_or_default());
            self.book.note(function, outcome(function), cost);
        }
    }
}
