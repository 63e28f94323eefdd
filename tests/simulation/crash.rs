//! A container that dies or stands still while it works: the future of its invocation is dropped
//! at one await, or not polled for a while.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::Sleep;

/// Where an invocation stands still, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    pub step: u32,
    pub lasts: Duration,
}

/// Runs the work up to its `left`th step. A step ends where the work waits (before a cloud call,
/// which is after the one before) and where it is done: then only its answer is lost.
pub struct Crashing<F> {
    work: Option<Pin<Box<F>>>,
    left: Option<u32>,
    stall: Option<Stall>,
    still: Option<Pin<Box<Sleep>>>,
    steps: u32,
}

/// How it ended.
#[derive(Debug)]
pub enum Ended<T> {
    /// After so many steps.
    Done(T, u32),
    Crashed,
}

impl<F: Future> Crashing<F> {
    /// Never crashes without a number.
    pub fn new(work: F, at_step: Option<u32>, stall: Option<Stall>) -> Self {
        Self { work: Some(Box::pin(work)), left: at_step, stall, still: None, steps: 0 }
    }
}

impl<F: Future> Future for Crashing<F> {
    type Output = Ended<F::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some(work) = &mut this.work else { return Poll::Ready(Ended::Crashed) };
        if let Some(still) = &mut this.still {
            std::task::ready!(still.as_mut().poll(context));
            this.still = None;
        }
        let polled = work.as_mut().poll(context);
        this.steps += 1;
        if let Some(left) = &mut this.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                this.work = None;
                return Poll::Ready(Ended::Crashed);
            }
        }
        if let Some(stall) = this.stall.filter(|it| it.step == this.steps && polled.is_pending()) {
            let mut still = Box::pin(tokio::time::sleep(stall.lasts));
            // Nobody else wakes it: it must be asked once.
            if still.as_mut().poll(context).is_pending() {
                this.still = Some(still);
            } else {
                context.waker().wake_by_ref();
            }
        }
        polled.map(|output| Ended::Done(output, this.steps))
    }
}
