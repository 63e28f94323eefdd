//! The market's people: each comes on some days, does a few things, and keeps note.

mod auctions;
mod crowds;
mod exchange;
mod money;
mod staff;
mod trades;

use std::rc::Rc;

use kernel::{Clock as _, Instant, Span};

use crate::{
    dice::Dice,
    people::Catalogue,
    person::{Part, Person},
    world::World,
};

/// Somebody at the market.
#[derive(Clone)]
pub struct Actor {
    pub world: Rc<World>,
    pub part: Part,
    pub person: Person,
    pub dice: Dice,
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
                self.world.tally.count("actor step");
            }
        }
        self.world.busy.set(self.world.busy.get() - 1);
    }

    async fn pause(&self) {
        let dice = &self.dice;
        let wait = match dice.below(10) {
            0..=4 => Span::millis(dice.between(0, 1_500)),
            5..=8 => Span::seconds(dice.between(1, 40)),
            _ => Span::seconds(dice.between(30, 400)),
        };
        self.world.sleep(wait).await;
    }

    async fn act(&self) {
        if self.dice.often(self.part.gathers()) {
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
            Part::Teller => self.tell().await,
        }
    }
}
