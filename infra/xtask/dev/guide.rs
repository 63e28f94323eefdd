//! What `cargo dev` prints.

use std::net::SocketAddr;

use local::DataPlace;

use super::seed::{PASSWORD, USERS};

/// Prints where everything is and how to begin.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn print(port: u16, data: &DataPlace, aws: Option<SocketAddr>) {
    println!("{}", text(port, data, aws));
}

fn text(port: u16, data: &DataPlace, aws: Option<SocketAddr>) -> String {
    let base = format!("http://127.0.0.1:{port}");
    let kept = match data {
        DataPlace::Memory => "in memory; gone when this stops".to_owned(),
        DataPlace::Folder(folder) => format!("{} (delete it to start over)", folder.display()),
    };
    let aws = aws.map_or_else(String::new, |address| {
        format!("\n  AWS endpoint        http://{address}   (AWS_ENDPOINT_URL)")
    });
    let names: Vec<&str> = USERS.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    format!(
        r#"
장터 Jangteo is running — stop it with Ctrl-C

  API                 {base}/v1
  API reference       {base}/docs
  text messages sent  {base}/_local/sms
  e-mails sent        {base}/_local/emails
  queues              {base}/_local/queues
  schedules           {base}/_local/schedules
  carriers, played    {base}/_local/carrier
  the clock           {base}/_local/clock{aws}
  data                {kept}

  users: {names} — <name>@jangteo.example, password {PASSWORD}

Try it:

  # what is running
  curl -s '{base}/v1/auctions?sort=ending-soon'

  # log in as haneul, and name an auction
  TOKEN=$(curl -s {base}/v1/sessions -H 'Content-Type: application/json' \
    -d '{{"email":"haneul@jangteo.example","password":"{PASSWORD}"}}' \
    | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
  AUCTION=$(curl -s '{base}/v1/auctions?limit=1' | sed 's/.*"items":\[{{"id":"\([^"]*\)".*/\1/')

  # bid 20,000 won, and up to 40,000 by proxy
  curl -s {base}/v1/auctions/$AUCTION/bids -H "Authorization: Bearer $TOKEN" \
    -H "Idempotency-Key: my-first-bid" -H 'Content-Type: application/json' \
    -d '{{"amount":20000,"maxAmount":40000}}'

  # watch the price
  curl -N {base}/v1/auctions/$AUCTION/stream

  # an hour later: what was due meanwhile is done when this answers
  curl -s {base}/_local/clock -d '{{"advanceSeconds": 3600}}'

  # the exchange: what is traded, what a shoe costs, who asks and bids
  curl -s '{base}/v1/catalog'
  SHOE=$(curl -s '{base}/v1/catalog?search=jordan' | sed 's/.*"items":\[{{"id":"\([^"]*\)".*/\1/')
  curl -s {base}/v1/catalog/$SHOE/prices
  curl -s "{base}/v1/catalog/$SHOE/options/270/depth?side=sell"
  curl -s '{base}/v1/exchange/quote?side=buy&price=330000'

  # buy it as minji, who has an address and 2,000,000 won
  MINJI=$(curl -s {base}/v1/sessions -H 'Content-Type: application/json' \
    -d '{{"email":"minji@jangteo.example","password":"{PASSWORD}"}}' \
    | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
  HOME_OF=$(curl -s {base}/v1/me/addresses -H "Authorization: Bearer $MINJI" \
    | sed 's/.*"items":\[{{"id":"\([^"]*\)".*/\1/')
  curl -s {base}/v1/exchange/buy-now -H "Authorization: Bearer $MINJI" \
    -H "Idempotency-Key: my-first-shoe" -H 'Content-Type: application/json' \
    -d "{{\"itemId\":\"$SHOE\",\"option\":\"270\",\"limitPrice\":330000,
         \"addressId\":\"$HOME_OF\",\"funding\":{{\"from\":\"wallet\"}}}}"
"#
    )
}
