//! A container that crashes or stands still while it works: the future of its invocation is dropped
//! at one await, or not polled for a while.

use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use store::Table;
use tokio::time::Sleep;

/// Where an invocation stands still, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    pub step: u32,
    pub lasts: Duration,
}

/// The way of an invocation, in steps: a step ends where the work waits, and where it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub steps: u32,
    /// The step in which the first call was made; `None` when there was no call.
    pub first_call: Option<u32>,
    pub calls: u32,
    /// How many of the calls change something.
    pub writes: u32,
    /// The same for the same calls in the same order.
    pub path: u64,
}

thread_local! {
    /// The way of the invocation that this thread is polling.
    static CURRENT: Cell<Trace> = const { Cell::new(Trace::NONE) };
}

impl Trace {
    const NONE: Self = Self { steps: 0, first_call: None, calls: 0, writes: 0, path: 0 };

    fn with_call(mut self, action: &str, tables: &[Table]) -> Self {
        self.calls += 1;
        self.writes += u32::from(!is_read(action));
        let names = tables.iter().flat_map(|table| table.name().bytes());
        for byte in action.bytes().chain(names) {
            self.path = (self.path ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }
}

/// Notes a cloud call of the invocation that is being polled.
pub fn note_call(action: &str, tables: &[Table]) {
    CURRENT.set(CURRENT.get().with_call(action, tables));
}

fn is_read(action: &str) -> bool {
    let operation = action.split_once(':').map_or(action, |(_, operation)| operation);
    ["Get", "BatchGet", "Query", "TransactGet"].iter().any(|read| operation.starts_with(read))
}

/// Runs the work up to a step. A step ends where the work waits (before a cloud call, which is
/// after the one before) and where it is done: then only its answer is lost.
pub struct Interruptible<F> {
    work: Option<Pin<Box<F>>>,
    crash_at: Option<u32>,
    stall: Option<Stall>,
    still: Option<Pin<Box<Sleep>>>,
    trace: Trace,
}

/// How it ended.
#[derive(Debug)]
pub enum Ended<T> {
    Done(T, Trace),
    Crashed,
}

impl<F: Future> Interruptible<F> {
    /// Never crashes without a step.
    pub fn new(work: F, crash_at: Option<u32>, stall: Option<Stall>) -> Self {
        Self { work: Some(Box::pin(work)), crash_at, stall, still: None, trace: Trace::NONE }
    }
}

impl<F: Future> Future for Interruptible<F> {
    type Output = Ended<F::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some(work) = &mut this.work else { return Poll::Ready(Ended::Crashed) };
        if let Some(still) = &mut this.still {
            std::task::ready!(still.as_mut().poll(context));
            this.still = None;
        }
        let outer = CURRENT.replace(this.trace);
        let polled = work.as_mut().poll(context);
        let mut trace = CURRENT.replace(outer);
        trace.steps += 1;
        if trace.calls > 0 {
            trace.first_call.get_or_insert(trace.steps);
        }
        this.trace = trace;
        if this.crash_at == Some(trace.steps) {
            this.work = None;
            return Poll::Ready(Ended::Crashed);
        }
        if let Some(stall) = this.stall.filter(|it| it.step == trace.steps && polled.is_pending()) {
            let mut still = Box::pin(tokio::time::sleep(stall.lasts));
            // Nobody else wakes it: it must be asked once.
            if still.as_mut().poll(context).is_pending() {
                this.still = Some(still);
            } else {
                context.waker().wake_by_ref();
            }
        }
        polled.map(|output| Ended::Done(output, trace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two calls with a wait before each and after each, as with answers that wait.
    async fn two_calls() {
        for action in ["dynamodb:GetItem", "dynamodb:PutItem"] {
            tokio::task::yield_now().await;
            note_call(action, &[]);
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_first_call_is_made_in_the_second_step() {
        let Ended::Done((), trace) = Interruptible::new(two_calls(), None, None).await else {
            panic!("it crashed");
        };
        assert_eq!((trace.first_call, trace.steps), (Some(2), 5));
        assert_eq!((trace.calls, trace.writes), (2, 1));
    }

    #[tokio::test]
    async fn a_crash_ends_the_work_within_its_step() {
        let done = Cell::new(0);
        let work = async {
            for _ in 0..4 {
                done.set(done.get() + 1);
                tokio::task::yield_now().await;
            }
        };
        let ended = Interruptible::new(work, Some(2), None).await;
        assert!(matches!(ended, Ended::Crashed));
        assert_eq!(done.get(), 2);
    }

    #[test]
    fn the_same_calls_are_the_same_path() {
        let read = Trace::NONE.with_call("dynamodb:GetItem", &[Table::Auction]);
        assert_eq!(read, Trace::NONE.with_call("dynamodb:GetItem", &[Table::Auction]));
        assert_ne!(read.path, Trace::NONE.with_call("dynamodb:GetItem", &[Table::Trade]).path);
    }
}
