//! What a trade is made of.

use kernel::{AuctionId, CatalogItemId, Instant, OrderId, PaymentId, PaymentMethodId, UserId, Won};

use crate::{
    carrier::{Carrier, TrackingNumber},
    catalog::ItemOption,
    ledger::Split,
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    Buyer,
    Seller,
    Inspector,
    Admin,
    /// Nobody: a deadline passed, or a provider told of a payment.
    System,
}

/// Where the sale was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Round 0 is the winner's; 1 to 3 are second-chance offers.
    Auction {
        auction: AuctionId,
        round: u8,
    },
    Listing,
    Exchange(Match),
}

/// Two orders that met on the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub item: CatalogItemId,
    pub option: ItemOption,
    pub buy: OrderId,
    pub sell: OrderId,
    pub funding: Funding,
    /// The buyer wants the next ask, at no more than this price, when the goods fail inspection.
    pub rebuy_if_failed: bool,
    /// What is held of the seller's wallet since the ask was placed, for a penalty; it is the
    /// trade's from the match on, under the ask's name.
    pub deposit: Split,
}

/// Where a matched buyer's money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Funding {
    /// So much is held since the order was placed; what the trade does not need goes back.
    Wallet { held: Split },
    /// Charged after the match. `bid`: what waits for the charge beside; absent for the bids of
    /// before there was a deposit.
    Card { method: PaymentMethodId, bid: Option<CardBid> },
}

/// A bid that waits for a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardBid {
    /// The bid's limit: so much it counts among its owner's.
    pub price: Won,
    /// What is held of the owner's wallet under the bid's name until the charge is done.
    pub deposit: Split,
}

/// Which way the goods take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// From seller to buyer.
    Direct,
    /// Through the inspection centre.
    Inspected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    AwaitingPayment,
    AwaitingShipment,
    InTransit,
    Inspecting,
    AwaitingConsent,
    Forwarding,
    Delivered,
    /// The buyer complains, and both sides are heard.
    Disputed,
    /// The buyer is to send the goods back.
    AwaitingReturn,
    /// They are on their way back, or were.
    Returning,
    Completed,
    Cancelled,
}

/// What somebody must do before a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    Pay,
    Ship,
    /// Meet the other side, and hand the goods over.
    Meet,
    /// Hand the parcel to its carrier: its first scan shows that it was.
    HandIn,
    /// The carrier's: bring the parcel.
    Arrive,
    Consent,
    Confirm,
    /// An admin's: decide a dispute.
    Decide,
    SendBack,
    /// Hand the parcel that goes back to its carrier.
    HandBack,
    /// The carrier's: bring it back.
    ArriveBack,
    /// Object to what came back.
    Object,
    /// An admin's: decide what becomes of a return that is in doubt.
    DecideReturn,
}

/// Who is to blame for a trade that came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiableParty {
    Buyer,
    Seller,
    Nobody,
}

/// Why a trade came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The winner let the time to pay pass.
    Unpaid,
    /// The winner said so.
    BuyerWithdrew,
    OfferDeclined,
    OfferLapsed,
    SellerRefused,
    NotShipped,
    /// The goods were to be handed over in person, and were not in time.
    NotMet,
    /// A number was given, and the carrier never had the parcel.
    NotHandedIn,
    /// By the carrier, as it says itself.
    Lost,
    /// By the carrier, as it says itself.
    ReturnedToSender,
    /// The buyer did not want it at 95 points.
    ConsentRefused,
    Mismatch,
    /// Or used.
    Counterfeit,
    /// The matched buyer's card.
    PaymentDeclined,
    /// Whether the matched buyer's card paid was not known in time.
    PaymentUnknown,
    /// After a dispute the goods went back to their seller.
    Returned,
    /// By the carrier, on their way back.
    LostOnReturn,
    /// A dispute, or a return in doubt, that nobody decided in time.
    NotDecided,
    ByAdmin,
}

/// What the inspection found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    Mismatch,
    /// Or used.
    Counterfeit,
}

/// How the inspection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Pass,
    /// Good but for a trifle: the buyer decides.
    PassAt95,
    Fail(Defect),
}

/// An inspection and its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    pub inspector: UserId,
    /// The version of the checklist that was worked through; 1 and up (of before it was checked,
    /// any).
    pub checklist: u32,
    pub grade: Grade,
    pub notes: Option<String>,
    /// Object keys, in order.
    pub photos: Vec<String>,
}

/// What was agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub source: Source,
    pub variant: Variant,
    pub seller: UserId,
    pub buyer: UserId,
    pub title: String,
    pub price: Won,
}

/// A provider's payment that is under way: nothing else may pay or end the trade meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub payment: PaymentId,
    pub at: Instant,
}

/// How the buyer paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// `None`: from the wallet.
    pub payment: Option<PaymentId>,
    pub at: Instant,
    /// How much of it was earned money of the buyer's.
    pub earned: Won,
}

/// What a provider took, on its way back there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderRefund {
    pub payment: PaymentId,
    pub amount: Won,
    /// `None`: the provider has not said so yet.
    pub end: Option<RefundEnd>,
}

/// How the money came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundEnd {
    /// The provider does not take it, for good: it is in the buyer's wallet.
    pub in_wallet: bool,
    pub at: Instant,
}

/// That the goods are handed over in person: whoever has the buyer's code has met the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Which of its codes counts: 0, and one more with every renewal.
    pub code: u32,
    /// How many wrong ones were entered since.
    pub wrong: u8,
}

/// How the goods travel, as it was written down. Of before numbers were checked there are some with
/// any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// A [`crate::carrier::Carrier::id`].
    pub carrier: String,
    pub tracking_number: String,
    /// When the carrier first had it, by its own word; `None`: not that we know.
    pub scanned_at: Option<Instant>,
}

impl Shipment {
    /// Whether the carrier has had it. Of a parcel that no carrier can be asked about it is taken
    /// for granted.
    #[must_use]
    pub fn is_handed_in(&self) -> bool {
        self.scanned_at.is_some() || self.number().is_none()
    }

    /// `None`: from before numbers were checked, no carrier can be asked about it.
    #[must_use]
    pub fn number(&self) -> Option<TrackingNumber> {
        let carrier = Carrier::by_id(&self.carrier)?;
        TrackingNumber::parse(carrier, &self.tracking_number).ok()
    }
}

impl From<TrackingNumber> for Shipment {
    fn from(number: TrackingNumber) -> Self {
        let carrier = number.carrier().id().to_owned();
        let tracking_number = number.digits().to_owned();
        Self { carrier, tracking_number, scanned_at: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    pub reason: Reason,
    /// What whoever cancelled wrote.
    pub note: Option<String>,
    pub fault: LiableParty,
    /// What the seller owes the buyer for it; zero for most.
    pub penalty: Won,
    pub at: Instant,
}

/// A state that the trade entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    pub state: State,
    pub at: Instant,
    pub by: Actor,
}
