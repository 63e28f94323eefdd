//! What a payer is told of a payment.

use kernel::{PaymentId, Won};

use super::{
    Kind, Notice,
    text::{notice, won},
};

fn link(payment: PaymentId) -> String {
    format!("/payments/{payment}")
}

/// A top-up arrived.
#[must_use]
pub fn topped_up(payment: PaymentId, amount: Won) -> Notice {
    let body = format!("지갑에 {}이 충전되었습니다.", won(amount));
    notice(Kind::Paid, "충전되었습니다", body, link(payment))
}

/// A trade could not take its payment any more.
#[must_use]
pub fn paid_into_wallet(payment: PaymentId, amount: Won) -> Notice {
    let body = format!("거래가 결제를 받을 수 없어 {}을 지갑에 넣었습니다.", won(amount));
    notice(Kind::Paid, "결제 금액이 지갑에 있습니다", body, link(payment))
}

/// Nothing was charged.
#[must_use]
pub fn payment_failed(payment: PaymentId, amount: Won) -> Notice {
    let body = format!("{} 결제가 완료되지 않았습니다. 다시 시도해 주세요.", won(amount));
    notice(Kind::PaymentFailed, "결제에 실패했습니다", body, link(payment))
}

#[cfg(test)]
mod tests {
    use kernel::Id;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn texts_name_the_amount_and_lead_to_the_payment() {
        let payment = Id::from_uuid(Uuid::from_u128(1));
        let amount = Won::constant(50_000);
        for told in [
            topped_up(payment, amount),
            paid_into_wallet(payment, amount),
            payment_failed(payment, amount),
        ] {
            assert!(told.body.contains("50,000원"), "{}", told.body);
            assert_eq!(told.link, "/payments/00000000-0000-0000-0000-000000000001");
        }
    }
}
