//! A catalogue with a living book: products, their options, and who asks and bids for them.

use anyhow::Context;
use domain::ledger::{Account, Movement, MovementKind, Posting, Split};
use kernel::{UserId, Won};
use platform::App;
use serde_json::json;

use super::market::{Market, text};

/// What everybody has in the wallet at first: topped up, and from sales of long ago.
const PURSE: Split = Split { spend_only: Won::constant(2_000_000), earned: Won::constant(100_000) };
/// Name, English name, model, release price, options.
const SHOES: &[(&str, &str, &str, i64, &[&str])] = &[
    ("조던 1 레트로 하이 OG", "Jordan 1 Retro High OG", "555088-134", 209_000, &["260", "270"]),
    ("뉴발란스 993 메이드 인 USA", "New Balance 993 Made in USA", "MR993GL", 259_000, &["260"]),
    ("스투시 베이식 후디", "Stussy Basic Hoodie", "118416", 149_000, &["M", "L"]),
];
/// Which product, its option, who, which side, won.
const BOOK: &[(usize, &str, &str, &str, i64)] = &[
    (0, "270", "seller", "sell", 330_000),
    (0, "270", "seller", "sell", 335_000),
    (0, "270", "juno", "sell", 340_000),
    (0, "270", "minji", "buy", 310_000),
    (0, "270", "haneul", "buy", 305_000),
    (0, "260", "seller", "sell", 290_000),
    (1, "260", "seller", "sell", 259_000),
    (1, "260", "minji", "buy", 240_000),
    (2, "L", "juno", "sell", 149_000),
    (2, "L", "haneul", "buy", 130_000),
];

/// Who takes part: nickname and access token.
pub type Tokens<'a> = &'a [(&'static str, String)];

/// Fills an empty catalogue.
pub async fn seed(app: &App, market: &Market<'_>, tokens: Tokens<'_>) -> anyhow::Result<()> {
    if !app.store.catalog_newest(1, None).await?.items.is_empty() {
        return Ok(());
    }
    let items = catalogue(market, token(tokens, "admin")?).await?;
    let mut addresses = Vec::new();
    for (name, token) in tokens {
        addresses.push((*name, equip(app, market, token).await?));
    }
    for (product, option, name, side, price) in BOOK {
        let item = items.get(*product).context("no such product")?;
        let address = addresses.iter().find(|(of, _)| of == name);
        let (_, address) = address.context("nobody of that name")?;
        let mut body = json!({
            "itemId": item, "option": option, "side": side, "price": price,
            "expiresInDays": 60, "addressId": address,
        });
        if *side == "buy"
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("funding".to_owned(), json!({ "from": "wallet" }));
        }
        market.call("/v1/exchange/orders", Some(token(tokens, name)?), body).await?;
    }
    Ok(())
}

fn token<'a>(tokens: Tokens<'a>, name: &str) -> anyhow::Result<&'a str> {
    let found = tokens.iter().find(|(of, _)| *of == name);
    found.map(|(_, token)| token.as_str()).with_context(|| format!("there is no {name}"))
}

/// Answers the products' ids, in the order of [`SHOES`].
async fn catalogue(market: &Market<'_>, admin: &str) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for (name_ko, name_en, model, price, options) in SHOES {
        let body = json!({
            "nameKo": name_ko, "nameEn": name_en, "model": model, "releasePrice": price,
        });
        let item = market.call("/v1/catalog", Some(admin), body).await?;
        let id = text(&item, "/id")?;
        for option in *options {
            let path = format!("/v1/catalog/{id}/options");
            market.call(&path, Some(admin), json!({ "option": option })).await?;
        }
        ids.push(id);
    }
    Ok(ids)
}

/// Gives somebody what an order needs: an address (answered), a payout account, money.
async fn equip(app: &App, market: &Market<'_>, token: &str) -> anyhow::Result<String> {
    let address = json!({
        "recipient": "김민지", "phone": "01011110002", "postcode": "06236",
        "line1": "서울 강남구 테헤란로 152",
    });
    let address = market.call("/v1/me/addresses", Some(token), address).await?;
    let account =
        json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "김민지" });
    market.call("/v1/me/payout-account", Some(token), account).await?;
    let user: UserId = market.me(token).await?;
    // No provider can be asked before the marketplace listens.
    let from = Posting { account: Account::Provider, amount: -PURSE.total().get() };
    let postings = PURSE.into(user).chain([from]).collect();
    let movement = Movement::new(format!("demo-top-up#{user}"), MovementKind::TopUp, postings)?;
    app.store.move_money(&movement, app.clock.now()).await?;
    text(&address, "/id")
}
