//! A trade as its parties see it.

use domain::{
    identity::{Account, Address},
    trade::{Actor, Cancellation, Grade, History, Match, Shipment, State, Trade, Variant},
};
use kernel::{AuctionId, CatalogItemId, Instant, OrderId, TradeId, UserId, Won};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dispute_view::TradeDisputeView;

/// A sale between two users.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TradeView {
    #[schema(value_type = String, format = Uuid)]
    id: TradeId,
    /// What the caller is to it: `buyer`, `seller`, `admin` or `inspector`.
    #[schema(example = "buyer")]
    role: &'static str,
    /// `auction`, `listing` or `exchange`.
    #[schema(example = "auction")]
    source: &'static str,
    /// The auction that was won.
    #[schema(value_type = Option<String>, format = Uuid)]
    auction_id: Option<AuctionId>,
    /// The orders that met.
    exchange: Option<TradeExchangeView>,
    /// 0, or which second-chance offer this is (1 to 3).
    round: u8,
    /// `direct` or `inspected`.
    #[schema(example = "direct")]
    variant: &'static str,
    /// `awaiting_payment`, `awaiting_shipment`, `in_transit`, `inspecting`, `awaiting_consent`,
    /// `forwarding`, `delivered`, `disputed`, `awaiting_return`, `returning`, `completed` or
    /// `cancelled`.
    #[schema(example = "awaiting_payment")]
    state: &'static str,
    #[schema(value_type = String, format = Uuid)]
    seller_id: UserId,
    #[schema(value_type = String, format = Uuid)]
    buyer_id: UserId,
    title: String,
    /// Won.
    #[schema(value_type = i64, example = 120_000)]
    price: Won,
    /// Won; what the buyer pays to the platform.
    #[schema(value_type = i64)]
    buyer_fee: Won,
    /// Won; what the buyer pays in all.
    #[schema(value_type = i64, example = 120_000)]
    total: Won,
    /// Won; kept back at the settlement. Not told to the buyer.
    #[schema(value_type = Option<i64>)]
    seller_fee: Option<Won>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// Until when whoever is next must act.
    #[schema(value_type = Option<String>, format = DateTime)]
    deadline: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Instant>,
    /// Where the goods go. The seller is told once the trade is paid, and never when the goods go
    /// through the inspection centre.
    address: Option<DeliveryAddressView>,
    /// What the buyer asked of whoever brings them; for those who are told the address.
    #[schema(example = "문 앞에 놓아 주세요")]
    delivery_note: Option<String>,
    /// Whether the goods are handed over in person, against the buyer's code.
    in_person: bool,
    shipment: Option<ShipmentView>,
    inspection: Option<InspectionView>,
    /// From the inspection centre to the buyer.
    forwarding: Option<ShipmentView>,
    dispute: Option<TradeDisputeView>,
    /// From the buyer, back to the seller.
    going_back: Option<ShipmentView>,
    /// Won; the part of the price that both sides agreed to give back to the buyer.
    #[schema(value_type = i64)]
    refunded: Won,
    /// What the buyer has back, or is to have.
    refund: Option<TradeRefundView>,
    cancellation: Option<TradeCancellationView>,
    /// When the seller got the money.
    #[schema(value_type = Option<String>, format = DateTime)]
    settled_at: Option<Instant>,
    history: Vec<TradeHistoryView>,
}

/// A copy made at the payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryAddressView {
    #[schema(example = "김민지")]
    recipient: String,
    #[schema(example = "01012345678")]
    phone: String,
    #[schema(example = "06236")]
    postcode: String,
    #[schema(example = "서울 강남구 테헤란로 152")]
    line1: String,
    line2: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShipmentView {
    /// The carrier's id; of before numbers were checked any text.
    #[schema(example = "kr.cjlogistics")]
    carrier: String,
    /// Digits; of before numbers were checked any text.
    #[schema(example = "688712345678")]
    tracking_number: String,
    /// When the carrier first had it, by its own word.
    #[schema(value_type = Option<String>, format = DateTime)]
    scanned_at: Option<Instant>,
}

/// Two orders that met on the exchange. Each side is told its own order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TradeExchangeView {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    #[schema(example = "270")]
    option: String,
    /// Not told to the seller.
    #[schema(value_type = Option<String>, format = Uuid)]
    buy_order_id: Option<OrderId>,
    /// Not told to the buyer.
    #[schema(value_type = Option<String>, format = Uuid)]
    sell_order_id: Option<OrderId>,
}

/// How the inspection ended, with its evidence.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InspectionView {
    /// `pass`, `pass_at_95`, `mismatch` or `counterfeit`.
    #[schema(example = "pass_at_95")]
    grade: &'static str,
    #[schema(example = 3)]
    checklist_version: u32,
    #[schema(example = "밑창에 작은 오염")]
    notes: Option<String>,
    /// Object keys.
    #[schema(example = json!(["inspection/front.jpg"]))]
    photos: Vec<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Instant>,
    /// Who inspected. Told to inspectors and admins.
    #[schema(value_type = Option<String>, format = Uuid)]
    inspector_id: Option<UserId>,
}

/// The buyer's money on its way back to where it came from.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TradeRefundView {
    /// Won.
    #[schema(value_type = i64, example = 120_000)]
    amount: Won,
    /// `refunding`: the provider that took it is asked to take it back; or `refunded`.
    #[schema(example = "refunded")]
    state: &'static str,
    /// `provider` or `wallet`: what was paid from there, or what the provider does not take back.
    #[schema(example = "wallet")]
    to: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Instant>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TradeCancellationView {
    /// `unpaid`, `buyer_withdrew`, `offer_declined`, `offer_lapsed`, `seller_refused`,
    /// `not_shipped`, `not_met`, `not_handed_in`, `lost`, `returned_to_sender`, `consent_refused`,
    /// `mismatch`, `counterfeit`, `payment_declined`, `payment_unknown`, `returned`,
    /// `lost_on_return`, `not_decided` or `by_admin`.
    #[schema(example = "unpaid")]
    reason: &'static str,
    note: Option<String>,
    /// `buyer`, `seller` or `nobody`.
    #[schema(example = "buyer")]
    fault: &'static str,
    /// Won; what the seller owes the buyer for it.
    #[schema(value_type = i64)]
    penalty: Won,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TradeHistoryView {
    #[schema(example = "awaiting_payment")]
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// `buyer`, `seller`, `inspector`, `admin`, or `clock` when a deadline or a provider did it.
    #[schema(example = "clock")]
    by: &'static str,
}

/// A trade with its parties' names.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedTradeView {
    #[serde(flatten)]
    trade: TradeView,
    /// Null when the account is gone.
    #[schema(example = "수달")]
    seller_nickname: Option<String>,
    #[schema(example = "참새")]
    buyer_nickname: Option<String>,
}

impl TradeView {
    pub fn new(trade: &Trade, actor: Actor) -> Self {
        let agreement = &trade.agreement;
        // To a matched stranger the buyer stays one: the goods go to the centre.
        let direct = agreement.variant == Variant::Direct;
        let knows_address = actor != Actor::Seller || (direct && trade.paid.is_some());
        Self {
            id: trade.id,
            role: actor.as_str(),
            source: agreement.source.as_str(),
            auction_id: trade.auction(),
            exchange: trade.matched().map(|matched| TradeExchangeView::new(matched, actor)),
            round: trade.round(),
            variant: agreement.variant.as_str(),
            state: trade.state.as_str(),
            seller_id: agreement.seller,
            buyer_id: agreement.buyer,
            title: agreement.title.clone(),
            price: agreement.price,
            buyer_fee: trade.buyer_fee,
            total: trade.total(),
            seller_fee: (actor != Actor::Buyer).then_some(trade.seller_fee),
            created_at: trade.created_at,
            deadline: trade.deadline,
            paid_at: trade.paid.map(|paid| paid.at),
            address: trade.address.as_ref().filter(|_| knows_address).map(DeliveryAddressView::new),
            delivery_note: trade.note.as_ref().filter(|_| knows_address).map(ToString::to_string),
            in_person: trade.meeting.is_some(),
            shipment: trade.shipment.as_ref().map(ShipmentView::new),
            inspection: InspectionView::new(trade, actor),
            forwarding: trade.forwarding.as_ref().map(ShipmentView::new),
            dispute: TradeDisputeView::new(trade),
            going_back: trade.parcel_back().map(ShipmentView::new),
            refunded: trade.refunded,
            refund: TradeRefundView::new(trade),
            cancellation: trade.cancellation.as_ref().map(TradeCancellationView::new),
            settled_at: trade.settled_at,
            history: trade.history.iter().map(TradeHistoryView::new).collect(),
        }
    }

    pub fn named(self, seller: Option<&Account>, buyer: Option<&Account>) -> NamedTradeView {
        let name = |account: Option<&Account>| account.map(|account| account.nickname.to_string());
        let seller_nickname = name(seller);
        let buyer_nickname = name(buyer);
        NamedTradeView { trade: self, seller_nickname, buyer_nickname }
    }
}

impl DeliveryAddressView {
    fn new(address: &Address) -> Self {
        let Address { recipient, phone, postcode, line1, line2 } = address.clone();
        Self { recipient, phone: phone.as_str().to_owned(), postcode, line1, line2 }
    }
}

impl ShipmentView {
    fn new(shipment: &Shipment) -> Self {
        let Shipment { carrier, tracking_number, scanned_at } = shipment.clone();
        Self { carrier, tracking_number, scanned_at }
    }
}

impl TradeExchangeView {
    fn new(matched: Match, actor: Actor) -> Self {
        Self {
            item_id: matched.item,
            option: matched.option.to_string(),
            buy_order_id: (actor != Actor::Seller).then_some(matched.buy),
            sell_order_id: (actor != Actor::Buyer).then_some(matched.sell),
        }
    }
}

impl InspectionView {
    fn new(trade: &Trade, actor: Actor) -> Option<Self> {
        let inspection = trade.inspection.as_ref()?;
        let staff = matches!(actor, Actor::Inspector | Actor::Admin);
        Some(Self {
            grade: Grade::as_str(inspection.grade),
            checklist_version: inspection.checklist,
            notes: inspection.notes.clone(),
            photos: inspection.photos.clone(),
            at: trade.inspected_at(),
            inspector_id: staff.then_some(inspection.inspector),
        })
    }
}

impl TradeRefundView {
    fn new(trade: &Trade) -> Option<Self> {
        let amount = trade.back();
        let to = |in_wallet| if in_wallet { "wallet" } else { "provider" };
        let view = |state, to, at| Self { amount, state, to, at };
        (amount > Won::ZERO).then(|| match trade.provider_refund.map(|refund| refund.end) {
            None => view("refunded", "wallet", Some(trade.since)),
            Some(None) => view("refunding", "provider", None),
            Some(Some(end)) => view("refunded", to(end.in_wallet), Some(end.at)),
        })
    }
}

impl TradeCancellationView {
    fn new(cancellation: &Cancellation) -> Self {
        let Cancellation { reason, note, fault, penalty, at } = cancellation.clone();
        Self { reason: reason.as_str(), note, fault: fault.as_str(), penalty, at }
    }
}

impl TradeHistoryView {
    fn new(history: &History) -> Self {
        let History { state, at, by } = *history;
        Self { state: State::as_str(state), at, by: by.as_str() }
    }
}
