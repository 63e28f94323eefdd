//! What the exchange has to tell besides its trades.

use kernel::{CatalogItemId, Won};

use super::{
    Kind, Notice,
    text::{notice, won},
};

/// The lowest ask has come down to what the user waited for, `wanted`, or below.
#[must_use]
pub fn price_reached(item: CatalogItemId, title: &str, price: Won, wanted: Won) -> Notice {
    let body =
        format!("'{title}' 지금 {}에 구매할 수 있습니다. (알림 가격 {})", won(price), won(wanted));
    notice(Kind::PriceReached, "기다리던 가격이 되었습니다", body, format!("/catalog/{item}"))
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
}
