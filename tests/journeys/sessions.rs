//! What a session's end ends at once: the bids made under it.

use domain::identity::Role;
use serde_json::json;
use testkit::{Reply, TestApp, User};

use super::{Member, PASSWORD, bid, join, log_in, market};

struct Story {
    app: TestApp,
    minji: Member,
    auction: String,
}

async fn story() -> Story {
    let app = market().await;
    let minji = join(&app, "minji", "010-3333-4444").await;
    let seller = app.token_with_roles(&[Role::User]);
    let body = json!({
        "title": "필름 카메라", "startPrice": 10_000, "durationSeconds": 600, "buyNowPrice": 900_000,
    });
    let reply = app.post("/v1/auctions").bearer(&seller.token).json(body).send().await.expect(201);
    let auction = reply.json()["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    Story { app, minji, auction }
}

impl Story {
    async fn bid(&self, who: &User, key: &str, amount: i64) -> Reply {
        bid(&self.app, &self.auction, who, key, json!({ "amount": amount })).await
    }

    async fn log_out(&self, who: &User) {
        let path = "/v1/sessions/current";
        self.app.delete(path).bearer(&who.token).send().await.expect(204);
    }

    async fn change_password(&self, who: &User, password: &str) -> Reply {
        let body = json!({ "password": password, "currentPassword": PASSWORD });
        self.app.patch("/v1/me").bearer(&who.token).json(body).send().await
    }

    /// The bids that bind.
    async fn bids(&self) -> u64 {
        let path = format!("/v1/auctions/{}", self.auction);
        let view = self.app.get(&path).send().await.expect(200).json();
        view["bidCount"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn f14_no_bid_is_taken_after_log_out() {
    let story = story().await;
    let here = log_in(&story.app, &story.minji).await;
    let there = log_in(&story.app, &story.minji).await;
    story.bid(&here, "before", 10_000).await.expect(201);
    story.log_out(&here).await;
    // The token would be good for a quarter of an hour more.
    story.bid(&here, "after", 20_000).await.expect_problem(401, "token-invalid");
    let path = format!("/v1/auctions/{}/buy-now", story.auction);
    let bought = story.app.post(&path).bearer(&here.token).key("all").send().await;
    bought.expect_problem(401, "token-invalid");
    assert_eq!(story.bids().await, 1);
    // Another device of the same person is another session.
    story.bid(&there, "there", 20_000).await.expect(201);
}

#[tokio::test]
async fn f14_a_new_password_ends_the_bids_of_every_other_session() {
    let story = story().await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(log_in(&story.app, &story.minji).await);
    }
    let here = log_in(&story.app, &story.minji).await;
    story.change_password(&here, "another2026").await.expect(200);
    for (n, other) in others.iter().enumerate() {
        let key = format!("other-{n}");
        story.bid(other, &key, 20_000).await.expect_problem(401, "token-invalid");
    }
    story.bid(&here, "here", 20_000).await.expect(201);
    assert_eq!(story.bids().await, 1);
}

/// The log-in knew the old password, and came to its end after the new one was set.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[expect(clippy::disallowed_methods, reason = "a test waits for its tasks")]
async fn f20_a_log_in_that_races_a_new_password_bids_only_if_it_came_first() {
    for round in 0..8 {
        let story = story().await;
        let here = log_in(&story.app, &story.minji).await;
        let body = json!({ "email": story.minji.email, "password": PASSWORD });
        let racers =
            (0..4).map(|_| tokio::spawn(story.app.post("/v1/sessions").json(body.clone()).send()));
        let racers: Vec<_> = racers.collect();
        let changed = story.change_password(&here, "another2026").await;
        assert!([200, 503].contains(&changed.status()), "{}", changed.text());
        for (n, racer) in racers.into_iter().enumerate() {
            let answer = racer.await.unwrap();
            if answer.status() != 201 || changed.status() != 200 {
                continue;
            }
            let token = answer.json()["accessToken"].as_str().unwrap().to_owned();
            let racer = User { id: story.minji.id, token };
            let late = story.bid(&racer, &format!("{round}-{n}"), 20_000).await;
            late.expect_problem(401, "token-invalid");
        }
    }
}
