//! Every text that a user is told, in one place. Korean: the market is Korea's.

use kernel::{AuctionId, Instant, Span, Won};

use super::{Kind, Notice};

/// How long a winner has to pay (`rules.md`, "Auction").
pub const PAY_WITHIN: Span = Span::hours(48);
/// A text message of the Korean carriers: 90 bytes of EUC-KR …
pub const SMS_BYTES_MAX: usize = 90;
/// … and SNS charges a second one from the 71st UTF-16 unit on.
pub const SMS_UNITS_MAX: usize = 70;
const CUT: &str = "…";

#[must_use]
pub fn outbid(auction: AuctionId, price: Won, ends_at: Instant) -> Notice {
    let body =
        format!("현재가 {}. {}까지 다시 입찰할 수 있습니다.", won(price), seoul_time(ends_at));
    notice(Kind::Outbid, "더 높은 입찰이 있습니다", body, auction_link(auction))
}

/// To the bidder whose bid an admin took back.
#[must_use]
pub fn bid_voided(auction: AuctionId) -> Notice {
    let body = "운영자가 회원님의 입찰을 무효 처리했습니다.".to_owned();
    notice(Kind::BidVoided, "입찰이 무효 처리되었습니다", body, auction_link(auction))
}

/// To whoever leads again because a higher bid was taken back.
#[must_use]
pub fn leads_again(auction: AuctionId, price: Won) -> Notice {
    let body =
        format!("다른 입찰이 무효 처리되어 회원님이 최고 입찰자입니다. 현재가 {}.", won(price));
    notice(Kind::BidVoided, "다시 최고 입찰자입니다", body, auction_link(auction))
}

/// To whoever watches it.
#[must_use]
pub fn auction_ending_soon(auction: AuctionId, title: &str, ends_at: Instant) -> Notice {
    let body = format!("'{title}' {}에 끝납니다.", seoul_time(ends_at));
    notice(Kind::EndingSoon, "관심 경매가 곧 끝납니다", body, auction_link(auction))
}

#[must_use]
pub fn auction_won(auction: AuctionId, title: &str, price: Won) -> Notice {
    let body = format!("'{title}' {}. 48시간 안에 결제해 주세요.", won(price));
    notice(Kind::Won, "낙찰되었습니다", body, auction_link(auction))
}

#[must_use]
pub fn lost_to_another(auction: AuctionId, title: &str) -> Notice {
    let body = format!("'{title}' 경매가 다른 분에게 낙찰되었습니다.");
    notice(Kind::Lost, "낙찰받지 못했습니다", body, auction_link(auction))
}

#[must_use]
pub fn lost_below_reserve(auction: AuctionId, title: &str) -> Notice {
    let body = format!("'{title}' 경매가 최저 낙찰가에 이르지 못해 유찰되었습니다.");
    notice(Kind::Lost, "낙찰받지 못했습니다", body, auction_link(auction))
}

/// To the seller.
#[must_use]
pub fn item_sold(auction: AuctionId, title: &str, price: Won) -> Notice {
    let body = format!("'{title}' {}에 낙찰되었습니다. 결제를 기다립니다.", won(price));
    notice(Kind::Sold, "경매가 낙찰되었습니다", body, auction_link(auction))
}

/// To the seller.
#[must_use]
pub fn item_unsold(auction: AuctionId, title: &str) -> Notice {
    let body = format!("'{title}' 경매가 낙찰자 없이 끝났습니다.");
    notice(Kind::Unsold, "경매가 유찰되었습니다", body, auction_link(auction))
}

/// To the seller and to whoever bid.
#[must_use]
pub fn auction_cancelled(auction: AuctionId, title: &str) -> Notice {
    let body = format!("'{title}' 경매가 취소되어 모든 입찰이 무효가 되었습니다.");
    notice(Kind::Cancelled, "경매가 취소되었습니다", body, auction_link(auction))
}

#[must_use]
pub fn welcome(nickname: &str) -> Notice {
    let body = format!("{nickname}님, 관심 있는 경매를 찾아보세요.");
    notice(Kind::Welcome, "장터에 오신 것을 환영합니다", body, "/auctions".to_owned())
}

/// Subject and text.
#[must_use]
pub fn welcome_email(nickname: &str) -> (String, String) {
    let text = format!(
        "{nickname}님, 안녕하세요.\n\n\
         장터에 가입해 주셔서 감사합니다. 이제 경매에 입찰하고 물건을 판매할 수 있습니다.\n\n\
         이 메일은 발신 전용입니다.\n\
         장터 드림\n"
    );
    ("장터에 오신 것을 환영합니다".to_owned(), text)
}

/// The winner's text message, the title cut so that one message holds it.
#[must_use]
pub fn auction_won_sms(title: &str, price: Won) -> String {
    cut_to_fit(title, |title| {
        format!("[장터] 낙찰: {title} {}. 48시간 내 결제해 주세요.", won(price))
    })
}

/// `text` of the title, cut so that one text message holds it.
pub(super) fn cut_to_fit(title: &str, text: impl Fn(&str) -> String) -> String {
    let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = text(&title);
    if fits(&whole) {
        return whole;
    }
    let mut kept: Vec<char> = title.chars().collect();
    while kept.pop().is_some() {
        let cut: String = kept.iter().collect();
        let shorter = text(&format!("{}{CUT}", cut.trim_end()));
        if fits(&shorter) {
            return shorter;
        }
    }
    text(CUT)
}

/// How long a text is in the Korean carriers' encoding: one byte for ASCII, two for the rest.
#[must_use]
pub fn sms_bytes(text: &str) -> usize {
    text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum()
}

fn fits(text: &str) -> bool {
    sms_bytes(text) <= SMS_BYTES_MAX && text.encode_utf16().count() <= SMS_UNITS_MAX
}

/// A Korean mobile number in E.164: `01012345678` → `+821012345678`. `None` when it is none.
#[must_use]
pub fn international(phone: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(rest) = phone.strip_prefix('+') {
        return ((8..=15).contains(&rest.len()) && digits(rest)).then(|| phone.to_owned());
    }
    let rest = phone.strip_prefix('0')?;
    ((9..=10).contains(&rest.len()) && rest.starts_with('1') && digits(rest))
        .then(|| format!("+82{rest}"))
}

/// A provider's error text with nothing in it that could be a number or an address: providers
/// like to quote what they refuse.
#[must_use]
pub fn redact(text: &str) -> String {
    const CHARS_MAX: usize = 200;
    const DIGITS_MAX: usize = 3;
    let word = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if word.contains('@') || digits > DIGITS_MAX { "***".to_owned() } else { word.to_owned() }
    };
    let words: Vec<String> = text.split_whitespace().map(word).collect();
    words.join(" ").chars().take(CHARS_MAX).collect()
}

pub(super) fn notice(kind: Kind, title: &str, body: String, link: String) -> Notice {
    Notice { kind, title: title.to_owned(), body, link }
}

fn auction_link(auction: AuctionId) -> String {
    format!("/auctions/{auction}")
}

/// `1234567` → `1,234,567원`.
pub(super) fn won(amount: Won) -> String {
    let digits = amount.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push('원');
    text
}

/// `11-21 18:00` in Seoul.
pub(super) fn seoul_time(instant: Instant) -> String {
    let text = (instant + Span::hours(9)).to_string();
    text.get(5..16).unwrap_or(&text).replace('T', " ")
}

#[cfg(test)]
mod tests;
