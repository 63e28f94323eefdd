//! The market's people: each comes on some days, does a few things, and keeps note.

mod auctions;
mod coalitions;
mod crowds;
mod exchange;
mod money;
mod sessions;
mod staff;
mod trades;

pub use coalitions::{Crew, SCHEMES, Scheme};

use std::rc::Rc;

use kernel::{Clock as _, Instant, Span};

use crate::{
    people::Catalogue,
    person::{Part, Person},
    prng::Prng,
    world::World,
};

/// How long somebody waits before the next step.
#[derive(Clone, Copy)]
enum Pause {
    Short,
    Usual,
    Long,
}

const PAUSES: &[(u32, Pause)] = &[(5, Pause::Short), (4, Pause::Usual), (1, Pause::Long)];

/// Somebody at the market.
#[derive(Clone)]
pub struct Actor {
    pub world: Rc<World>,
    pub part: Part,
    pub person: Person,
    pub prng: Prng,
    pub catalogue: Rc<Catalogue>,
}

/// When the market opens, and what everybody does a day.
pub struct Calendar {
    pub openings: Vec<Instant>,
    pub steps: u32,
}

impl Actor {
    /// Comes on every day, until there are no more.
    pub async fn live(self, calendar: Rc<Calendar>) {
        for opening in &calendar.openings {
            let wait = opening.since(self.world.clock.now());
            if *opening > self.world.clock.now() {
                self.world.sleep(wait).await;
            }
            for _ in 0..calendar.steps {
                self.pause().await;
                self.act().await;
                self.world.history.count("actor step");
            }
        }
        self.world.busy.set(self.world.busy.get() - 1);
    }

    async fn pause(&self) {
        let prng = &self.prng;
        let wait = match prng.weighted(PAUSES) {
            Pause::Short => Span::millis(prng.between(0, 1_500)),
            Pause::Usual => Span::seconds(prng.between(1, 40)),
            Pause::Long => Span::seconds(prng.between(30, 400)),
        };
        self.world.sleep(wait).await;
    }

    async fn act(&self) {
        if self.prng.often(self.part.gathers()) {
            return self.gather().await;
        }
        match self.part {
            Part::Seller => self.sell().await,
            Part::Bidder => self.buy().await,
            Part::Trader => self.trade().await,
            Part::Inspector => {
                for _ in 0..4 {
                    self.inspect().await;
                }
            }
            Part::Admin => self.administer().await,
            Part::Provider => self.send_webhooks().await,
        }
    }
}
