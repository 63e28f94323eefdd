use uuid::Uuid;

use super::*;

fn auction() -> AuctionId {
    AuctionId::from_uuid(Uuid::from_u128(0xa))
}

#[test]
fn every_notice_reads_as_decided() {
    let ends_at = "2026-11-21T09:30:00.000Z".parse().unwrap();
    let price = Won::constant(1_234_500);
    let link = "/auctions/00000000-0000-0000-0000-00000000000a";
    let cases = [
        (
            outbid(auction(), price, ends_at),
            ("outbid", "더 높은 입찰이 있습니다"),
            ("현재가 1,234,500원. 11-21 18:30까지 다시 입찰할 수 있습니다.", link),
        ),
        (
            auction_ending_soon(auction(), "맥북", ends_at),
            ("ending-soon", "관심 경매가 곧 끝납니다"),
            ("'맥북' 11-21 18:30에 끝납니다.", link),
        ),
        (
            auction_won(auction(), "맥북", price),
            ("won", "낙찰되었습니다"),
            ("'맥북' 1,234,500원. 48시간 안에 결제해 주세요.", link),
        ),
        (
            lost_to_another(auction(), "맥북"),
            ("lost", "낙찰받지 못했습니다"),
            ("'맥북' 경매가 다른 분에게 낙찰되었습니다.", link),
        ),
        (
            lost_below_reserve(auction(), "맥북"),
            ("lost", "낙찰받지 못했습니다"),
            ("'맥북' 경매가 최저 낙찰가에 이르지 못해 유찰되었습니다.", link),
        ),
        (
            item_sold(auction(), "맥북", price),
            ("sold", "경매가 낙찰되었습니다"),
            ("'맥북' 1,234,500원에 낙찰되었습니다. 결제를 기다립니다.", link),
        ),
        (
            item_unsold(auction(), "맥북"),
            ("unsold", "경매가 유찰되었습니다"),
            ("'맥북' 경매가 낙찰자 없이 끝났습니다.", link),
        ),
        (
            auction_cancelled(auction(), "맥북"),
            ("cancelled", "경매가 취소되었습니다"),
            ("'맥북' 경매가 취소되어 모든 입찰이 무효가 되었습니다.", link),
        ),
        (
            welcome("민들레"),
            ("welcome", "장터에 오신 것을 환영합니다"),
            ("민들레님, 관심 있는 경매를 찾아보세요.", "/auctions"),
        ),
    ];
    for (notice, (kind, title), (body, link)) in cases {
        assert_eq!(notice.kind.as_str(), kind);
        assert_eq!((notice.title.as_str(), notice.body.as_str()), (title, body));
        assert_eq!(notice.link, link, "{kind}");
    }
    let (subject, text) = welcome_email("민들레");
    assert_eq!(subject, "장터에 오신 것을 환영합니다");
    assert!(text.starts_with("민들레님, 안녕하세요."));
}

#[test]
fn amounts_are_grouped_by_thousands() {
    let cases = [
        (0, "0원"),
        (999, "999원"),
        (1_000, "1,000원"),
        (1_000_000_000_000, "1,000,000,000,000원"),
    ];
    for (amount, text) in cases {
        assert_eq!(won(Won::new(amount).unwrap()), text);
    }
}

#[test]
fn the_winners_sms_fits_one_message() {
    let text = auction_won_sms("맥북  프로\n14", Won::constant(1_200_000));
    assert_eq!(text, "[장터] 낙찰: 맥북 프로 14 1,200,000원. 48시간 내 결제해 주세요.");
    let titles = ["가".repeat(100), "a".repeat(100), "😀".repeat(50), "a가 ".repeat(33)];
    for title in titles {
        for price in [Won::constant(1), Won::MAX] {
            let text = auction_won_sms(&title, price);
            assert!(sms_bytes(&text) <= SMS_BYTES_MAX, "{text}");
            assert!(text.encode_utf16().count() <= SMS_UNITS_MAX, "{text}");
            assert!(text.contains('…') && text.ends_with("결제해 주세요."), "{text}");
            let first: String = title.chars().take(3).collect();
            assert!(text.contains(first.trim_end()), "{text}");
        }
    }
}

#[test]
fn numbers_become_international_or_nothing() {
    let cases = [
        ("01012345678", Some("+821012345678")),
        ("0111234567", Some("+82111234567")),
        ("+821012345678", Some("+821012345678")),
        ("0212345678", None),
        ("010-1234-5678", None),
        ("1012345678", None),
        ("+82", None),
        ("", None),
        ("010123456789", None),
    ];
    for (phone, expected) in cases {
        assert_eq!(international(phone).as_deref(), expected, "{phone}");
    }
}

#[test]
fn reasons_name_nobody() {
    let cases = [
        (
            "SNS: PhoneNumber Reason: +821012345678 is not valid",
            "SNS: PhoneNumber Reason: *** is not valid",
        ),
        ("number(010-1234-5678)", "***"),
        ("Address <minsu@example.com> rejected", "Address *** rejected"),
        ("service  error 500", "service error 500"),
    ];
    for (text, expected) in cases {
        assert_eq!(redact(text), expected);
    }
    assert_eq!(redact(&"long ".repeat(100)).chars().count(), 200);
}
