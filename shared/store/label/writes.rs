//! What every write of an aggregate is called, and what its condition promises.

use domain::identity::ClaimKind;
use kernel::UserId;

/// The writes of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountWrite {
    /// It is new, or at the version that the change was made for.
    Account,
    /// The name is free.
    Name(ClaimKind),
    /// The name that is given up is the account's.
    OldName(ClaimKind),
    /// It is new, or still there.
    Session,
    /// It is there to be ended.
    OtherSession,
}

/// The writes of an address book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressWrite {
    /// One more: the book is not full. One less: it says that there is one.
    Count,
    /// It is new; when it is deleted: it is there.
    Address,
}

/// The writes of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertWrite {
    /// It is new; at its end: it is there.
    Alert,
    /// One more: the user has not as many as anybody may have.
    Count,
    /// The quotes are what was read. Failed: look again.
    Quotes,
}

/// The writes of an auction. Its head is changed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuctionWrite {
    /// It is new; at its end: it has no outcome yet.
    Row,
    /// It is new.
    Head,
    /// Who judges its bids. No condition.
    Judge,
}

/// The writes of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockWrite {
    /// There is such a user.
    User,
    /// It is new; when it is taken back: it is there.
    Block,
}

/// The writes of a user's cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardWrite {
    /// One more: the user has not as many as anybody may have. One less: it says that there is one.
    Count,
    /// It is new; when it is deleted: it is there.
    Card,
    /// No card was registered under this id lately.
    Used,
    /// For a bid that begins: the card is there, and nobody has asked for its deletion. When the
    /// bid waits no more: some bid waits for it.
    Bid,
    /// One more bid waits for a card: neither as many nor as much as may. One less: it is counted.
    BidCount,
}

/// The writes of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogWrite {
    /// It is new; when it changes: it is there, as it was read where that matters.
    Item,
    /// No item has the model number.
    Model,
    /// The model number that is given up is the item's.
    OldModel,
    /// The item has no such option yet.
    Option,
    /// What an option is traded by: it opens with the option, and closes when no order came.
    Instrument,
    /// There is no such tag yet; when an item gets it: there is.
    Tag,
    /// The tag is not on the item yet; when it goes: it is.
    Link,
    /// The trade is not counted yet.
    CountedTrade,
    /// What an item is found by is still of the text that was read.
    Grams,
}

/// The writes of what the market looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketWrite {
    /// The best prices are what was read.
    Quotes,
    /// The trade is not in the history yet.
    Trade,
    /// The bar is what was read.
    Bar,
    /// The last trade is what was read.
    Last,
}

/// The writes of a message to a phone or mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageWrite {
    /// It is new, or as it was read.
    Message,
    /// Something is left of the day's budget.
    Budget,
}

/// The writes of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyWrite {
    /// The entry under its reason. The reason is new; failed: this movement happened already.
    Entry,
    /// The user has enough; or, when the movement brings money, stays within the limit. What the
    /// user has is in the item: see [`read_balance`](crate::ledger::read_balance).
    Balance(UserId),
    /// The trade's escrow holds enough.
    Escrow,
    /// The hold is new; when it changes or ends: it is still there, for this amount.
    Hold,
    /// The user's history line is new; fails only with [`MoneyWrite::Entry`].
    Line,
    /// So does this.
    Lock,
    /// A debt: it is new, or as it was read.
    Debt,
    /// What its debtor owes, for bids and new auctions. No condition.
    Owed,
}

/// The writes of an order beside its trade and its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderWrite {
    /// It is new, or as it was read. Failed: a request that came before did this already.
    Order,
    /// The head of its own side is as the plan needs it.
    OwnHead,
    /// The head of the other side is.
    OtherHead,
    /// The row in the book: when the order comes to rest it is new, when one leaves it is there.
    Book,
    /// The row in the book that a repriced order leaves is there.
    OldPlace,
    /// The order it meets is as it was read.
    Counterpart,
    /// A row of the book that was not seen is not on its way (nor there, where that matters).
    Unseen,
}

/// The writes of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentWrite {
    /// It is new.
    Opening,
    /// Nobody changed it since it was read.
    Change,
    /// What its provider answered. It has no condition.
    Answer,
    /// A trade gives back what it took: it is paid, and nothing of it went back.
    Refund,
}

/// The writes of a trade beside its money and its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TradeWrite {
    /// It is new.
    Opening,
    /// It is at the version that was decided on. Failed: read it and decide again.
    Change,
    /// The number of its parcel stands in no shipment yet.
    TrackingNumber,
    /// The number of its parcel may stand in another shipment.
    FreedNumber,
    /// A statement of its dispute is new.
    Statement,
}

/// The writes of a wallet beside its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalletWrite {
    /// It is new.
    PayoutAccount,
    /// It is new; when it changes: it is as it was read; at its end: the bank has not finished it
    /// yet.
    Withdrawal,
    /// Its owner owes nothing.
    NoDebt,
}
