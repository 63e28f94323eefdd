//! What can be asked of a trade, by whom, and what comes of it.

use kernel::{Instant, PaymentId, Won};

use super::{
    aggregate::Trade,
    dispute::{Complaint, Ruling, Statement},
    fields::{Duty, Inspection, ProviderRefund, Reason, Shipment, State},
    money::{Penalty, Release},
    statement::StatementText,
};
use crate::{
    carrier::TrackingNumber,
    identity::Address,
    ledger::{Movement, MovementError, Split},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Out of this money in the wallet.
    Pay {
        address: Address,
        from: Split,
    },
    /// The same, for goods that are handed over in person.
    PayToMeet {
        from: Split,
    },
    /// The provider's payment that claimed the trade went through.
    AcceptPayment {
        payment: PaymentId,
    },
    /// From what is held since the orders were placed.
    Capture,
    /// The matched buyer's card was refused for good.
    DeclinePayment,
    /// Nobody could charge the matched buyer's card, and it did not refuse.
    GiveUpPayment,
    /// An offer is not wanted.
    Decline,
    Ship(TrackingNumber),
    /// In person: a code was entered.
    HandOver {
        is_right: bool,
    },
    /// Another code is to count.
    RenewCode,
    Receive,
    Inspect(Inspection),
    Consent,
    RefuseConsent,
    Forward(TrackingNumber),
    /// The carrier has the parcel, since then.
    Scan {
        at: Instant,
    },
    /// The parcel is where it was to be: by the carrier's word, or an admin's for this reason.
    Deliver {
        note: Option<String>,
    },
    /// The carrier lost the parcel.
    Lose,
    /// The carrier brings the parcel back to its sender.
    TurnBack,
    Confirm,
    /// The buyer complains.
    Dispute {
        complaint: Complaint,
        text: StatementText,
    },
    MakeStatement {
        text: StatementText,
    },
    /// A part of the price is to be given back.
    OfferRefund {
        amount: Won,
    },
    AcceptRefund {
        amount: Won,
    },
    Rule(Ruling),
    SendBack(TrackingNumber),
    /// The seller doubts what came back.
    Object {
        text: StatementText,
    },
    Cancel {
        note: Option<String>,
    },
    Remind,
    TimeOut,
}

/// Why nothing comes of it, by precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("this is not yours to do")]
    WrongActor,
    #[error("the trade is {}", .state.as_str())]
    WrongState { state: State },
    #[error("only a second-chance offer can be declined")]
    NotAnOffer,
    #[error("a payment of this trade is under way")]
    PaymentInProgress,
    #[error("another payment is under way, or none")]
    OtherPayment,
    #[error("the amount due is another one")]
    OtherAmount,
    #[error("the time to pay ended at {deadline}")]
    PaymentOverdue { deadline: Instant },
    #[error("the time to consent ended at {deadline}, and silence is a refusal")]
    ConsentOverdue { deadline: Instant },
    #[error("the time to send or hand over the goods ended at {deadline}")]
    ShipmentOverdue { deadline: Instant },
    #[error("goods that go through the inspection centre are not handed over in person")]
    NotDirect,
    #[error("too many wrong codes: the buyer has to renew it")]
    CodeUsedUp,
    #[error("the carrier has not had the parcel yet")]
    NotPickedUp,
    #[error("a parcel is disputed once it is under way for seven days")]
    DisputeTooEarly { from: Option<Instant> },
    #[error("the time to dispute ended at {deadline}")]
    DisputeOverdue { deadline: Instant },
    #[error("the time to be heard ended at {deadline}")]
    StatementsClosed { deadline: Instant },
    #[error("each side is heard ten times")]
    TooManyStatements,
    #[error("the other side offers no such refund now")]
    NoSuchOffer,
    #[error("a partial refund is less than the price")]
    RefundNotPartial,
    #[error("the goods are not where this verdict needs them")]
    VerdictUnavailable,
    #[error("the time to object ended at {deadline}")]
    ObjectionOverdue { deadline: Instant },
    #[error("nothing is due yet")]
    NotDue,
    /// Not a refusal: it is decided by [`decide_taking`](super::decide_taking).
    #[error("it takes a penalty out of the seller's money, which is not known")]
    TakesPenalty,
    /// A fault of ours.
    #[error(transparent)]
    Books(#[from] MovementError),
}

/// What happened, for whoever is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    Reminded(Duty),
    Paid,
    Shipped,
    WrongCode,
    CodeRenewed,
    /// By the carrier.
    PickedUp,
    Received,
    ConsentAsked,
    Passed,
    Forwarded,
    Delivered,
    /// The parcel is under way for too long.
    Late,
    Disputed,
    Stated,
    RefundOffered,
    /// After all.
    ArrivedDisputed,
    ReturnRuled,
    SentBack,
    ArrivedBack,
    /// What went back is in doubt.
    Doubted,
    Completed,
    Cancelled,
}

/// The trade after the command, the money it moves, and what is told: committed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub trade: Trade,
    pub movement: Option<Movement>,
    /// The hold that the movement ends.
    pub hold: Option<String>,
    /// A hold that is given back beside.
    pub release: Option<Release>,
    /// Of whoever is at fault, taken beside.
    pub penalty: Option<Penalty>,
    /// What a side of a dispute says.
    pub statement: Option<Statement>,
    pub transition: Transition,
}

impl Decision {
    /// The number of the parcel that this sends off; it may stand in no other shipment.
    #[must_use]
    pub fn tracking_number(&self) -> Option<TrackingNumber> {
        let shipment = match self.transition {
            Transition::Shipped => self.trade.shipment.as_ref(),
            Transition::Forwarded => self.trade.forwarding.as_ref(),
            Transition::SentBack => self.trade.parcel_back(),
            _ => None,
        };
        shipment.and_then(Shipment::number)
    }

    /// What this sends back to the provider that took it.
    #[must_use]
    pub fn provider_refund(&self) -> Option<ProviderRefund> {
        let ends = matches!(self.transition, Transition::Completed | Transition::Cancelled);
        self.trade.provider_refund.filter(|_| ends)
    }

    /// The number of a parcel that nobody ever handed in; it may stand in another shipment now.
    #[must_use]
    pub fn freed_number(&self) -> Option<TrackingNumber> {
        let ended = self.trade.cancellation.as_ref().map(|ended| ended.reason);
        let outward = self.trade.shipment.as_ref();
        let outward = outward.filter(|_| ended == Some(Reason::NotHandedIn));
        let back = self.trade.going_back.as_ref().filter(|back| back.was_never_sent());
        let back = back.filter(|_| self.transition == Transition::Completed);
        let back = back.map(|back| &back.parcel);
        outward.or(back).and_then(Shipment::number)
    }
}
