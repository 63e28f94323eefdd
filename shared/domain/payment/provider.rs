//! Who takes the money, and what they say of it.

use std::str::FromStr;

use kernel::{Instant, Span, Won};

/// A provider that payments can go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    Toss,
    KakaoPay,
}

/// A provider that the market knows by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderName {
    Toss,
    KakaoPay,
    Naver,
    Payco,
}

/// A name of no provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider must be toss or kakaopay, in lower case")]
pub struct UnknownProvider;

/// A provider that is known but not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this provider is not supported yet")]
pub struct Unsupported;

/// What a provider says of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    pub state: TruthState,
    /// The provider's name for it.
    pub key: Option<String>,
    pub amount: Won,
    /// Given back so far.
    pub cancelled: Won,
    /// How it was paid, in the provider's words.
    pub method: Option<String>,
    /// What deposit webhooks of this payment carry.
    pub secret: Option<String>,
    /// The answer as it came, without what is nobody's business, and cut; empty: none is kept.
    pub answer: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TruthState {
    /// The payer or we have not finished.
    Waiting,
    /// The payer was given an account of their own to pay into, until `due` if that is said.
    Deposit { due: Option<Instant> },
    /// The money was taken, even if some or all of it went back since.
    Paid,
    /// Refused, abandoned or too late: it will never be paid.
    Dead,
}

/// How the money that a provider took stands beside what it was to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Money {
    Whole,
    /// All of it went back.
    Back,
    /// A part of it went back, or it is for another amount.
    Otherwise,
}

/// Why a provider refused, in our words: theirs are for their own customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decline {
    CardRejected,
    CardInvalid,
    AccountRejected,
    LimitExceeded,
    AmountTooSmall,
    Suspicious,
    Abandoned,
    Expired,
    NotFound,
    NotRefundable,
    /// A trade was to be paid into an account, which takes days.
    MethodUnsupported,
    /// The trade took the payment no more.
    TradeClosed,
    Other,
}

impl Provider {
    pub const ALL: &[Self] = &[Self::Toss, Self::KakaoPay];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Toss => "toss",
            Self::KakaoPay => "kakaopay",
        }
    }
}

impl Provider {
    /// How long after its beginning a payment can be confirmed: the payer has half an hour to agree
    /// at Toss, and what they agreed to is to be confirmed in ten minutes more
    /// (docs.tosspayments.com); KakaoPay's agreement is good for about a quarter of an hour.
    #[must_use]
    pub const fn confirm_within(self) -> Span {
        match self {
            Self::Toss => Span::minutes(30 + 10),
            Self::KakaoPay => Span::minutes(15),
        }
    }

    /// The least that it takes: Toss of a card 100 won (of an account 200, which is known when the
    /// payer has chosen); KakaoPay names nothing.
    #[must_use]
    pub const fn amount_min(self) -> Won {
        match self {
            Self::Toss => Won::constant(100),
            Self::KakaoPay => Won::constant(1),
        }
    }
}

impl FromStr for Provider {
    type Err = UnknownProvider;
    fn from_str(text: &str) -> Result<Self, UnknownProvider> {
        let all = Self::ALL.iter().copied();
        let mut named = all.filter(|provider| provider.as_str() == text);
        named.next().ok_or(UnknownProvider)
    }
}

impl FromStr for ProviderName {
    type Err = UnknownProvider;
    fn from_str(text: &str) -> Result<Self, UnknownProvider> {
        match text {
            "toss" => Ok(Self::Toss),
            "kakaopay" => Ok(Self::KakaoPay),
            "naver" => Ok(Self::Naver),
            "payco" => Ok(Self::Payco),
            _ => Err(UnknownProvider),
        }
    }
}

impl ProviderName {
    /// The provider that payments of this name go through.
    pub const fn route(self) -> Result<Provider, Unsupported> {
        match self {
            Self::Toss => Ok(Provider::Toss),
            Self::KakaoPay => Ok(Provider::KakaoPay),
            Self::Naver | Self::Payco => Err(Unsupported),
        }
    }
}

impl Decline {
    pub const ALL: &[Self] = &[
        Self::CardRejected,
        Self::CardInvalid,
        Self::AccountRejected,
        Self::LimitExceeded,
        Self::AmountTooSmall,
        Self::Suspicious,
        Self::Abandoned,
        Self::Expired,
        Self::NotFound,
        Self::NotRefundable,
        Self::MethodUnsupported,
        Self::TradeClosed,
        Self::Other,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CardRejected => "card-rejected",
            Self::CardInvalid => "card-invalid",
            Self::AccountRejected => "account-rejected",
            Self::LimitExceeded => "limit-exceeded",
            Self::AmountTooSmall => "amount-too-small",
            Self::Suspicious => "suspicious",
            Self::Abandoned => "abandoned",
            Self::Expired => "expired",
            Self::NotFound => "not-found",
            Self::NotRefundable => "not-refundable",
            Self::MethodUnsupported => "method-unsupported",
            Self::TradeClosed => "trade-closed",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|decline| decline.as_str() == text)
    }

    /// Whether a confirmation that ended so may have been made with what is not this payment's.
    #[must_use]
    pub const fn is_of_token(self) -> bool {
        matches!(self, Self::NotFound | Self::Expired | Self::Abandoned)
    }

    /// For the payer.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::CardRejected => "The card company refused the payment.",
            Self::CardInvalid => "The card is stopped, expired or entered wrongly.",
            Self::AccountRejected => "The bank refused the payment.",
            Self::LimitExceeded => "A limit of the card or account is exceeded.",
            Self::AmountTooSmall => "The amount is below what the provider takes.",
            Self::Suspicious => "The provider refused the payment as unusual.",
            Self::Abandoned => "The payment was broken off.",
            Self::Expired => "The payment was not finished in time.",
            Self::NotFound => "The provider does not know this payment.",
            Self::NotRefundable => "The provider does not give this money back.",
            Self::MethodUnsupported => "A virtual account tops up a wallet, and pays no trade.",
            Self::TradeClosed => "The trade takes no payment any more. The money goes back.",
            Self::Other => "The provider refused the payment.",
        }
    }
}
