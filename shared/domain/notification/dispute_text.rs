//! What seller and buyer of a disputed trade are told.

use kernel::Won;

use super::{
    Kind, Notice,
    text::won,
    trade_text::{Sale, WayBack},
};

impl Sale<'_> {
    /// A parcel is under way for too long; to the buyer.
    #[must_use]
    pub fn late(&self) -> Notice {
        let body = format!(
            "'{}' 배송이 7일 넘게 끝나지 않았습니다. 상품을 받지 못했다면 분쟁을 신청할 수 있습니다.",
            self.title
        );
        self.notice(Kind::Dispute, "배송이 늦어지고 있습니다", body)
    }

    /// To the buyer, who complains.
    #[must_use]
    pub fn disputed(&self) -> Notice {
        let body = format!(
            "'{}' 분쟁이 접수되었습니다. 판매자의 의견을 들은 뒤 운영자가 결정합니다.",
            self.title
        );
        self.notice(Kind::Dispute, "분쟁이 접수되었습니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn disputed_on(&self) -> Notice {
        let body = format!(
            "'{}' 구매자가 분쟁을 신청했습니다. 7일 안에 의견을 남겨 주세요. 정산은 결정될 때까지 보류됩니다.",
            self.title
        );
        self.notice(Kind::Dispute, "구매자가 분쟁을 신청했습니다", body)
    }

    /// To both.
    #[must_use]
    pub fn stated(&self) -> Notice {
        let body = format!("'{}' 분쟁에 새 의견이 등록되었습니다.", self.title);
        self.notice(Kind::Dispute, "분쟁에 새 의견이 있습니다", body)
    }

    /// To both.
    #[must_use]
    pub fn refund_offered(&self) -> Notice {
        let body = format!(
            "'{}' 분쟁에 부분 환불이 제안되었습니다. 상대방이 48시간 안에 수락하면 거래가 끝납니다.",
            self.title
        );
        self.notice(Kind::Dispute, "부분 환불이 제안되었습니다", body)
    }

    /// To both: what was disputed has arrived after all.
    #[must_use]
    pub fn arrived_disputed(&self) -> Notice {
        let body = format!(
            "분쟁 중인 '{}' 상품이 배송되었습니다. 문제가 없다면 구매자가 구매를 확정할 수 있습니다.",
            self.title
        );
        self.notice(Kind::Dispute, "분쟁 중인 상품이 배송되었습니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn send_back(&self) -> Notice {
        let body = format!(
            "'{}' 반품으로 결정되었습니다.{} 상품을 보내고 운송장 번호를 입력해 주세요. 기한이 지나면 거래가 완료됩니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Return, "반품으로 결정되었습니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn return_awaited(&self) -> Notice {
        let body = format!(
            "'{}' 반품으로 결정되었습니다. 구매자가{} 상품을 보냅니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Return, "반품으로 결정되었습니다", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn send_back_soon(&self) -> Notice {
        let body = format!(
            "'{}'{} 상품을 택배사에 맡기고 운송장 번호를 입력해 주세요. 기한이 지나면 거래가 완료됩니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Reminder, "반품 기한이 다가옵니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn sent_back(&self) -> Notice {
        let body = format!("'{}' 구매자가 상품을 돌려보냈습니다.", self.title);
        self.notice(Kind::Return, "반품 상품이 발송되었습니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn came_back(&self) -> Notice {
        let body = format!(
            "'{}' 반품 상품이 배송되었습니다. 보낸 상품과 다르다면{} 이의를 제기해 주세요. 이후 구매자에게 환불됩니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Return, "반품 상품을 확인해 주세요", body)
    }

    /// To the buyer.
    #[must_use]
    pub fn return_arrived(&self) -> Notice {
        let body = format!(
            "'{}' 반품 상품이 판매자에게 배송되었습니다. 판매자의 이의가 없으면{} 확인 후 환불됩니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Return, "반품 상품이 판매자에게 배송되었습니다", body)
    }

    /// To the seller.
    #[must_use]
    pub fn object_soon(&self) -> Notice {
        let body = format!(
            "'{}' 반품 상품에 문제가 있다면{} 이의를 제기해 주세요. 이후 구매자에게 환불됩니다.",
            self.title,
            self.until()
        );
        self.notice(Kind::Reminder, "반품 확인 기한이 다가옵니다", body)
    }

    /// To both.
    #[must_use]
    pub fn doubted(&self) -> Notice {
        let body = format!(
            "'{}' 반품에 문제가 있어 운영자가 확인합니다. 5일 안에 의견을 남길 수 있습니다.",
            self.title
        );
        self.notice(Kind::Return, "운영자가 반품을 확인합니다", body)
    }

    /// Both sides agreed; to both.
    #[must_use]
    pub fn partly_refunded(&self, amount: Won, back: WayBack) -> Notice {
        let amount = won(amount);
        let back = match back {
            WayBack::Wallet => format!("{amount}을 구매자에게 환불하고"),
            WayBack::Provider => format!("{amount}을 구매자의 결제 수단으로 환불하기로 하고"),
        };
        let body = format!("'{}' 대금 중 {back} 거래가 완료되었습니다.", self.title);
        self.notice(Kind::Dispute, "부분 환불로 합의했습니다", body)
    }
}
