use domain::exchange::views::{RecentTrade, candles};
use kernel::{Span, TradeId};
use uuid::Uuid;

use super::*;

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Three days until the 21st, and what was traded `(hours, price)` after their beginning.
fn chart(title: &str, traded: &[(i64, i64)]) -> String {
    let (from, to) = (at("2026-11-18T15:00:00.000Z"), at("2026-11-21T14:00:00.000Z"));
    let recent_trades = traded.iter().zip(1..).map(|((hours, price), number)| RecentTrade {
        at: from + Span::hours(*hours),
        trade: TradeId::from_uuid(Uuid::from_u128(number)),
        price: Won::new(*price).unwrap(),
    });
    let bars = candles(&recent_trades.collect::<Vec<_>>(), Bucket::Day);
    draw(title, &Stretch { bucket: Bucket::Day, from, to }, &bars)
}

#[test]
fn bars_stand_where_prices_and_days_say() {
    let traded = [(1, 100_000), (2, 120_000), (3, 110_000), (60, 110_000), (61, 80_000)];
    let svg = chart("에어 조던 1 270", &traded);
    // Prices from 80,000 to 120,000 over 240 pixels, three days over 660.
    let due = "\
<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 400\" role=\"img\" \
aria-labelledby=\"title description\" font-family=\"sans-serif\" font-size=\"12\">
<title id=\"title\">에어 조던 1 270 시세</title>
<desc id=\"description\">2026-11-19 – 2026-11-21 일별 체결가. 시가 100,000원, 고가 120,000원, \
저가 80,000원, 종가 80,000원, 체결 5건.</desc>
<rect width=\"800\" height=\"400\" fill=\"#ffffff\"/>
<text x=\"20\" y=\"30\" text-anchor=\"start\" font-size=\"16\" fill=\"#444444\">에어 조던 1 270</text>
<line x1=\"20\" y1=\"290\" x2=\"680\" y2=\"290\" stroke=\"#dddddd\"/>
<text x=\"688\" y=\"294\" text-anchor=\"start\" font-size=\"12\" fill=\"#444444\">80,000</text>
<line x1=\"20\" y1=\"230\" x2=\"680\" y2=\"230\" stroke=\"#dddddd\"/>
<text x=\"688\" y=\"234\" text-anchor=\"start\" font-size=\"12\" fill=\"#444444\">90,000</text>
<line x1=\"20\" y1=\"170\" x2=\"680\" y2=\"170\" stroke=\"#dddddd\"/>
<text x=\"688\" y=\"174\" text-anchor=\"start\" font-size=\"12\" fill=\"#444444\">100,000</text>
<line x1=\"20\" y1=\"110\" x2=\"680\" y2=\"110\" stroke=\"#dddddd\"/>
<text x=\"688\" y=\"114\" text-anchor=\"start\" font-size=\"12\" fill=\"#444444\">110,000</text>
<line x1=\"20\" y1=\"50\" x2=\"680\" y2=\"50\" stroke=\"#dddddd\"/>
<text x=\"688\" y=\"54\" text-anchor=\"start\" font-size=\"12\" fill=\"#444444\">120,000</text>
<g fill=\"#d6303a\" stroke=\"none\"><rect x=\"130\" y=\"50\" width=\"1\" height=\"120\"/>\
<rect x=\"123\" y=\"110\" width=\"15\" height=\"60\"/>\
<rect x=\"123\" y=\"310\" width=\"15\" height=\"50\" opacity=\"0.4\"/></g>
<g fill=\"#2a5fd0\" stroke=\"none\"><rect x=\"570\" y=\"110\" width=\"1\" height=\"180\"/>\
<rect x=\"563\" y=\"110\" width=\"15\" height=\"180\"/>\
<rect x=\"563\" y=\"327\" width=\"15\" height=\"33\" opacity=\"0.4\"/></g>
<text x=\"20\" y=\"385\" text-anchor=\"start\" font-size=\"12\" fill=\"#444444\">2026-11-19</text>
<text x=\"680\" y=\"385\" text-anchor=\"end\" font-size=\"12\" fill=\"#444444\">2026-11-21</text>
</svg>
";
    assert_eq!(svg, due);
}

#[test]
fn nothing_to_draw_is_said() {
    let svg = chart("에어 조던 1 270", &[]);
    assert_eq!(svg.matches("체결 내역이 없습니다").count(), 2, "{svg}");
    assert!(!svg.contains("<g ") && !svg.contains("<line"), "{svg}");
}

#[test]
fn names_cannot_break_out_of_their_places() {
    let svg = chart("</title><script>alert(\"&'\u{0}\u{ffff}\")</script>", &[(1, 1_000)]);
    assert!(!svg.contains("<script") && !svg.contains('\u{0}') && !svg.contains('\u{ffff}'));
    let safe = "&lt;/title&gt;&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;";
    assert_eq!(svg.matches(safe).count(), 2, "{svg}");
}

#[test]
fn the_cheapest_and_the_dearest_stay_on_the_picture() {
    for traded in [
        &[(1, 1_000)][..],
        &[(1, 970_000_000_000)],
        &[(1, 1_000), (2, 970_000_000_000), (30, 5_000)],
    ] {
        let svg = chart("x", traded);
        for attribute in [" y=\"", " height=\"", " x=\"", " width=\""] {
            for piece in svg.split(attribute).skip(1) {
                let number: i64 = piece.split('"').next().unwrap().parse().unwrap();
                assert!((0..=WIDTH).contains(&number), "{attribute}{number} in {svg}");
            }
        }
    }
}
