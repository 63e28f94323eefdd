//! What the exchange has to tell besides its trades.

use kernel::{CatalogItemId, Instant, OrderId, Won};

use super::{
    Kind, Notice,
    text::{notice, seoul_time, won},
};
use crate::exchange::Side;

/// The lowest ask has come down to what the user waited for, `wanted`, or below.
#[must_use]
pub fn price_reached(item: CatalogItemId, title: &str, price: Won, wanted: Won) -> Notice {
    let body =
        format!("'{title}' 지금 {}에 구매할 수 있습니다. (알림 가격 {})", won(price), won(wanted));
    notice(Kind::PriceReached, "기다리던 가격이 되었습니다", body, format!("/catalog/{item}"))
}

/// What became of an order without a trade.
#[derive(Clone, Copy, Debug)]
pub struct OrderEnd<'a> {
    pub order: OrderId,
    pub side: Side,
    pub title: &'a str,
    /// The limit.
    pub price: Won,
    /// What was held for it.
    pub held: Won,
}

impl OrderEnd<'_> {
    /// `구매 입찰` or `판매 입찰`, with its price.
    fn name(&self) -> String {
        let side = match self.side {
            Side::Buy => "구매",
            Side::Sell => "판매",
        };
        format!("'{}' {side} 입찰({})", self.title, won(self.price))
    }

    /// ` 보증금 5,000원이 지갑으로 돌아왔습니다.`, if anything was held.
    fn freed(&self) -> String {
        let what = match self.side {
            Side::Buy => "묶여 있던",
            Side::Sell => "보증금",
        };
        match self.held {
            Won::ZERO => String::new(),
            held => format!(" {what} {}이 지갑으로 돌아왔습니다.", won(held)),
        }
    }

    fn notice(&self, kind: Kind, title: &str, body: String) -> Notice {
        notice(kind, title, body, format!("/me/orders/{}", self.order))
    }

    /// Its time is over.
    #[must_use]
    pub fn expired(&self) -> Notice {
        let body = format!("{}의 기간이 끝났습니다.{}", self.name(), self.freed());
        self.notice(Kind::OrderExpired, "입찰 기간이 끝났습니다", body)
    }

    /// The card of whoever met it was declined: it is where it was, until then.
    #[must_use]
    pub fn returned(&self, until: Instant) -> Notice {
        let body = format!(
            "구매자의 카드 결제가 거절되어 {}이 원래 순서로 돌아왔습니다. {}까지 유효합니다.",
            self.name(),
            seoul_time(until),
        );
        self.notice(Kind::OrderReturned, "판매 입찰이 다시 열렸습니다", body)
    }

    /// The same, and it cannot return: its owner's own order is in the way, or nothing is traded
    /// there any more.
    #[must_use]
    pub fn dismissed(&self) -> Notice {
        let body = format!(
            "구매자의 카드 결제가 거절되었고, {}은 다시 열 수 없어 종료되었습니다.{}",
            self.name(),
            self.freed(),
        );
        self.notice(Kind::OrderReturned, "판매 입찰이 종료되었습니다", body)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn says_what_it_costs_and_what_was_waited_for() {
        let item = CatalogItemId::from_uuid(Uuid::from_u128(0xa));
        let told =
            price_reached(item, "에어 조던 1 270", Won::constant(299_000), Won::constant(300_000));
        let body = "'에어 조던 1 270' 지금 299,000원에 구매할 수 있습니다. (알림 가격 300,000원)";
        assert_eq!((told.kind, told.body.as_str()), (Kind::PriceReached, body));
        assert_eq!(told.link, "/catalog/00000000-0000-0000-0000-00000000000a");
    }

    #[test]
    fn an_order_that_ends_says_what_is_free_again() {
        let until = "2026-11-23T00:00:00.000Z".parse().unwrap();
        let end = |side, held| OrderEnd {
            order: kernel::Id::from_uuid(Uuid::from_u128(0xb)),
            side,
            title: "에어 조던 1 270",
            price: Won::constant(50_000),
            held: Won::constant(held),
        };
        let rows = [
            (
                end(Side::Buy, 51_500).expired(),
                "'에어 조던 1 270' 구매 입찰(50,000원)의 기간이 \
              끝났습니다. 묶여 있던 51,500원이 지갑으로 돌아왔습니다.",
            ),
            (
                end(Side::Buy, 0).expired(),
                "'에어 조던 1 270' 구매 입찰(50,000원)의 기간이 \
              끝났습니다.",
            ),
            (
                end(Side::Sell, 5_000).expired(),
                "'에어 조던 1 270' 판매 입찰(50,000원)의 기간이 \
              끝났습니다. 보증금 5,000원이 지갑으로 돌아왔습니다.",
            ),
            (
                end(Side::Sell, 5_000).returned(until),
                "구매자의 카드 결제가 거절되어 '에어 조던 1 \
              270' 판매 입찰(50,000원)이 원래 순서로 돌아왔습니다. 11-23 09:00까지 유효합니다.",
            ),
            (
                end(Side::Sell, 5_000).dismissed(),
                "구매자의 카드 결제가 거절되었고, '에어 조던 1 \
              270' 판매 입찰(50,000원)은 다시 열 수 없어 종료되었습니다. 보증금 5,000원이 \
              지갑으로 돌아왔습니다.",
            ),
        ];
        for (told, body) in rows {
            assert_eq!(told.body, body);
            assert_eq!(told.link, "/me/orders/00000000-0000-0000-0000-00000000000b");
        }
    }
}
