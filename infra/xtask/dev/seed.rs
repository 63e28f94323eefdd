//! Demo data, made through the product's own routes.

mod exchange;
mod market;

use anyhow::bail;
use axum::Router;
use domain::identity::Role;
use kernel::UserId;
use market::{Market, text};
use platform::App;
use serde_json::json;

/// Who exists in the demo, by nickname; `<name>@jangteo.example` logs in with [`PASSWORD`].
pub const USERS: &[(&str, &str)] = &[
    ("seller", "01011110001"),
    ("minji", "01011110002"),
    ("juno", "01011110003"),
    ("haneul", "01011110004"),
    ("inspector", "01011110008"),
    ("admin", "01011110009"),
];
pub const PASSWORD: &str = "jangteo2026";

/// Creates the demo's users once, auctions whenever none is running, and a catalogue with a book.
pub async fn seed(app: &App, router: &Router) -> anyhow::Result<()> {
    let market = Market { app, router };
    let mut tokens = Vec::new();
    for (name, phone) in USERS {
        tokens.push((*name, market.user(name, phone).await?));
    }
    let running = app.store.auctions_newest(1, None).await?;
    if running.items.is_empty() {
        market.auctions(&tokens).await?;
    }
    exchange::seed(app, &market, &tokens).await
}

impl Market<'_> {
    /// Signs up, or logs in when the data folder knows the user already. Answers an access token.
    async fn user(&self, name: &str, phone: &str) -> anyhow::Result<String> {
        let email = format!("{name}@jangteo.example");
        let account =
            json!({ "email": email, "phone": phone, "password": PASSWORD, "nickname": name });
        let (status, answer) = self.send("/v1/users", None, account).await?;
        let login = json!({ "email": email, "password": PASSWORD });
        let role = match name {
            "admin" => Some(Role::Admin),
            "inspector" => Some(Role::Inspector),
            _ => None,
        };
        if let (201, Some(role)) = (status, role) {
            let id: UserId = text(&answer, "/user/id")?.parse()?;
            self.app.store.set_roles(id, &[Role::User, role]).await?;
        }
        let session = self.call("/v1/sessions", None, login).await?;
        text(&session, "/accessToken")
    }

    async fn auctions(&self, tokens: exchange::Tokens<'_>) -> anyhow::Result<()> {
        let [(_, seller), (_, minji), (_, juno), ..] = tokens else { bail!("too few users") };
        let camera = json!({
            "title": "빈티지 필름 카메라", "description": "1978년식, 작동 확인. 렌즈 깨끗합니다.",
            "startPrice": 50_000, "reservePrice": 80_000, "durationSeconds": 300,
        });
        let bicycle = json!({
            "title": "미니벨로 자전거", "description": "20인치, 작년에 구입.",
            "startPrice": 90_000, "buyNowPrice": 250_000, "durationSeconds": 86_400,
        });
        let lamp =
            json!({ "title": "황동 스탠드", "startPrice": 10_000, "durationSeconds": 3_600 });
        let mut ids = Vec::new();
        for body in [camera, bicycle, lamp] {
            let auction = self.call("/v1/auctions", Some(seller), body).await?;
            ids.push(text(&auction, "/id")?);
        }
        let [camera, bicycle, _] = ids.as_slice() else { bail!("too few auctions") };
        let bids = [
            (camera, minji, json!({ "amount": 50_000, "maxAmount": 70_000 })),
            (camera, juno, json!({ "amount": 60_000 })),
            (bicycle, juno, json!({ "amount": 95_000, "maxAmount": 120_000 })),
        ];
        for (id, token, body) in bids {
            self.call(&format!("/v1/auctions/{id}/bids"), Some(token), body).await?;
        }
        Ok(())
    }
}
