//! Money on its way to a bank account.
//!
//! `requested → sending → done | failed`, `requested → stopped`. A withdrawal's money is held from
//! the request to the end. Its owner or staff stop it until somebody speaks with the bank.
//! Whether the bank paid is asked of the bank, never guessed: an unknown outcome stays `sending`,
//! and so does a transfer that the bank has and takes hours or days for.

mod account;

use kernel::{Instant, Span, UserId, WithdrawalId, Won};

pub use account::{AccountNumber, BANKS, Bank, BankAccount, Holder, InvalidAccount};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The money is held, the bank does not know yet.
    Requested,
    /// Somebody speaks with the bank, or nobody knows what the bank did.
    Sending,
    Done,
    Failed,
    /// Taken back before anybody spoke with the bank.
    Stopped,
}

/// A withdrawal, without the account it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    pub id: WithdrawalId,
    pub user: UserId,
    pub amount: Won,
    pub state: State,
    /// How often somebody began to speak with the bank.
    pub attempts: u32,
    /// Nobody else touches it before. `None` once it is finished.
    pub due_at: Option<Instant>,
    pub requested_at: Instant,
    pub finished_at: Option<Instant>,
    /// Why it failed.
    pub failure: Option<String>,
    /// How the bank names the transfer, since it said that it has it.
    pub receipt: Option<String>,
}

/// What somebody who speaks with the bank does first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nobody asked the bank for it before: order it.
    Order,
    /// Somebody may have: ask what became of it.
    Ask,
}

/// Why nobody may speak with the bank now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimRejection {
    Finished,
    /// Somebody else does, or the bank needs time.
    NotDue,
}

/// When a request whose event was lost is taken up by the sweep.
pub const UNHEARD_AFTER: Span = Span::minutes(5);
/// How long one attempt keeps others out: longer than its process may live.
pub const LEASE: Span = Span::minutes(3);
/// How often a bank that is not done is asked again as soon as the lease is over …
const SOON_ATTEMPTS: u32 = 5;
/// … how often after this pause …
const LATER_ATTEMPTS: u32 = 15;
const LATER: Span = Span::minutes(15);
/// … and every time after that. A transfer over a weekend is asked for some seventy times.
const RARELY: Span = Span::hours(1);

pub const SUBJECT_PREFIX: &str = "withdrawal#";

/// The name of a withdrawal's hold, and the reason of the movement that pays it out.
#[must_use]
pub fn subject(id: WithdrawalId) -> String {
    format!("{SUBJECT_PREFIX}{id}")
}

impl Withdrawal {
    #[must_use]
    pub fn request(id: WithdrawalId, user: UserId, amount: Won, now: Instant) -> Self {
        Self {
            id,
            user,
            amount,
            state: State::Requested,
            attempts: 0,
            due_at: Some(now + UNHEARD_AFTER),
            requested_at: now,
            finished_at: None,
            failure: None,
            receipt: None,
        }
    }

    /// The withdrawal in the hands of whoever asks, and what to do with it.
    pub fn claim(&self, now: Instant) -> Result<(Self, Step), ClaimRejection> {
        let step = match (self.state, self.due_at) {
            (State::Done | State::Failed | State::Stopped, _) => {
                return Err(ClaimRejection::Finished);
            }
            (State::Requested, _) => Step::Order,
            (State::Sending, Some(due)) if now < due => return Err(ClaimRejection::NotDue),
            (State::Sending, _) => Step::Ask,
        };
        let attempts = self.attempts.saturating_add(1);
        let due_at = Some(now + LEASE);
        Ok((Self { state: State::Sending, attempts, due_at, ..self.clone() }, step))
    }

    /// The withdrawal taken back, by its owner or staff. Refused with the state it is in: what was
    /// begun with the bank cannot be called back.
    pub fn stop(&self, now: Instant) -> Result<Self, State> {
        match self.state {
            State::Requested => {
                let finished_at = Some(now);
                Ok(Self { state: State::Stopped, due_at: None, finished_at, ..self.clone() })
            }
            state => Err(state),
        }
    }

    /// The bank has it and is not done: nobody asks again before a while.
    #[must_use]
    pub fn wait(&self, receipt: Option<String>, now: Instant) -> Self {
        let pause = match self.attempts {
            attempts if attempts <= SOON_ATTEMPTS => LEASE,
            attempts if attempts <= LATER_ATTEMPTS => LATER,
            _ => RARELY,
        };
        let receipt = receipt.or_else(|| self.receipt.clone());
        Self { due_at: Some(now + pause), receipt, ..self.clone() }
    }

    /// The bank paid.
    #[must_use]
    pub fn complete(&self, now: Instant) -> Self {
        let finished_at = Some(now);
        Self { state: State::Done, due_at: None, finished_at, ..self.clone() }
    }

    /// The bank will never pay.
    #[must_use]
    pub fn fail(&self, reason: String, now: Instant) -> Self {
        let finished_at = Some(now);
        let failure = Some(reason);
        Self { state: State::Failed, due_at: None, finished_at, failure, ..self.clone() }
    }
}

impl State {
    pub const ALL: &[Self] =
        &[Self::Requested, Self::Sending, Self::Done, Self::Failed, Self::Stopped];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;
    use uuid::Uuid;

    use super::*;

    fn requested() -> (Withdrawal, Instant) {
        let now = Instant::from_millis(1_000_000);
        let (id, user) = (Id::from_uuid(Uuid::from_u128(1)), Id::from_uuid(Uuid::from_u128(2)));
        (Withdrawal::request(id, user, Won::constant(5_000), now), now)
    }

    #[test]
    fn one_at_a_time_orders_and_whoever_comes_later_asks() {
        let (fresh, now) = requested();
        let (first, step) = fresh.claim(now).unwrap();
        assert_eq!((first.state, first.attempts, step), (State::Sending, 1, Step::Order));
        assert_eq!(first.claim(now + LEASE - Span::millis(1)), Err(ClaimRejection::NotDue));
        let (second, step) = first.claim(now + LEASE).unwrap();
        assert_eq!((second.attempts, step), (2, Step::Ask));
        for over in [second.complete(now), second.fail("closed".to_owned(), now)] {
            assert_eq!(over.claim(now + Span::days(9)), Err(ClaimRejection::Finished));
            assert_eq!(over.due_at, None);
        }
    }

    #[test]
    fn a_bank_that_takes_its_time_is_asked_ever_more_rarely_and_never_ordered_from_again() {
        let (fresh, mut now) = requested();
        let receipt = || Some("r-1".to_owned());
        let (claimed, _) = fresh.claim(now).unwrap();
        let mut waiting = claimed.wait(receipt(), now);
        assert_eq!((waiting.due_at, &waiting.receipt), (Some(now + LEASE), &receipt()));
        let mut pauses = Vec::new();
        for _ in 0..20 {
            let due = waiting.due_at.unwrap();
            pauses.push(due.since(now));
            assert_eq!(waiting.claim(due - Span::millis(1)), Err(ClaimRejection::NotDue));
            now = due;
            let (claimed, step) = waiting.claim(now).unwrap();
            assert_eq!((step, &claimed.receipt), (Step::Ask, &receipt()));
            // A bank that says no name leaves the one that is known.
            waiting = claimed.wait(None, now);
            assert_eq!((waiting.state, &waiting.receipt), (State::Sending, &receipt()));
        }
        let of = |pause: Span| pauses.iter().filter(|it| **it == pause).count();
        assert_eq!([LEASE, LATER, RARELY].map(of), [5, 10, 5]);
        assert!(pauses.is_sorted());
        assert_eq!(waiting.complete(now).receipt, receipt());
    }

    #[test]
    fn what_is_kept_of_a_withdrawal() {
        let (fresh, now) = requested();
        assert_eq!(subject(fresh.id), format!("withdrawal#{}", fresh.id));
        assert_eq!((fresh.due_at, fresh.finished_at), (Some(now + UNHEARD_AFTER), None));
        let (claimed, _) = fresh.claim(now).unwrap();
        let at = now + Span::seconds(1);
        let (state, finished_at) = (State::Done, Some(at));
        let done = Withdrawal { state, due_at: None, finished_at, ..claimed.clone() };
        assert_eq!(claimed.complete(at), done);
        let (state, failure) = (State::Failed, Some("closed".to_owned()));
        let failed = Withdrawal { state, due_at: None, finished_at, failure, ..claimed.clone() };
        assert_eq!(claimed.fail("closed".to_owned(), at), failed);
    }

    #[test]
    fn only_what_is_still_requested_is_stopped_and_nobody_pays_it_out_then() {
        let (fresh, now) = requested();
        let (claimed, _) = fresh.claim(now).unwrap();
        let stopped = fresh.stop(now).unwrap();
        let finished_at = Some(now);
        let state = State::Stopped;
        assert_eq!(stopped, Withdrawal { state, due_at: None, finished_at, ..fresh });
        assert_eq!(stopped.claim(now + Span::days(9)), Err(ClaimRejection::Finished));
        let failed = claimed.fail("closed".to_owned(), now);
        for over in [claimed.clone(), claimed.complete(now), failed, stopped] {
            assert_eq!(over.stop(now), Err(over.state));
        }
    }

    #[test]
    fn states_round_trip() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(*state));
        }
        assert_eq!(State::parse("paid"), None);
    }
}
