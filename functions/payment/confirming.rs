//! Confirming a payment: claim, call, finish (`rules.md`, "Payment").

use domain::payment::{
    ClaimRejection, Decline, Payment, Provider, Purpose, Status, Truth, TruthState, Verdict,
};
use gateway::GatewayError;
use kernel::{Instant, Won};
use platform::{App, Once, Problem, retry::Policy};
use store::{
    CommitError, Transaction,
    trade::{TradeWrite, claim_payment},
};

use crate::{ending, provider_calls, refusal};

/// How often a claim that met another change is made anew.
const CLAIM: Policy = Policy::named("claim-payment", 8);

/// What the client sends to confirm.
pub struct Confirmation<'a> {
    pub once: &'a Once,
    /// What the payer brought back from the provider.
    pub token: &'a str,
    /// What is kept of it.
    pub seal: &'a str,
    pub amount: Option<Won>,
    pub now: Instant,
}

/// What came of trying to take a payment for one confirmation.
pub enum Claimed {
    /// It is ours. `again`: somebody claimed it before and is gone; what they did is unknown.
    Ours { payment: Payment, again: bool },
    /// It is paid already.
    Done(Payment),
}

/// Takes the payment, and with it the trade it is for, so that nobody else confirms, pays or ends
/// either meanwhile.
pub async fn claim(
    app: &App,
    payment: Payment,
    confirmation: &Confirmation<'_>,
) -> Result<Claimed, Problem> {
    let Confirmation { once, token, seal, amount, now } = confirmation;
    let key = once.key().unwrap_or_default();
    let mut payment = payment;
    let mut attempts = CLAIM.attempts();
    while attempts.again() {
        let mut claimed = match payment.claim(*amount, key, *now) {
            Ok(claimed) => claimed,
            Err(ClaimRejection::Done) if payment.was_confirmed_by(token, seal) => {
                return Ok(Claimed::Done(payment));
            }
            Err(rejection) => return Err(refusal::claim(rejection, once, *now)),
        };
        match payment.provider {
            Provider::Toss => claimed.provider_key = Some((*token).to_owned()),
            // Another one is its own only once the provider was asked with it.
            Provider::KakaoPay if payment.status == Status::Approving => {}
            Provider::KakaoPay => claimed.token_seal = Some((*seal).to_owned()),
        }
        let mut transaction = Transaction::new().payment(&payment, &claimed);
        if payment.status == Status::Ready {
            let claim = trade_claim(app, &payment, *now).await?;
            transaction = transaction.writes_as(TradeWrite::Change, claim);
        }
        match app.store.commit(transaction).await {
            Ok(()) => {
                let again = payment.status == Status::Approving;
                return Ok(Claimed::Ours { payment: claimed, again });
            }
            // Somebody was faster, or the trade moved: look again.
            Err(CommitError::Condition { .. }) => {
                payment = provider_calls::own(app, payment.user, payment.id).await?;
            }
            Err(CommitError::Store(error)) => return Err(error.into()),
        }
    }
    Err(attempts.exhausted().into())
}

async fn trade_claim(
    app: &App,
    payment: &Payment,
    now: Instant,
) -> Result<Option<store::Write>, Problem> {
    let Purpose::Trade { trade, .. } = payment.purpose else { return Ok(None) };
    // Begun before payments kept a copy: its time is over.
    let address = payment.ships_to.clone();
    let address = address.ok_or_else(|| refusal::declined(Decline::Expired))?;
    let trade = app.store.trade(trade).await?;
    let trade = trade.ok_or_else(|| Problem::internal("a payment of no trade"))?;
    let write = claim_payment(&trade, payment.id, payment.amount, address, now);
    write.map(Some).map_err(refusal::trade)
}

/// What came of asking.
pub struct ProviderAnswer {
    pub verdict: Verdict,
    pub truth: Option<Truth>,
}

/// Asks the provider for the money and judges what came of it. The provider is asked again only
/// after it said that nothing has happened yet.
pub async fn ask(
    app: &App,
    payment: &mut Payment,
    confirmation: &Confirmation<'_>,
    again: bool,
) -> Result<ProviderAnswer, Problem> {
    let Confirmation { token, seal, now, .. } = *confirmation;
    if again {
        let told = match provider_calls::read(app, payment).await {
            Ok(truth) if truth.state == TruthState::Waiting => None,
            Err(GatewayError::NotFound) => None,
            told => Some(told),
        };
        if let Some(told) = told {
            let (verdict, truth) = judge(payment, told, now);
            return Ok(ProviderAnswer { verdict, truth });
        }
        if !reseal(app, payment, seal).await? {
            // Somebody moved it, and knows more.
            return Ok(ProviderAnswer { verdict: Verdict::Wait, truth: None });
        }
    }
    let (verdict, truth) = request(app, payment, token, again, now).await;
    Ok(ProviderAnswer { verdict, truth })
}

/// Notes the token that the provider is asked with now, before it is. `false`: somebody moved the
/// payment.
async fn reseal(app: &App, payment: &mut Payment, seal: &str) -> Result<bool, Problem> {
    if payment.provider != Provider::KakaoPay || payment.token_seal.as_deref() == Some(seal) {
        return Ok(true);
    }
    let after = payment.asked_with(seal);
    let noted = ending::committed(app, Transaction::new().payment(payment, &after)).await?;
    if noted {
        *payment = after;
    }
    Ok(noted)
}

async fn request(
    app: &App,
    payment: &Payment,
    token: &str,
    again: bool,
    now: Instant,
) -> (Verdict, Option<Truth>) {
    let provider = provider_calls::provider(app, payment);
    match provider.confirm(provider_calls::approval(payment, token)).await {
        Ok(truth) => (payment.judge(Some(&truth), now), Some(truth)),
        // The first and only call: its refusal is the truth.
        Err(GatewayError::Declined(decline)) if !again => (refused(decline), None),
        Err(GatewayError::NotFound) if !again => (refused(Decline::NotFound), None),
        Err(_) => judge(payment, provider_calls::read(app, payment).await, now),
    }
}

/// A refusal of the payer's means is the end of the payment; one of what the payer brought is not.
const fn refused(decline: Decline) -> Verdict {
    if decline.is_of_token() { Verdict::Reopened(decline) } else { Verdict::Failed(decline) }
}

/// What is kept of what a payer brought back.
pub fn token_seal(app: &App, token: &str) -> Result<String, Problem> {
    Ok(hex::encode(app.keys.seal("payment-token", &[token.as_bytes()])?))
}

/// What the provider's answer to a question makes of the payment. No answer decides nothing.
pub fn judge(
    payment: &Payment,
    told: Result<Truth, GatewayError>,
    now: Instant,
) -> (Verdict, Option<Truth>) {
    match told {
        Ok(truth) => (payment.judge(Some(&truth), now), Some(truth)),
        Err(GatewayError::NotFound) => (payment.judge(None, now), None),
        Err(_) => (Verdict::Wait, None),
    }
}
