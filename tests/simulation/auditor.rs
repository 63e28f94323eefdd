//! The invariants: those of the test kit on the committed rows, and those that need to know what
//! people were promised or what providers did.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    auction::{EntryKind, Status},
    exchange::OrderState,
    payment,
    trade::{RefundEnd, State},
};
use kernel::{AuctionId, Clock as _, Span, UserId};
use store::{Item, ItemReader, Table, auction::LedgerRow, exchange::read_order};
use testkit::{Judged, Rows, judge};

use crate::{
    cross_checks, held_money, liveness,
    observations::{Observations, Promise},
    permissions,
    read_rows::{payments, taken, trades, withdrawals},
    rulebook,
    world::World,
};

/// How long after its time a thing may still wait for a sweep, once nothing fails.
const GRACE: Span = Span::hours(9);

/// Outcomes as they were first seen: they never change.
pub type Outcomes = BTreeMap<AuctionId, String>;

impl World {
    /// What every commit promises, in the middle of things.
    pub fn audit_midway(&self, outcomes: &mut Outcomes) {
        let (rows, mut found) = judge(&self.cloud, Judged::Midway);
        self.history.count("invariant checks midway");
        found.extend(permissions::beyond_card_limits(&rows));
        found.into_iter().for_each(|what| self.found(what));
        self.audit_outcomes(&rows, outcomes);
    }

    /// Everything, at the end.
    pub fn audit_at_rest(&self, outcomes: &mut Outcomes) -> Rows {
        let (rows, mut found) = judge(&self.cloud, Judged::AtRest);
        self.history.count("invariant checks at rest");
        self.audit_outcomes(&rows, outcomes);
        found.extend(self.unfinished(&rows));
        found.extend(self.undelivered());
        {
            let observations = self.observations.borrow();
            found.extend(broken_promises(&rows, &observations));
            found.extend(effects_without_keys(&rows, &observations));
            found.extend(permissions::after_log_outs(&observations));
        }
        found.extend(permissions::beyond_card_limits(&rows));
        found.extend(held_money::holds(&rows));
        found.extend(cross_checks::contradicted(
            &rows,
            &self.observations.borrow(),
            &self.admins(),
        ));
        found.extend(rulebook::contradicted(&rows, &trades(&rows)));
        found.extend(self.gains(&rows));
        found.extend(orphans(&rows));
        found.extend(liveness::missing(&rows));
        found.extend(self.others_say(&rows));
        found.extend(self.fleet.breaches().into_iter().map(|text| format!("contract: {text}")));
        let denied = self.cloud.permissions().denied;
        found.extend(denied.iter().map(|denied| format!("beyond its grants: {denied:?}")));
        let (transitions, seen) = self.transition_checker.faults();
        self.history.add("state changes judged", seen);
        found.extend(transitions);
        let (passed_over, matches) = self.priority_checker.faults();
        self.history.add("matches judged by price and time", matches);
        found.extend(passed_over);
        found.extend(self.log.bad.lock().unwrap().iter().map(|line| format!("log: {line}")));
        self.count_results(&rows);
        found.into_iter().for_each(|what| self.found(what));
        rows
    }

    /// I23, while much waits for cards: in the end most of it is over.
    pub fn audit_card_limits(&self) {
        let rows = Rows::of(&self.cloud);
        permissions::beyond_card_limits(&rows).into_iter().for_each(|what| self.found(what));
        self.history.count("card limits judged");
    }

    /// I6: an outcome, once committed, stays.
    fn audit_outcomes(&self, rows: &Rows, outcomes: &mut Outcomes) {
        for (id, row) in rows.auctions() {
            let Some(closing) = &row.closing else { continue };
            let now = format!("{closing:?}");
            let before = outcomes.entry(id).or_insert_with(|| now.clone());
            if *before != now {
                self.found(format!("I6: the outcome of {id} was {before}, and is {now}"));
            }
        }
    }

    /// I18: what should be over.
    fn unfinished(&self, rows: &Rows) -> Vec<String> {
        let now = self.clock.now();
        let mut found = Vec::new();
        for head in rows.heads() {
            if head.status == Status::Open && head.ends_at + GRACE < now {
                found.push(format!("I18: auction {} is open", head.terms.auction));
            }
        }
        for trade in trades(rows) {
            let overdue = trade.deadline.is_some_and(|deadline| deadline + GRACE < now);
            if overdue {
                let (id, state, claim) = (trade.id, trade.state, trade.claim);
                found.push(format!("I18: trade {id} is overdue, {state:?}, claimed {claim:?}"));
            }
            if trade.state == State::Completed && trade.settled_at.is_none() {
                found.push(format!("I18: trade {} is completed and not settled", trade.id));
            }
        }
        for payment in payments(rows) {
            let claimed = payment.claim.as_ref().map(|claim| claim.first_at);
            let cancelling = payment.cancelling.as_ref().map(|it| it.first_at);
            let open = claimed.filter(|_| payment.status == payment::Status::Approving);
            let left = (payment.status == payment::Status::Ready).then(|| payment.ends_at());
            if open.or(cancelling).or(left).is_some_and(|since| since + GRACE < now) {
                found.push(format!("I18: payment {} is not resolved: {payment:?}", payment.id));
            }
        }
        for item in withdrawals(rows) {
            let row = ItemReader(item);
            let state = row.text("state").unwrap();
            let since = row.instant("requestedAt").unwrap();
            if matches!(state, "requested" | "sending") && since + GRACE < now {
                found.push(format!("I18: withdrawal {item:?}"));
            }
        }
        for item in rows.under(Table::Notification, store::keys::MESSAGE_PREFIX) {
            let row = ItemReader(&item);
            let state = row.text("state").unwrap();
            // Of use for a shorter time than a sweep may take: it may have come too late.
            let useful =
                row.instant("usefulUntil").unwrap().since(row.instant("createdAt").unwrap());
            let late = state == "failed" && useful < GRACE;
            if !late && !["sent", "skipped"].contains(&state) {
                found.push(format!("I18: a message to somebody outside is {state}: {item:?}"));
            }
        }
        for item in rows.under(Table::Exchange, store::keys::ORDER_PREFIX) {
            let order = read_order(&item).unwrap();
            if order.state == OrderState::Open && order.terms.expires_at + GRACE < now {
                found.push(format!("I18: order {} is past its time and open", order.id));
            }
            let ended = order.ended_at.filter(|at| *at + GRACE < now);
            if ended.is_some() && item.contains_key("gsi2pk") {
                found.push(format!("I18: nobody told whose order {} expired", order.id));
            }
        }
        found
    }

    /// I13 and I18: every message is done, or is one that nobody can read.
    fn undelivered(&self) -> Vec<String> {
        let mut found = Vec::new();
        for queue in self.cloud.queues() {
            if (queue.counts.visible, queue.counts.in_flight) != (0, 0) {
                found.push(format!("I18: queue {} holds {:?}", queue.name, queue.counts));
            }
            let dead = self.cloud.queue_bodies(&format!("{}-dlq", queue.name));
            for body in dead.iter().filter(|body| !body.contains(crate::fault_schedule::POISON)) {
                found.push(format!("I13: dead in {} after a redrive: {body}", queue.name));
            }
        }
        found
    }

    /// What the providers and the bank did is what we booked.
    fn others_say(&self, rows: &Rows) -> Vec<String> {
        let mut found = Vec::new();
        for payment in payments(rows) {
            let stand = self.providers.stand(&gateway::order_id(payment.id));
            let taken = stand.as_ref().is_some_and(taken);
            let back = stand.as_ref().map_or(0, |stand| stand.cancelled);
            let amount = payment.amount.get();
            let agrees = match payment.is_paid() {
                true => taken && back == payment.cancelled.get(),
                // What nothing here takes went back.
                false => !taken || back == amount,
            };
            if !agrees {
                found.push(format!("I1: the provider says {stand:?}, we say {payment:?}"));
            }
        }
        let paid = self.bank.paid();
        for item in withdrawals(rows) {
            let row = ItemReader(item);
            let is_paid = paid.contains_key(&row.id("id").unwrap());
            if is_paid != (row.text("state").unwrap() == "done") {
                found.push(format!("I1: the bank paid: {is_paid}, we say {item:?}"));
            }
        }
        found
    }

    fn count_results(&self, rows: &Rows) {
        let add = |what: &str, number: usize| {
            self.history.add(what, u64::try_from(number).unwrap_or(u64::MAX));
        };
        let trades = trades(rows);
        add("auctions in the end", rows.auctions().len());
        add("auctions won", rows.heads().iter().filter(|it| it.status == Status::Won).count());
        add("ledger entries", rows.heads().iter().map(|head| head.sequence as usize).sum());
        add("trades", trades.len());
        add("trades matched", trades.iter().filter(|it| it.matched().is_some()).count());
        add("trades paid", trades.iter().filter(|it| it.paid.is_some()).count());
        let ends: Vec<RefundEnd> = trades.iter().filter_map(|it| it.provider_refund?.end).collect();
        let refused = ends.iter().filter(|end| end.in_wallet).count();
        add("trades refunded by their provider", ends.len() - refused);
        add("trades refunded into the wallet, as their provider would not", refused);
        add("trades settled", trades.iter().filter(|it| it.settled_at.is_some()).count());
        add("journal entries", rows.under(Table::Wallet, store::keys::JOURNAL_PREFIX).len());
        add("text messages", self.cloud.sms().len());
    }
}

/// I7 and I17: every acknowledged bid is in the ledger as it was answered, and the ledger's order
/// is one that nobody who waited for an answer can contradict. Refusals were right somewhere within
/// their requests.
fn broken_promises(rows: &Rows, observations: &Observations) -> Vec<String> {
    let mut found = Vec::new();
    let mut ledgers: BTreeMap<String, Vec<LedgerRow>> = BTreeMap::new();
    for promise in &observations.promises {
        let ledger = ledgers
            .entry(promise.auction.clone())
            .or_insert_with(|| rows.ledger(promise.auction.parse().unwrap()));
        let entry = ledger.iter().find(|row| row.entry.sequence == promise.sequence);
        let kept = entry.is_some_and(|LedgerRow { auction, entry, .. }| {
            let id = entry.bid_id(*auction).to_string();
            (id, entry.bidder) == (promise.bid.clone(), promise.bidder)
                && entry.price.get() == promise.price
                && entry.received_at == promise.received_at
        });
        if !kept {
            found.push(format!("I7: {promise:?} is not in the ledger: {entry:?}"));
        }
    }
    for (index, one) in observations.promises.iter().enumerate() {
        for two in
            observations.promises.iter().skip(index + 1).filter(|two| two.auction == one.auction)
        {
            let (first, second) = if one.asked <= two.asked { (one, two) } else { (two, one) };
            if first.answered < second.asked && first.sequence > second.sequence {
                found.push(format!("I17: {first:?} was answered before {second:?} was asked"));
            }
        }
    }
    let heads = rows.heads();
    for refused in &observations.refused {
        let ledger = ledgers
            .entry(refused.auction.clone())
            .or_insert_with(|| rows.ledger(refused.auction.parse().unwrap()));
        let head = heads.iter().find(|head| head.terms.auction.to_string() == refused.auction);
        let Some(head) = head else {
            found.push(format!("I16: no auction of {refused:?}"));
            continue;
        };
        // What was asked for later cannot have been the reason.
        let later = |sequence: u32| {
            let of = |it: &&Promise| it.auction == refused.auction && it.sequence == sequence;
            let promise = observations.promises.iter().find(of);
            promise.is_some_and(|promise| promise.asked > refused.answered)
        };
        let reasons = ledger.iter().filter(|row| !later(row.entry.sequence));
        let reasons = reasons.filter(|row| row.entry.leader.is_some());
        let lot = rulebook::lot(head);
        let mut reasons = reasons.map(|row| lot.least_above(row.entry.price.get()));
        let start = head.terms.start_price.get();
        if refused.minimum != start && !reasons.any(|least| least == refused.minimum) {
            found.push(format!("I17: {refused:?} follows from no state of the auction"));
        }
    }
    found
}

/// I11: no more effects than keys whose requests may have had one.
fn effects_without_keys(rows: &Rows, observations: &Observations) -> Vec<String> {
    let mut keys: BTreeMap<(UserId, &str), usize> = BTreeMap::new();
    for ((user, route, _), keyed) in &observations.keys {
        if keyed.unknown || !keyed.answers.is_empty() {
            let route = route.strip_suffix("/buy-now").map_or(route.as_str(), |start| {
                if start.contains("/auctions/") { start } else { route }
            });
            let route = route.strip_suffix("/bids").unwrap_or(route);
            *keys.entry((*user, route)).or_default() += 1;
        }
    }
    let mut effects: BTreeMap<(UserId, String), usize> = BTreeMap::new();
    for (id, row) in rows.auctions() {
        *effects.entry((row.seller, "POST /v1/auctions".to_owned())).or_default() += 1;
        let bids = rows
            .ledger(id)
            .into_iter()
            .filter(|row| !matches!(row.entry.kind, EntryKind::Void { .. }));
        for bid in bids {
            let route = format!("POST /v1/auctions/{id}");
            *effects.entry((bid.entry.bidder, route)).or_default() += 1;
        }
    }
    for item in withdrawals(rows) {
        let user = ItemReader(item).id("user").unwrap();
        *effects.entry((user, "POST /v1/wallet/withdrawals".to_owned())).or_default() += 1;
    }
    let mut found = Vec::new();
    for ((user, route), effects) in effects {
        let keys = keys.get(&(user, route.as_str())).copied().unwrap_or(0);
        if effects > keys {
            found.push(format!("I11: {user} {route}: {effects} effects of {keys} keys"));
        }
    }
    let orders: BTreeSet<String> = rows
        .under(Table::Exchange, store::keys::ORDER_PREFIX)
        .iter()
        .map(|item| read_order(item).unwrap().id.to_string())
        .collect();
    for (user, order) in &observations.orders {
        if !orders.contains(order) {
            found.push(format!("I7: order {order} was answered to {user} and is not there"));
        }
    }
    found
}

/// I16: what is over is in no index of work to be done.
fn orphans(rows: &Rows) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |item: &Item, over: bool, index: &str| {
        if over && item.contains_key(index) {
            found.push(format!("I16: {:?} is over and in {index}", item["pk"]));
        }
    };
    for item in rows.under(Table::Exchange, store::keys::ORDER_PREFIX) {
        let state = read_order(&item).unwrap().state;
        // An expired one is told until its owner knows: I18.
        check(&item, !matches!(state, OrderState::Open | OrderState::Expired), "gsi2pk");
    }
    for item in rows.under(Table::Payment, store::keys::PAYMENT_PREFIX) {
        let payment = store::payment::read(&item).unwrap();
        check(&item, payment.due_at().is_none(), "gsi2pk");
    }
    for item in withdrawals(rows) {
        let state = ItemReader(item).text("state").unwrap();
        check(item, matches!(state, "done" | "failed" | "stopped"), "gsi1pk");
    }
    found
}
