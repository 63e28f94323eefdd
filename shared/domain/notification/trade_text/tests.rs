use kernel::Id;
use uuid::Uuid;

use super::*;
use crate::notification::{SMS_BYTES_MAX, SMS_UNITS_MAX, sms_bytes};

#[test]
fn one_text_message_holds_a_reminder() {
    let long = "가나다 abc ".repeat(20);
    for title in ["맥북", long.trim()] {
        let sale = Sale {
            trade: Id::from_uuid(Uuid::from_u128(1)),
            title,
            price: Won::MAX,
            until: Some("2026-11-23T00:00:00.000Z".parse().unwrap()),
        };
        let text = sale.pay_soon_sms();
        assert!(sms_bytes(&text) <= SMS_BYTES_MAX, "{text}");
        assert!(text.encode_utf16().count() <= SMS_UNITS_MAX, "{text}");
    }
    let sale = Sale {
        trade: Id::from_uuid(Uuid::from_u128(1)),
        title: "맥북",
        price: Won::constant(12_000),
        until: Some("2026-11-23T00:00:00.000Z".parse().unwrap()),
    };
    assert_eq!(sale.pay_soon_sms(), "[장터] 맥북 12,000원. 11-23 09:00까지 결제해 주세요.");
}

#[test]
fn texts_name_goods_amount_and_deadline() {
    let sale = Sale {
        trade: Id::from_uuid(Uuid::from_u128(1)),
        title: "맥북",
        price: Won::constant(12_000),
        until: Some("2026-11-23T00:00:00.000Z".parse().unwrap()),
    };
    let offered = sale.offered();
    assert_eq!(
        offered.body,
        "'맥북' 12,000원에 구매할 기회가 생겼습니다. 11-23 09:00까지 결제하면 구매가 확정됩니다."
    );
    assert_eq!(offered.link, "/trades/00000000-0000-0000-0000-000000000001");
    for reason in Reason::ALL {
        let notice = sale.cancelled(*reason, Some(WayBack::Provider));
        assert!(notice.body.ends_with("결제 수단으로 환불됩니다."), "{}", notice.body);
        let notice = sale.cancelled(*reason, Some(WayBack::Wallet));
        assert!(notice.body.ends_with("환불되었습니다."), "{}", notice.body);
    }
}
