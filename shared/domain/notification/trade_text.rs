//! What seller and buyer of a trade are told.

use kernel::{AuctionId, Instant, Span, TradeId, Won};

use super::{
    Kind, Notice,
    text::{cut_to_fit, notice, seoul_time, won},
};
use crate::trade::{Reason, policy::SHIP_WITHIN};

/// The trade that is told of.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    pub trade: TradeId,
    pub title: &'a str,
    pub price: Won,
    /// Until when whoever is next must act.
    pub until: Option<Instant>,
}

/// Where a buyer's money goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// It is there.
    Wallet,
    /// Which is asked to take it.
    Provider,
}

impl Sale<'_> {
    pub(super) fn notice(&self, kind: Kind, title: &str, body: String) -> Notice {
        notice(kind, title, body, format!("/trades/{}", self.trade))
    }

    /// ` 11-21 18:00까지`, when there is a deadline.
    pub(super) fn until(&self) -> String {
        self.until.map_or_else(String::new, |at| format!(" {}까지", seoul_time(at)))
    }

    /// A second-chance offer, to the bidder.
    #[must_use]
    pub fn offered(&self) -> Notice {
        let body = format!(
            "'{}' {}에 구매할 기회가 생겼습니다.{} 결제하면 구매가 확정됩니다.",
            self.title,
            won(self.price),
            self.until(),
        );
        self.notice(Kind::Offer, "차순위 구매 제안", body)
    }

    /// To the seller.
    #[must_use]
    pub fn offered_on(&self) -> Notice {
        let body = format!(
            "'{}' 차순위 입찰자에게 {}에 제안했습니다.{} 답을 기다립니다.",
            self.title,
            won(self.price),
            self.until(),
        );
        self.notice(Kind::Offer, "차순위 입찰자에게 제안했습니다", body)
    }

    /// Two orders met; to the buyer, who pays `total`.
    #[must_use]
    pub fn bought(&self, total: Won) -> Notice {
        let body = format!(
            "'{}' {}에 체결되었습니다. 수수료를 포함해 {}이 결제됩니다.",
            self.title,
            won(self.price),
            won(total),
        );
        self.notice(Kind::Matched, "구매 입찰이 체결되었습니다", body)
    }

    /// Two orders met; to the seller.
    #[must_use]
    pub fn sold(&self) -> Notice {
        let body = format!(
            "'{}' {}에 체결되었습니다. 결제가 끝나면 {}시간 안에 검수 센터로 발송해 주세요.",
            self.title,
            won(self.price),
            SHIP_WITHIN.as_millis() / Span::hours(1).as_millis(),
        );
        self.notice(Kind::Matched, "판매 입찰이 체결되었습니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn pay_soon(&self) -> Notice {
        let body = format!("'{}' {}.{} 결제해 주세요.", self.title, won(self.price), self.until());
        self.notice(Kind::Reminder, "결제 기한이 다가옵니다", body)
    }

    /// The buyer's text message, the title cut so that one message holds it.
    #[must_use]
    pub fn pay_soon_sms(&self) -> String {
        cut_to_fit(self.title, |title| {
            format!("[장터] {title} {}.{} 결제해 주세요.", won(self.price), self.until())
        })
    }

    /// To the seller.
    #[must_use]
    pub fn ship_soon(&self) -> Notice {
        let body = format!(
            "'{}'{} 발송해 주세요. 기한이 지나면 위약금이 있습니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Reminder, "발송 기한이 다가옵니다", body)
    }

    /// To both, of goods that are handed over in person.
    #[must_use]
    pub fn meet_soon(&self) -> Notice {
        let body = format!(
            "'{}'{} 직거래를 마쳐 주세요. 기한이 지나면 거래가 취소됩니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Reminder, "직거래 기한이 다가옵니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn wrong_code(&self) -> Notice {
        let body = format!(
            "'{}' 판매자가 잘못된 인수 코드를 입력했습니다. 상품을 받기 전에는 코드를 알려 주지 마세요.",
            self.title
        );
        self.notice(Kind::Reminder, "잘못된 인수 코드가 입력되었습니다", body)
    }

    /// To the seller, whose parcel the carrier has not had yet.
    #[must_use]
    pub fn hand_in_soon(&self) -> Notice {
        let body = format!(
            "'{}'{} 택배사에 상품을 맡겨 주세요. 기한이 지나면 위약금이 있습니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Reminder, "택배사 접수가 확인되지 않습니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn consent_soon(&self) -> Notice {
        let body = format!("'{}' 95점 검수 결과에{} 답해 주세요.", self.title, self.until());
        self.notice(Kind::Reminder, "검수 결과 확인 기한이 다가옵니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn confirm_soon(&self) -> Notice {
        let body = format!(
            "'{}'{} 구매를 확정해 주세요. 이후 자동으로 확정됩니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Reminder, "구매 확정 기한이 다가옵니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn paid(&self) -> Notice {
        let body = format!(
            "'{}' {} 결제가 완료되었습니다. 발송을 기다립니다.",
            self.title,
            won(self.price)
        );
        self.notice(Kind::Paid, "결제가 완료되었습니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn to_ship(&self) -> Notice {
        let body =
            format!("'{}' 결제가 완료되었습니다.{} 발송해 주세요.", self.title, self.until());
        self.notice(Kind::Paid, "구매자가 결제했습니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn shipped(&self) -> Notice {
        let body = format!("'{}' 상품이 발송되었습니다.", self.title);
        self.notice(Kind::Shipped, "상품이 발송되었습니다", body)
    }

    /// Goods have reached the inspection centre; to both.
    #[must_use]
    pub fn received(&self) -> Notice {
        let body = format!("'{}' 상품이 검수 센터에 도착했습니다. 곧 검수합니다.", self.title);
        self.notice(Kind::Inspected, "검수 센터에 도착했습니다", body)
    }

    /// From the inspection centre; to the buyer.
    #[must_use]
    pub fn forwarded(&self) -> Notice {
        let body = format!("'{}' 검수를 마친 상품이 발송되었습니다.", self.title);
        self.notice(Kind::Shipped, "검수를 마친 상품이 발송되었습니다", body)
    }

    /// To the seller, while the buyer decides.
    #[must_use]
    pub fn consent_awaited(&self) -> Notice {
        let body = format!(
            "'{}' 검수 결과 95점입니다.{} 구매자의 답을 기다립니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Inspected, "검수 결과가 나왔습니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn consent_asked(&self) -> Notice {
        let body = format!(
            "'{}' 검수 결과 95점입니다.{} 구매 여부를 알려 주세요.",
            self.title,
            self.until()
        );
        self.notice(Kind::Inspected, "검수 결과를 확인해 주세요", body)
    }

    /// To both.
    #[must_use]
    pub fn passed(&self) -> Notice {
        let body = format!("'{}' 상품이 검수를 통과했습니다.", self.title);
        self.notice(Kind::Inspected, "검수를 통과했습니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn delivered(&self) -> Notice {
        let body = format!(
            "'{}' 상품이 배송되었습니다.{} 구매를 확정해 주세요.",
            self.title,
            self.until()
        );
        self.notice(Kind::Delivered, "상품이 배송되었습니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn arrived(&self) -> Notice {
        let body = format!(
            "'{}' 상품이 구매자에게 배송되었습니다.{} 구매 확정을 기다립니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Delivered, "상품이 구매자에게 배송되었습니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn settled(&self) -> Notice {
        let body = format!("'{}' 판매 대금이 지갑에 입금되었습니다.", self.title);
        self.notice(Kind::Settled, "정산이 완료되었습니다", body)
    }

    /// To both. `back`: the way of what the buyer had paid.
    #[must_use]
    pub fn cancelled(&self, reason: Reason, back: Option<WayBack>) -> Notice {
        let why = match reason {
            Reason::Unpaid => "결제 기한이 지나",
            Reason::BuyerWithdrew => "구매자가 구매를 포기해",
            Reason::OfferDeclined => "차순위 제안이 거절되어",
            Reason::OfferLapsed => "차순위 제안 기한이 지나",
            Reason::SellerRefused => "판매자가 판매를 거부해",
            Reason::NotShipped => "발송 기한이 지나",
            Reason::NotMet => "직거래 기한이 지나",
            Reason::NotHandedIn => "택배사 접수가 확인되지 않아",
            Reason::Lost => "택배사가 상품을 분실해",
            Reason::ReturnedToSender => "상품이 판매자에게 반송되어",
            Reason::ConsentRefused => "95점 검수 결과를 받아들이지 않아",
            Reason::Mismatch => "상품이 설명과 달라",
            Reason::Counterfeit => "상품이 정품이 아니거나 사용되어",
            Reason::PaymentDeclined => "구매자의 카드 결제가 거절되어",
            Reason::PaymentUnknown => "카드 결제 결과를 확인할 수 없어",
            Reason::Returned => "상품이 판매자에게 반품되어",
            Reason::LostOnReturn => "반품 상품을 택배사가 분실해",
            Reason::NotDecided => "분쟁이 기한 안에 결정되지 않아",
            Reason::ByAdmin => "운영자에 의해",
        };
        let back = match back {
            None => "",
            Some(WayBack::Wallet) => " 결제 금액은 구매자에게 환불되었습니다.",
            Some(WayBack::Provider) => " 결제 금액은 구매자의 결제 수단으로 환불됩니다.",
        };
        let body = format!("'{}' {why} 거래가 취소되었습니다.{back}", self.title);
        self.notice(Kind::Cancelled, "거래가 취소되었습니다", body)
    }

    /// To the buyer whose card was declined for good. `cost`: what it takes out of the deposit.
    #[must_use]
    pub fn declined(&self, cost: Won) -> Notice {
        let cost = match cost {
            Won::ZERO => "결제된 금액은 없습니다.".to_owned(),
            cost => format!("보증금 {}이 판매자에게 지급되었습니다.", won(cost)),
        };
        let body = format!("'{}' 카드 결제가 거절되어 거래가 취소되었습니다. {cost}", self.title);
        self.notice(Kind::Cancelled, "카드 결제가 거절되어 거래가 취소되었습니다", body)
    }

    /// To the seller of one whose card was declined for good: the deposit is in the wallet.
    #[must_use]
    pub fn given_up(&self, deposit: Won) -> Notice {
        let body = format!(
            "'{}' 구매자의 카드 결제가 거절되어 거래가 취소되었습니다. 구매자의 보증금 {}이 지갑에 \
             입금되었습니다.",
            self.title,
            won(deposit)
        );
        self.notice(Kind::Cancelled, "거래가 취소되었습니다", body)
    }

    /// To the seller at fault; `left`: what could not be taken.
    #[must_use]
    pub fn penalized(&self, penalty: Won, left: Won) -> Notice {
        let rest = match left {
            Won::ZERO => "지갑에서 차감되었습니다.".to_owned(),
            left => format!("미납액 {}은 지갑에 들어오는 금액에서 차감됩니다.", won(left)),
        };
        let body = format!("'{}' 위약금 {}이 부과되었습니다. {rest}", self.title, won(penalty));
        self.notice(Kind::Settled, "위약금이 부과되었습니다", body)
    }

    /// To the seller who owes it: so much was taken out of the wallet.
    #[must_use]
    pub fn collected(&self, amount: Won, left: Won) -> Notice {
        let rest = match left {
            Won::ZERO => "모두 납부되었습니다.".to_owned(),
            left => format!("남은 금액은 {}입니다.", won(left)),
        };
        let body = format!("'{}' 미납 위약금 {}이 차감되었습니다. {rest}", self.title, won(amount));
        self.notice(Kind::Settled, "미납 위약금이 차감되었습니다", body)
    }

    /// To the injured buyer.
    #[must_use]
    pub fn compensated(&self, penalty: Won) -> Notice {
        let body =
            format!("'{}' 판매자 위약금 {}이 지갑에 입금되었습니다.", self.title, won(penalty));
        self.notice(Kind::Settled, "위약금을 받습니다", body)
    }
}

/// To the seller: winner and second-chance bidders all let it go.
#[must_use]
pub fn sale_failed(auction: AuctionId, title: &str) -> Notice {
    let body = format!("'{title}' 낙찰자와 차순위 입찰자가 모두 결제하지 않았습니다.");
    notice(Kind::Unsold, "판매되지 않았습니다", body, format!("/auctions/{auction}"))
}

#[cfg(test)]
mod tests;
