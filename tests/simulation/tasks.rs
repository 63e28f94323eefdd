//! The scheduler of a run: one thread, one task polled at a time, in an order drawn from the seed.
//!
//! A task gives way at every cloud call. Nothing else decides who comes next: not the runtime, not
//! the machine. When nobody is ready the runtime moves its paused time to the next timer.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
};

use crate::prng::Prng;

type Local = Pin<Box<dyn Future<Output = ()>>>;
type Sent = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The tasks of one run.
pub struct Tasks {
    slots: RefCell<Vec<Option<Local>>>,
    free: RefCell<Vec<usize>>,
    queue: Arc<Queue>,
    prng: Prng,
    steps: Cell<u64>,
}

/// What wakers and invocations reach from wherever they are.
#[derive(Default)]
struct Queue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    ready: Vec<usize>,
    arrived: Vec<Sent>,
    main: Option<Waker>,
}

/// Adds tasks from within invocations.
#[derive(Clone)]
pub struct Spawner(Arc<Queue>);

impl Spawner {
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.with(|waiting| {
            waiting.arrived.push(Box::pin(task));
            waiting.main.clone()
        });
    }
}

impl Queue {
    /// Changes what waits, then wakes the scheduler that `change` answers.
    fn with(&self, change: impl FnOnce(&mut Waiting) -> Option<Waker>) {
        let main = change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(main) = main {
            main.wake();
        }
    }
}

struct TaskWaker {
    id: usize,
    queue: Arc<Queue>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }
    fn wake_by_ref(self: &Arc<Self>) {
        self.queue.with(|waiting| {
            if waiting.ready.contains(&self.id) {
                return None;
            }
            waiting.ready.push(self.id);
            waiting.main.clone()
        });
    }
}

impl Tasks {
    #[must_use]
    pub fn new(prng: Prng) -> Rc<Self> {
        Rc::new(Self {
            slots: RefCell::default(),
            free: RefCell::default(),
            queue: Arc::default(),
            prng,
            steps: Cell::new(0),
        })
    }

    #[must_use]
    pub fn spawner(&self) -> Spawner {
        Spawner(Arc::clone(&self.queue))
    }

    /// How often any task was polled: the run's logical time.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.add(Box::pin(task));
    }

    fn add(&self, task: Local) {
        let mut slots = self.slots.borrow_mut();
        let id = self.free.borrow_mut().pop().unwrap_or_else(|| {
            slots.push(None);
            slots.len() - 1
        });
        slots[id] = Some(task);
        self.queue.with(|waiting| {
            waiting.ready.push(id);
            None
        });
    }

    /// Runs every task until `main` is done. What is left over is dropped.
    pub async fn run<T>(&self, main: impl Future<Output = T>) -> T {
        let mut main = std::pin::pin!(main);
        // The runtime's own budget for one poll would be another scheduler.
        let done = tokio::task::unconstrained(poll_fn(|context| {
            self.queue.0.lock().unwrap().main = Some(context.waker().clone());
            loop {
                // The main task only waits for others: it sees every state they leave.
                if let Poll::Ready(done) = main.as_mut().poll(context) {
                    return Poll::Ready(done);
                }
                if !self.step() {
                    return Poll::Pending;
                }
            }
        }))
        .await;
        // Not later with the tasks: what is left holds the world, and the world holds these.
        drop(self.slots.take());
        done
    }

    /// Polls one of the ready tasks; false when there is none.
    fn step(&self) -> bool {
        let (arrived, next) = {
            let mut waiting = self.queue.0.lock().unwrap();
            let arrived = std::mem::take(&mut waiting.arrived);
            let next = (arrived.is_empty() && !waiting.ready.is_empty()).then(|| {
                let place = self.prng.below(waiting.ready.len());
                waiting.ready.swap_remove(place)
            });
            (arrived, next)
        };
        if !arrived.is_empty() {
            arrived.into_iter().for_each(|task| self.add(task));
            return true;
        }
        let Some(id) = next else { return false };
        let Some(mut task) = self.slots.borrow_mut().get_mut(id).and_then(Option::take) else {
            return true;
        };
        self.steps.set(self.steps.get() + 1);
        let waker = Waker::from(Arc::new(TaskWaker { id, queue: Arc::clone(&self.queue) }));
        match task.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => self.free.borrow_mut().push(id),
            Poll::Pending => self.slots.borrow_mut()[id] = Some(task),
        }
        true
    }
}
