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

/// What a trade gives back is with the provider again, or, as it does not take it, in the wallet.
#[must_use]
pub fn refunded(payment: PaymentId, amount: Won, in_wallet: bool) -> Notice {
    let amount = won(amount);
    let body = match in_wallet {
        false => format!("거래 대금 {amount}이 결제하신 수단으로 환불되었습니다."),
        true => format!("결제하신 수단으로 환불할 수 없어 거래 대금 {amount}을 지갑에 넣었습니다."),
    };
    notice(Kind::Refunded, "환불되었습니다", body, link(payment))
}

/// A top-up went back at its payer's wish.
#[must_use]
pub fn top_up_cancelled(payment: PaymentId, amount: Won) -> Notice {
    let body = format!("충전하신 {}이 결제하신 수단으로 환불되었습니다.", won(amount));
    notice(Kind::Refunded, "충전이 취소되었습니다", body, link(payment))
}

/// Nothing was charged.
#[must_use]
pub fn payment_failed(payment: PaymentId, amount: Won) -> Notice {
    let body = format!("{} 결제가 완료되지 않았습니다. 다시 시도해 주세요.", won(amount));
    notice(Kind::PaymentFailed, "결제에 실패했습니다", body, link(payment))
}

/// Nothing here could take the money: it goes back to where it was paid from.
#[must_use]
pub fn payment_returned(payment: PaymentId, amount: Won) -> Notice {
    let body =
        format!("거래가 결제를 받을 수 없어 {}을 결제하신 수단으로 돌려드립니다.", won(amount));
    notice(Kind::PaymentFailed, "결제 금액을 돌려드립니다", body, link(payment))
}

/// A trade waits for no deposit.
#[must_use]
pub fn account_unsupported(payment: PaymentId, amount: Won) -> Notice {
    let body = format!(
        "거래는 가상계좌로 결제할 수 없습니다. {}을 입금하지 마시고 다른 방법으로 다시 시도해 주세요.",
        won(amount)
    );
    notice(Kind::PaymentFailed, "가상계좌로 결제할 수 없습니다", body, link(payment))
}

/// Nothing was charged after a match: the payer can do nothing, what happens next does by itself.
#[must_use]
pub fn charge_failed(payment: PaymentId, amount: Won) -> Notice {
    let body = format!(
        "체결된 거래의 카드 결제 {}이 거절되었습니다. 남은 시도가 있으면 자동으로 다시 결제하고, \
         없으면 거래가 취소됩니다.",
        won(amount)
    );
    notice(Kind::PaymentFailed, "카드 결제가 거절되었습니다", body, link(payment))
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
            payment_returned(payment, amount),
            account_unsupported(payment, amount),
            charge_failed(payment, amount),
        ] {
            assert!(told.body.contains("50,000원"), "{}", told.body);
            assert_eq!(told.link, "/payments/00000000-0000-0000-0000-000000000001");
        }
    }

    #[test]
    fn whoever_cannot_try_again_is_not_asked_to() {
        let payment = Id::from_uuid(Uuid::from_u128(1));
        let told = charge_failed(payment, Won::constant(50_000));
        assert!(!told.body.contains("다시 시도"), "{}", told.body);
    }
}
