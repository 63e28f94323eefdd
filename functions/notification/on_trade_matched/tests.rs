use events::{ExchangeFacts, MatchFunding, TradeFacts};
use kernel::{CatalogItemId, Id, OrderId, PaymentMethodId, TradeId, Won};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{World, user_id};

const SELLER: u32 = 1;
const BUYER: u32 = 2;

fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn matched(funding: MatchFunding) -> TradeMatched {
    let (item, buy, sell): (CatalogItemId, OrderId, OrderId) = (id(4), id(5), id(6));
    let (item_id, buy_order_id, sell_order_id) = (item, buy, sell);
    let option = "270".to_owned();
    let rebuy_if_failed = false;
    let trade_id: TradeId = id(7);
    let trade = TradeFacts {
        trade_id,
        auction_id: None,
        exchange: Some(ExchangeFacts {
            item_id,
            option,
            buy_order_id,
            sell_order_id,
            rebuy_if_failed,
        }),
        round: 0,
        seller_id: user_id(SELLER),
        buyer_id: user_id(BUYER),
        title: "운동화 270".to_owned(),
        price: Won::constant(100_000),
    };
    TradeMatched { trade, total: Won::constant(103_000), funding }
}

#[tokio::test]
async fn both_sides_are_told_once_however_the_buyer_pays() {
    let card: PaymentMethodId = id(8);
    for funding in [MatchFunding::Wallet, MatchFunding::Card { payment_method_id: card }] {
        let world = World::start().await;
        world.cloud.adjust(|knobs| knobs.message_copies = 3);
        for _ in 0..2 {
            world.tell_all(1, &matched(funding)).await;
            world.run_until_idle().await;
        }
        let texts = [
            (
                BUYER,
                "'운동화 270' 100,000원에 체결되었습니다. 수수료를 포함해 103,000원이 결제됩니다.",
            ),
            (
                SELLER,
                "'운동화 270' 100,000원에 체결되었습니다. \
                 결제가 끝나면 48시간 안에 검수 센터로 발송해 주세요.",
            ),
        ];
        for (who, text) in texts {
            let told = world.told(user_id(who)).await;
            let told: Vec<_> = told.iter().map(|row| &row.notice).collect();
            assert_eq!(told.len(), 1);
            assert_eq!((told[0].kind.as_str(), &*told[0].body), ("matched", text));
            assert_eq!(told[0].link, "/trades/00000000-0000-0000-0000-000000000007");
        }
    }
}
