//! Some thousands of auctions in every `cargo test`; a million by `cargo xtask agreement`.

use super::*;

const AUCTIONS: u64 = 20_000;

#[test]
fn the_product_and_the_oracle_agree_on_random_auctions() {
    let campaign = play_all(1, AUCTIONS);
    assert_eq!(campaign.differences, Vec::<String>::new());
    assert_eq!(campaign.auctions, AUCTIONS);
    assert_eq!(campaign.seldom(20), Vec::<&str>::new(), "{:#?}", campaign.happened);
}
