//! Every kind of fault that a run injects, by name: what strikes is counted, so that a kind that
//! never strikes is seen.

use gateway::{fake::FaultKind as ProviderFault, payout::BankFault};
use local::{FaultKind, Upset};

/// A kind of fault. Only a run with faults has any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Throttled,
    Conflict,
    TimeoutBefore,
    TimeoutAfter,
    Status500,
    Unprocessed,
    StaleIndex,
    StaleRead,
    PartlyTaken,
    OutsideRefused,
    OutsideTimeout,
    TransactionsMet,
    HalfSeen,
    Crash,
    Stall,
    ClockSkew,
    MessageCopied,
    QueueShuffled,
    DeliveryHeldUp,
    Poison,
    StreamCopied,
    ShardsApart,
    ScheduleLate,
    ScheduleCopied,
    ScheduleLost,
    RequestRefused,
    DeliveryRefused,
    ColdStart,
    SlowInvocation,
    RequestThrottled,
    VisibilityEnded,
    ProviderLostBefore,
    ProviderLostAfter,
    ProviderStatus500,
    ProviderStatus429,
    ProviderGarbage,
    BankLostBefore,
    BankLostAfter,
}

/// What devices and providers do on any day, and a careless product stumbles over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    AskedTwiceAtOnce,
    AskedAgain,
    KeyReused,
    WebhookRepeated,
}

/// What happens in the cloud and is injected by no run yet: no figure may claim it.
pub const NOT_INJECTED: &[&str] = &["socket: gone (the product has none yet)"];

impl Fault {
    pub const ALL: &[Self] = &[
        Self::Throttled,
        Self::Conflict,
        Self::TimeoutBefore,
        Self::TimeoutAfter,
        Self::Status500,
        Self::Unprocessed,
        Self::StaleIndex,
        Self::StaleRead,
        Self::PartlyTaken,
        Self::OutsideRefused,
        Self::OutsideTimeout,
        Self::TransactionsMet,
        Self::HalfSeen,
        Self::Crash,
        Self::Stall,
        Self::ClockSkew,
        Self::MessageCopied,
        Self::QueueShuffled,
        Self::DeliveryHeldUp,
        Self::Poison,
        Self::StreamCopied,
        Self::ShardsApart,
        Self::ScheduleLate,
        Self::ScheduleCopied,
        Self::ScheduleLost,
        Self::RequestRefused,
        Self::DeliveryRefused,
        Self::ColdStart,
        Self::SlowInvocation,
        Self::RequestThrottled,
        Self::VisibilityEnded,
        Self::ProviderLostBefore,
        Self::ProviderLostAfter,
        Self::ProviderStatus500,
        Self::ProviderStatus429,
        Self::ProviderGarbage,
        Self::BankLostBefore,
        Self::BankLostAfter,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throttled => "call: throttled",
            Self::Conflict => "call: transaction conflict",
            Self::TimeoutBefore => "call: timeout, without effect",
            Self::TimeoutAfter => "call: timeout, with effect",
            Self::Status500 => "call: status 500",
            Self::Unprocessed => "batch: nothing processed",
            Self::StaleIndex => "index: read as it was before",
            Self::StaleRead => "table: read as it was before",
            Self::PartlyTaken => "events: one of several not taken",
            Self::OutsideRefused => "text message, e-mail: refused or status 500",
            Self::OutsideTimeout => "text message, e-mail: timeout",
            Self::TransactionsMet => "transactions: overlap in time",
            Self::HalfSeen => "transaction: read while it is half applied",
            Self::Crash => "invocation: crashed",
            Self::Stall => "invocation: stood still",
            Self::ClockSkew => "container: clock up to 2 s wrong",
            Self::MessageCopied => "queue: a message twice",
            Self::QueueShuffled => "queue: out of order",
            Self::DeliveryHeldUp => "queue: delivery held up",
            Self::Poison => "queue: a message that nobody can read",
            Self::StreamCopied => "stream: a batch twice",
            Self::ShardsApart => "stream: one shard ahead of another",
            Self::ScheduleLate => "schedule: late",
            Self::ScheduleCopied => "schedule: twice",
            Self::ScheduleLost => "schedule: lost",
            Self::RequestRefused => "function: at its limit, the request answered 503",
            Self::DeliveryRefused => "function: at its limit, the delivery refused",
            Self::ColdStart => "function: a start that takes up to 2 s",
            Self::SlowInvocation => "function: seconds slower than its work",
            Self::RequestThrottled => "gateway: status 429",
            Self::VisibilityEnded => "queue: visibility expires while a batch is worked on",
            Self::ProviderLostBefore => "provider: connection lost, without effect",
            Self::ProviderLostAfter => "provider: connection lost, with effect",
            Self::ProviderStatus500 => "provider: status 500",
            Self::ProviderStatus429 => "provider: status 429",
            Self::ProviderGarbage => "provider: an answer that is no JSON",
            Self::BankLostBefore => "bank: connection lost, without effect",
            Self::BankLostAfter => "bank: connection lost, with effect",
        }
    }

    /// A fault that struck a call of `action`.
    #[must_use]
    pub fn of_call(action: &str, kind: FaultKind) -> Self {
        let outside = action.starts_with("sns:") || action.starts_with("ses:");
        match kind {
            FaultKind::Throttle | FaultKind::Status500 if outside => Self::OutsideRefused,
            FaultKind::TimeoutBefore | FaultKind::TimeoutAfter if outside => Self::OutsideTimeout,
            FaultKind::Throttle => Self::Throttled,
            FaultKind::Conflict => Self::Conflict,
            FaultKind::TimeoutBefore => Self::TimeoutBefore,
            FaultKind::TimeoutAfter => Self::TimeoutAfter,
            FaultKind::Status500 => Self::Status500,
            FaultKind::Unprocessed => Self::Unprocessed,
            FaultKind::StaleIndex => Self::StaleIndex,
            FaultKind::StaleRead => Self::StaleRead,
            FaultKind::PartlyTaken => Self::PartlyTaken,
        }
    }

    #[must_use]
    pub const fn of_upset(upset: Upset) -> Self {
        match upset {
            Upset::MessageCopied => Self::MessageCopied,
            Upset::QueueShuffled => Self::QueueShuffled,
            Upset::DeliveryHeldUp => Self::DeliveryHeldUp,
            Upset::StreamCopied => Self::StreamCopied,
            Upset::ScheduleLate => Self::ScheduleLate,
            Upset::ScheduleCopied => Self::ScheduleCopied,
            Upset::ScheduleLost => Self::ScheduleLost,
            Upset::TransactionsMet => Self::TransactionsMet,
            Upset::HalfSeen => Self::HalfSeen,
            Upset::ShardsApart => Self::ShardsApart,
            Upset::RequestRefused => Self::RequestRefused,
            Upset::DeliveryRefused => Self::DeliveryRefused,
            Upset::ColdStart => Self::ColdStart,
            Upset::SlowInvocation => Self::SlowInvocation,
            Upset::RequestThrottled => Self::RequestThrottled,
            Upset::VisibilityEnded => Self::VisibilityEnded,
        }
    }

    /// `None`: an answer that a card of the market's people asks for, and no fault.
    #[must_use]
    pub const fn of_provider(fault: ProviderFault) -> Option<Self> {
        match fault {
            ProviderFault::LostBefore => Some(Self::ProviderLostBefore),
            ProviderFault::LostAfter => Some(Self::ProviderLostAfter),
            ProviderFault::Status500 => Some(Self::ProviderStatus500),
            ProviderFault::Status429 => Some(Self::ProviderStatus429),
            ProviderFault::Garbage => Some(Self::ProviderGarbage),
            ProviderFault::Held | ProviderFault::TossCode(_) | ProviderFault::KakaoCode(_) => None,
        }
    }

    #[must_use]
    pub const fn of_bank(fault: BankFault) -> Self {
        match fault {
            BankFault::Before => Self::BankLostBefore,
            BankFault::After => Self::BankLostAfter,
        }
    }
}

impl Habit {
    pub const ALL: &[Self] =
        &[Self::AskedTwiceAtOnce, Self::AskedAgain, Self::KeyReused, Self::WebhookRepeated];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AskedTwiceAtOnce => "device: the same request twice at once",
            Self::AskedAgain => "device: the same request again",
            Self::KeyReused => "device: another request under the same key",
            Self::WebhookRepeated => "provider: a webhook again",
        }
    }
}
