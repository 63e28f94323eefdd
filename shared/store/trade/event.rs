//! What a decision tells the other contexts. The id follows from trade and version.

use domain::{
    auction::Hash,
    ledger::{Collection, Debt},
    trade::{Decision, Duty, Funding, Match, Reason, Trade, Transition},
};
use events::{
    Envelope, Event, ExchangeFacts, MatchFunding, PenaltyCollected, SaleFailed, TradeCancelled,
    TradeCompleted, TradeFacts, TradeMatched, TradeMoved, TradeStep,
};
use kernel::{AuctionId, Instant, UserId, uuid_of};
use uuid::Uuid;

fn facts(trade: &Trade) -> TradeFacts {
    TradeFacts {
        trade_id: trade.id,
        auction_id: trade.auction(),
        exchange: trade.matched().map(exchange),
        round: trade.round(),
        seller_id: trade.agreement.seller,
        buyer_id: trade.agreement.buyer,
        title: trade.agreement.title.clone(),
        price: trade.agreement.price,
    }
}

fn exchange(Match { item, option, buy, sell, rebuy_if_failed, .. }: Match) -> ExchangeFacts {
    let option = option.to_string();
    ExchangeFacts { item_id: item, option, buy_order_id: buy, sell_order_id: sell, rebuy_if_failed }
}

fn id(parts: &[&[u8]]) -> Uuid {
    uuid_of(Hash::of(parts).0)
}

fn envelope<E: Event>(trade: &Trade, now: Instant, event: &E) -> Envelope {
    let version = trade.version.to_be_bytes();
    Envelope::new(id(&[b"trade", trade.id.uuid().as_bytes(), &version]), now, event)
}

fn moved(trade: &Trade, step: TradeStep, now: Instant) -> Envelope {
    envelope(trade, now, &TradeMoved { trade: facts(trade), step, until: trade.deadline })
}

/// That a trade began: for two orders that met, with where the money is to be taken from.
pub(super) fn opened(trade: &Trade) -> Envelope {
    let Some(matched) = trade.matched() else {
        return moved(trade, TradeStep::Opened, trade.created_at);
    };
    let funding = match matched.funding {
        Funding::Wallet { .. } => MatchFunding::Wallet,
        Funding::Card { method, .. } => MatchFunding::Card { payment_method_id: method },
    };
    let matched = TradeMatched { trade: facts(trade), total: trade.total(), funding };
    envelope(trade, trade.created_at, &matched)
}

pub(super) fn settled(trade: &Trade, now: Instant) -> Envelope {
    moved(trade, TradeStep::Settled, now)
}

/// The step that tells of a fact; `None` for the two ends, which are events of their own.
#[must_use]
pub const fn step(transition: Transition) -> Option<TradeStep> {
    Some(match transition {
        Transition::Reminded(Duty::Pay) => TradeStep::PaymentReminded,
        Transition::Reminded(Duty::Ship) => TradeStep::ShipmentReminded,
        Transition::Reminded(Duty::Meet) => TradeStep::MeetingReminded,
        Transition::Reminded(Duty::HandIn) => TradeStep::HandInReminded,
        Transition::Reminded(Duty::Consent) => TradeStep::ConsentReminded,
        Transition::Reminded(Duty::Confirm) => TradeStep::ConfirmationReminded,
        Transition::Paid => TradeStep::Paid,
        Transition::Shipped => TradeStep::Shipped,
        Transition::WrongCode => TradeStep::WrongCode,
        Transition::CodeRenewed => TradeStep::CodeRenewed,
        Transition::PickedUp => TradeStep::PickedUp,
        Transition::Received => TradeStep::Received,
        Transition::ConsentAsked => TradeStep::ConsentAsked,
        Transition::Passed => TradeStep::Passed,
        Transition::Forwarded => TradeStep::Forwarded,
        Transition::Delivered => TradeStep::Delivered,
        Transition::Reminded(Duty::Decide | Duty::DecideReturn) => TradeStep::DecisionReminded,
        Transition::Reminded(Duty::SendBack | Duty::HandBack) => TradeStep::ReturnReminded,
        Transition::Reminded(Duty::Object) => TradeStep::ObjectionReminded,
        Transition::Late | Transition::Reminded(Duty::Arrive | Duty::ArriveBack) => TradeStep::Late,
        Transition::Disputed => TradeStep::Disputed,
        Transition::Stated => TradeStep::Stated,
        Transition::RefundOffered => TradeStep::RefundOffered,
        Transition::ArrivedDisputed => TradeStep::ArrivedDisputed,
        Transition::ReturnRuled => TradeStep::ReturnRuled,
        Transition::SentBack => TradeStep::SentBack,
        Transition::ArrivedBack => TradeStep::ArrivedBack,
        Transition::Doubted => TradeStep::Doubted,
        Transition::Completed | Transition::Cancelled => return None,
    })
}

pub(super) fn of(decision: &Decision, now: Instant) -> Envelope {
    let trade = &decision.trade;
    if let Some(step) = step(decision.transition) {
        return moved(trade, step, now);
    }
    match &trade.cancellation {
        None => {
            let refunding = trade.provider_refund.is_some();
            let refunded = trade.refunded;
            let completed = TradeCompleted { trade: facts(trade), refunded, refunding };
            envelope(trade, now, &completed)
        }
        Some(cancellation) => {
            let declined = cancellation.reason == Reason::PaymentDeclined;
            let bid = trade.card_bid().filter(|_| declined);
            let cancelled = TradeCancelled {
                trade: facts(trade),
                reason: cancellation.reason.as_str().to_owned(),
                penalty: cancellation.penalty,
                taken: decision.penalty.as_ref().map(|it| it.taken).unwrap_or_default(),
                paid: trade.paid.is_some(),
                refunding: trade.provider_refund.is_some(),
                forfeited: bid.map(|bid| bid.deposit.total()).unwrap_or_default(),
            };
            envelope(trade, now, &cancelled)
        }
    }
}

/// That so much of a debt was collected.
#[must_use]
pub fn collected(trade: &Trade, debt: &Debt, it: &Collection, now: Instant) -> Envelope {
    let left = debt.left.get().to_be_bytes();
    let collected = PenaltyCollected {
        trade: facts(trade),
        debtor_id: debt.debtor,
        amount: it.amount,
        left: it.after.left,
    };
    let id = id(&[b"penalty-collected", trade.id.uuid().as_bytes(), &left]);
    Envelope::new(id, now, &collected)
}

/// Nobody took what the auction sold.
#[must_use]
pub fn sale_failed(auction: AuctionId, seller: UserId, title: String, now: Instant) -> Envelope {
    let failed = SaleFailed { auction_id: auction, seller_id: seller, title };
    Envelope::new(id(&[b"sale-failed", auction.uuid().as_bytes()]), now, &failed)
}
