//! How often somebody may try (`rules.md`, "Accounts").

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use domain::identity::policy::{
    AVAILABILITY_CHECKS_MAX, AVAILABILITY_WINDOW, LOGIN_FAILURES_MAX, LOGIN_WINDOW, SIGN_UP_WINDOW,
    SIGN_UPS_MAX,
};
use http::request::Parts;
use kernel::{Instant, Span, codes};
use platform::{App, Now, Problem, http::Address};
use store::rate::{Attempt, Limit};

const LOGIN_BY_ADDRESS: Limit =
    Limit { what: "login-address", max: LOGIN_FAILURES_MAX, window: LOGIN_WINDOW };
const LOGIN_BY_ACCOUNT: Limit =
    Limit { what: "login-account", max: LOGIN_FAILURES_MAX, window: LOGIN_WINDOW };
const AVAILABILITY: Limit =
    Limit { what: "availability", max: AVAILABILITY_CHECKS_MAX, window: AVAILABILITY_WINDOW };

const SIGN_UP: Limit = Limit { what: "sign-up", max: SIGN_UPS_MAX, window: SIGN_UP_WINDOW };

/// The limits that apply to this request's sender, now.
pub struct Limits {
    app: App,
    pub now: Instant,
    network: String,
}

/// A guess that counts as wrong until it is given back. A request that dies in between has used
/// one up, which is the safe side.
#[must_use]
pub struct Guess<'a> {
    limits: &'a Limits,
    held: Vec<(Limit, &'a str, Instant)>,
}

impl Limits {
    /// Reserves a guess at the password of `account` (any text that stands for it).
    pub async fn guess<'a>(&'a self, account: &'a str) -> Result<Guess<'a>, Problem> {
        let mut guess = Guess { limits: self, held: Vec::new() };
        for (limit, whom) in [(LOGIN_BY_ADDRESS, &*self.network), (LOGIN_BY_ACCOUNT, account)] {
            match self.app.store.rate_take(limit, whom, self.now).await? {
                Attempt::Taken { until } => guess.held.push((limit, whom, until)),
                Attempt::Refused { retry_after } => {
                    guess.give_back().await;
                    return Err(too_many_failures(retry_after));
                }
            }
        }
        Ok(guess)
    }

    /// Counts one look at whether a name is free.
    pub async fn availability(&self) -> Result<(), Problem> {
        self.count(AVAILABILITY, "Names may be looked up 30 times a minute.").await
    }

    /// Counts one attempt to open an account, which costs a hash and a welcome mail.
    pub async fn sign_up(&self) -> Result<(), Problem> {
        self.count(SIGN_UP, "Too many accounts are being opened from this network.").await
    }

    async fn count(&self, limit: Limit, detail: &str) -> Result<(), Problem> {
        match self.app.store.rate_take(limit, &self.network, self.now).await? {
            Attempt::Taken { .. } => Ok(()),
            Attempt::Refused { retry_after } => {
                Err(Problem::new(codes::TOO_MANY_REQUESTS, detail).retry_after(retry_after))
            }
        }
    }
}

impl Guess<'_> {
    /// The guess was right, or never made.
    pub async fn give_back(self) {
        for (limit, whom, until) in self.held {
            // Not worth failing a good log-in for: the count ends with its window.
            let _kept = self.limits.app.store.rate_return(limit, whom, until).await;
        }
    }
}

fn too_many_failures(retry_after: Span) -> Problem {
    let detail = "Five failures within 15 minutes: wait before the next attempt.";
    Problem::new(codes::TOO_MANY_LOGIN_FAILURES, detail).retry_after(retry_after)
}

impl FromRequestParts<App> for Limits {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Now(now) = Now::from_request_parts(parts, app).await?;
        let address = parts.extensions.get::<Address>().map(|Address(text)| text.as_str());
        Ok(Self { app: app.clone(), now, network: network(address.unwrap_or_default()) })
    }
}

/// What counts as one sender: an IPv4 address, or the /64 that an IPv6 customer has to itself.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.to_string(),
            None => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
        Ok(IpAddr::V4(ip)) => ip.to_string(),
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_network_is_one_sender() {
        for (address, one) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("", "unknown"),
            ("a\nb", "unknown"),
        ] {
            assert_eq!(network(address), one);
        }
    }
}
