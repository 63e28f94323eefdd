//! The trade: how it opens, and what follows from its fields and the numbers.

use kernel::{AuctionId, Instant, TradeId, UserId, Won};

use super::{
    dispute::{Dispute, GoingBack},
    fields::{
        Actor, Agreement, Cancellation, CardBid, Claim, Duty, Funding, Handover, History,
        Inspection, Match, Paid, ProviderRefund, Reason, RefundEnd, Shipment, Source, State,
        Variant,
    },
    note::DeliveryNote,
    policy::{CHARGE_WITHIN, fee_percents, share, time_limits},
};
use crate::identity::Address;

/// One sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trade {
    pub id: TradeId,
    pub agreement: Agreement,
    /// Fixed at the opening: a later change of the rates changes no trade.
    pub seller_fee: Won,
    pub buyer_fee: Won,
    pub state: State,
    /// Rises with every change; the condition every write is guarded by.
    pub version: u32,
    pub created_at: Instant,
    /// When the state was entered.
    pub since: Instant,
    /// When silence is answered for whoever must act.
    pub deadline: Option<Instant>,
    /// How many reminders of this deadline are out.
    pub reminded: u8,
    pub claim: Option<Claim>,
    /// The matched buyer's card was refused at least once.
    pub card_refused: bool,
    pub paid: Option<Paid>,
    /// Where the goods go: a copy.
    pub address: Option<Address>,
    /// What the buyer asks of whoever brings them.
    pub note: Option<DeliveryNote>,
    /// The goods are handed over in person; then there is no address.
    pub meeting: Option<Handover>,
    /// From the seller.
    pub shipment: Option<Shipment>,
    pub inspection: Option<Inspection>,
    /// From the inspection centre.
    pub forwarding: Option<Shipment>,
    pub dispute: Option<Dispute>,
    /// From the buyer, back to the seller.
    pub going_back: Option<GoingBack>,
    /// The part of the price that both sides agreed to give back.
    pub refunded: Won,
    /// What was paid through a provider and is the buyer's again.
    pub provider_refund: Option<ProviderRefund>,
    pub cancellation: Option<Cancellation>,
    pub settled_at: Option<Instant>,
    pub history: Vec<History>,
}

impl Trade {
    /// A sale agreed at `now`, waiting for its payment.
    #[must_use]
    pub fn open(id: TradeId, agreement: Agreement, now: Instant) -> Self {
        let (seller, buyer) = fee_percents(agreement.source);
        let (wait, _) = time_limits(Duty::Pay, agreement.source);
        let state = State::AwaitingPayment;
        Self {
            id,
            seller_fee: share(agreement.price, seller),
            buyer_fee: share(agreement.price, buyer),
            agreement,
            state,
            version: 1,
            created_at: now,
            since: now,
            deadline: Some(now + wait),
            reminded: 0,
            claim: None,
            card_refused: false,
            paid: None,
            address: None,
            note: None,
            meeting: None,
            shipment: None,
            inspection: None,
            forwarding: None,
            dispute: None,
            going_back: None,
            refunded: Won::ZERO,
            provider_refund: None,
            cancellation: None,
            settled_at: None,
            history: vec![History { state, at: now, by: Actor::System }],
        }
    }

    /// What the buyer pays.
    #[must_use]
    pub fn total(&self) -> Won {
        self.agreement.price.saturating_add(self.buyer_fee)
    }

    /// What the buyer has back, or is to have, of what was paid.
    #[must_use]
    pub fn back(&self) -> Won {
        let cancelled = self.state == State::Cancelled && self.paid.is_some();
        if cancelled { self.total() } else { self.refunded }
    }

    /// The same, with what a provider took of it on its way back there.
    pub(super) fn refunding(self) -> Self {
        let payment = self.paid.and_then(|paid| paid.payment);
        let amount = self.back();
        let refund = |payment| ProviderRefund { payment, amount, end: None };
        let provider_refund = payment.filter(|_| amount > Won::ZERO).map(refund);
        Self { provider_refund, ..self }
    }

    /// The provider has it back, or refused it for good. `None`: nothing of it is under way.
    #[must_use]
    pub fn refund_ended(&self, end: RefundEnd) -> Option<Self> {
        let refund = self.provider_refund.filter(|refund| refund.end.is_none())?;
        let provider_refund = Some(ProviderRefund { end: Some(end), ..refund });
        Some(Self { provider_refund, version: self.version.saturating_add(1), ..self.clone() })
    }

    /// Whether `user` sells or buys.
    #[must_use]
    pub fn has_party(&self, user: UserId) -> bool {
        user == self.agreement.seller || user == self.agreement.buyer
    }

    /// Whether the inspection centre has it, expects it, or has still to see it to its buyer.
    #[must_use]
    pub const fn in_centres_hands(&self) -> bool {
        let state = matches!(
            self.state,
            State::InTransit | State::Inspecting | State::AwaitingConsent | State::Forwarding
        );
        state && matches!(self.agreement.variant, Variant::Inspected)
    }

    /// When the inspection ended.
    #[must_use]
    pub fn inspected_at(&self) -> Option<Instant> {
        self.inspection.as_ref()?;
        let mut since = self.history.iter().skip_while(|line| line.state != State::Inspecting);
        since.nth(1).map(|line| line.at)
    }

    /// The round of the second-chance cascade; 0 for every ordinary trade.
    #[must_use]
    pub const fn round(&self) -> u8 {
        match self.agreement.source {
            Source::Auction { round, .. } => round,
            Source::Listing | Source::Exchange(_) => 0,
        }
    }

    /// The auction that was won.
    #[must_use]
    pub const fn auction(&self) -> Option<AuctionId> {
        match self.agreement.source {
            Source::Auction { auction, .. } => Some(auction),
            Source::Listing | Source::Exchange(_) => None,
        }
    }

    /// Whether the seller took back, before it was paid, what somebody had won or was offered.
    #[must_use]
    pub fn is_refused_win(&self) -> bool {
        let refused = |ended: &Cancellation| ended.reason == Reason::SellerRefused;
        let refused = self.cancellation.as_ref().is_some_and(refused);
        refused && self.paid.is_none() && self.auction().is_some()
    }

    /// The orders that met.
    #[must_use]
    pub const fn matched(&self) -> Option<Match> {
        match self.agreement.source {
            Source::Exchange(matched) => Some(matched),
            Source::Auction { .. } | Source::Listing => None,
        }
    }

    /// What waits for the charge of the matched buyer's card.
    #[must_use]
    pub const fn card_bid(&self) -> Option<CardBid> {
        match self.agreement.source {
            Source::Exchange(Match { funding: Funding::Card { bid, .. }, .. }) => bid,
            _ => None,
        }
    }

    /// Whether a card is to pay it, and nobody knows for too long whether it has.
    #[must_use]
    pub fn is_charge_overdue(&self, now: Instant) -> bool {
        let by_card = matches!(self.matched(), Some(Match { funding: Funding::Card { .. }, .. }));
        let waits = self.state == State::AwaitingPayment;
        by_card && waits && now >= self.since + CHARGE_WITHIN
    }

    /// The parcel that is on its way: to the buyer, to the centre, or back to the seller.
    #[must_use]
    pub fn under_way(&self) -> Option<&Shipment> {
        match self.state {
            State::InTransit => self.shipment.as_ref(),
            State::Forwarding => self.forwarding.as_ref(),
            State::Disputed => {
                let last = self.forwarding.as_ref().or(self.shipment.as_ref());
                last.filter(|_| !self.is_with_buyer())
            }
            State::Returning => self.parcel_back().filter(|_| self.is_going_back()),
            _ => None,
        }
    }

    /// Whether that parcel is to bring the goods to the buyer.
    #[must_use]
    pub fn is_under_way_to_buyer(&self) -> bool {
        let last = matches!(self.agreement.variant, Variant::Direct) || self.forwarding.is_some();
        last && self.state != State::Returning && self.under_way().is_some()
    }

    /// What somebody has to do now, before the deadline.
    #[must_use]
    pub fn duty(&self) -> Option<Duty> {
        match self.state {
            State::AwaitingPayment => Some(Duty::Pay),
            State::AwaitingShipment if self.meeting.is_some() => Some(Duty::Meet),
            State::AwaitingShipment => Some(Duty::Ship),
            State::InTransit | State::Forwarding => {
                let parcel = self.under_way()?;
                let waits = self.state == State::InTransit && !parcel.is_handed_in();
                let travels = parcel.scanned_at.map(|_| Duty::Arrive);
                waits.then_some(Duty::HandIn).or(travels)
            }
            State::AwaitingConsent => Some(Duty::Consent),
            State::Delivered => Some(Duty::Confirm),
            State::Disputed => Some(Duty::Decide),
            State::AwaitingReturn => Some(Duty::SendBack),
            State::Returning => self.going_back.as_ref().map(GoingBack::duty),
            State::Inspecting | State::Completed | State::Cancelled => None,
        }
    }

    /// The same, with whoever has to act now waited for from that instant on.
    pub(super) fn waiting_since(self, from: Instant) -> Self {
        let duty = self.duty();
        let deadline = duty.map(|duty| from + time_limits(duty, self.agreement.source).0);
        Self { deadline, reminded: 0, ..self }
    }

    /// The deadline, if it has passed: what nobody did by then is answered, whenever the sweep
    /// comes to say so.
    #[must_use]
    pub fn overdue(&self, now: Instant) -> Option<Instant> {
        self.deadline.filter(|deadline| now >= *deadline)
    }

    /// When it has to be looked at next: a reminder, or the deadline.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        let deadline = self.deadline?;
        let next = self.reminders().nth(usize::from(self.reminded));
        Some(next.map_or(deadline, |at| at.min(deadline)))
    }

    /// When to remind of the deadline, in order.
    pub(super) fn reminders(&self) -> impl Iterator<Item = Instant> {
        let duty = self.deadline.zip(self.duty());
        let times = duty.map(|(deadline, duty)| {
            let (limit, spans) = time_limits(duty, self.agreement.source);
            // A state may see several deadlines, one after another.
            spans.iter().map(move |span| deadline - limit + *span)
        });
        times.into_iter().flatten()
    }
}
