//! Somebody who logs out, and whatever still has their token.

use domain::identity::policy::REFRESH_TOKEN_LIFE;
use kernel::{Clock as _, Id, SessionId};
use platform::Entropy as _;
use store::identity::Session;

use super::{Actor, crowds::Crowd};
use crate::{client::Call, world::World};

/// How many bids come after the end of a session, on whatever is open.
const LATE_BIDS: usize = 8;

impl Actor {
    /// Bids, logs out, and bids on: another tab, or somebody who has copied the token.
    pub(super) async fn log_out(&self) {
        let Some(session) = self.log_in().await else { return };
        let mut device = self.clone();
        device.person.session = Some(session);
        if let Some(known) = self.some_auction() {
            device.offer_on(&known).await;
        }
        let call = Call {
            method: "DELETE",
            path: "/v1/sessions/current".to_owned(),
            ..World::get(&device.person, "")
        };
        let world = &self.world;
        if world.ask(&call, &self.prng).await.success().is_none() {
            return;
        }
        world.observations.borrow_mut().log_outs.insert(session, world.tasks.steps());
        world.history.count("log-outs");
        let crowd = Crowd::new(world);
        for _ in 0..LATE_BIDS {
            let Some(known) = self.some_auction() else { break };
            let device = device.clone();
            crowd.add(async move { device.offer_on(&known).await });
        }
        crowd.wait().await;
    }

    /// A session as a log-in leaves it, without the password.
    async fn log_in(&self) -> Option<SessionId> {
        let now = self.world.clock.now();
        let session = Session {
            id: Id::from_uuid(self.prng.uuid(now)),
            user: self.person.id,
            token_hash: format!("{:064x}", self.prng.draw()),
            epoch: 1,
            created_at: now,
            expires: now + REFRESH_TOKEN_LIFE,
        };
        self.world.app().store.session_create(&session).await.ok()?;
        Some(session.id)
    }
}
