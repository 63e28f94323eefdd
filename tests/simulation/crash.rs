//! A container that dies while it works: the future of its invocation is dropped at one await.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// Runs the work up to its `left`th step. A step ends where the work waits (before a cloud call,
/// which is after the one before) and where it is done: then only its answer is lost.
pub struct Crashing<F> {
    work: Option<Pin<Box<F>>>,
    left: Option<u32>,
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
    pub fn new(work: F, at_step: Option<u32>) -> Self {
        Self { work: Some(Box::pin(work)), left: at_step, steps: 0 }
    }
}

impl<F: Future> Future for Crashing<F> {
    type Output = Ended<F::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some(work) = &mut this.work else { return Poll::Ready(Ended::Crashed) };
        let polled = work.as_mut().poll(context);
        this.steps += 1;
        if let Some(left) = &mut this.left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                this.work = None;
                return Poll::Ready(Ended::Crashed);
            }
        }
        polled.map(|output| Ended::Done(output, this.steps))
    }
}
