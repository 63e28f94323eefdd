//! A candlestick chart as text. Whole pixels; nothing in it runs, loads or is styled from outside.

use domain::exchange::views::{Bucket, Candle};
use kernel::{Instant, Won};

use crate::history::Stretch;

const WIDTH: i64 = 800;
const HEIGHT: i64 = 400;
/// Where prices are drawn …
const LEFT: i64 = 20;
const RIGHT: i64 = 680;
const TOP: i64 = 50;
const BOTTOM: i64 = 290;
/// … and how many trades there were, below them.
const VOLUME_TOP: i64 = 310;
const VOLUME_BOTTOM: i64 = 360;
/// Koreans paint what rises red.
const RISEN: &str = "#d6303a";
const FALLEN: &str = "#2a5fd0";
const INK: &str = "#444444";
const LINE: &str = "#dddddd";
const LINES: i64 = 4;

/// The chart of what was traded in a stretch of time.
pub fn draw(title: &str, stretch: &Stretch, bars: &[Candle]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"title description\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title id=\"title\">{title}</title>\n\
         <desc id=\"description\">{description}</desc>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n",
        title = escaped(&format!("{title} 시세")),
        description = escaped(&description(stretch, bars)),
    );
    svg.push_str(&text(LEFT, 30, "start", 16, title));
    match Scale::of(stretch, bars) {
        None => svg.push_str(&text(WIDTH / 2, HEIGHT / 2, "middle", 16, "체결 내역이 없습니다")),
        Some(scale) => {
            svg.push_str(&grid(&scale));
            svg.extend(bars.iter().map(|bar| candle(&scale, bar)));
        }
    }
    svg.push_str(&text(LEFT, HEIGHT - 15, "start", 12, &day(stretch.from)));
    svg.push_str(&text(RIGHT, HEIGHT - 15, "end", 12, &day(stretch.to)));
    svg.push_str("</svg>\n");
    svg
}

/// What the chart shows, for whoever does not see it.
fn description(stretch: &Stretch, bars: &[Candle]) -> String {
    let unit = match stretch.bucket {
        Bucket::Hour => "시간별",
        Bucket::Day => "일별",
    };
    let range = format!("{} – {} {unit} 체결가", day(stretch.from), day(stretch.to));
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else {
        return format!("{range}. 체결 내역이 없습니다.");
    };
    let high = bars.iter().map(|bar| bar.high).max().unwrap_or_default();
    let low = bars.iter().map(|bar| bar.low).min().unwrap_or_default();
    let trades: u64 = bars.iter().map(|bar| u64::from(bar.volume)).sum();
    let [open, close, high, low] = [first.open, last.close, high, low].map(won);
    format!("{range}. 시가 {open}, 고가 {high}, 저가 {low}, 종가 {close}, 체결 {trades}건.")
}

/// Where a price and an instant are on the picture.
struct Scale {
    bucket: Bucket,
    begin: Instant,
    buckets: i64,
    low: i64,
    high: i64,
    volume: i64,
}

impl Scale {
    /// `None` when there is nothing to draw.
    fn of(stretch: &Stretch, bars: &[Candle]) -> Option<Self> {
        let Stretch { bucket, from, to } = *stretch;
        let low = bars.iter().map(|bar| bar.low.get()).min()?;
        let high = bars.iter().map(|bar| bar.high.get()).max()?;
        // A single price is drawn in the middle.
        let (low, high) = if low == high { (low - 1_000, high + 1_000) } else { (low, high) };
        let volume = bars.iter().map(|bar| i64::from(bar.volume)).max()?;
        let begin = bucket.start(from);
        let buckets = bucket.touched(from, to).max(1);
        Some(Self { bucket, begin, buckets, low, high, volume: volume.max(1) })
    }

    /// The middle of a bar, and how wide it is.
    fn place(&self, start: Instant) -> (i64, i64) {
        let number = start.since(self.begin).as_millis() / self.bucket.length().as_millis();
        let room = RIGHT - LEFT;
        let middle = LEFT + room * (2 * number + 1) / (2 * self.buckets);
        let width = (room / self.buckets * 2 / 3).clamp(1, 15);
        (middle, width)
    }

    const fn price(&self, won: i64) -> i64 {
        BOTTOM - (BOTTOM - TOP) * (won - self.low) / (self.high - self.low)
    }
}

fn grid(scale: &Scale) -> String {
    let mut svg = String::new();
    for number in 0..=LINES {
        let won = scale.low + (scale.high - scale.low) * number / LINES;
        let y = scale.price(won);
        let line = format!(
            "<line x1=\"{LEFT}\" y1=\"{y}\" x2=\"{RIGHT}\" y2=\"{y}\" stroke=\"{LINE}\"/>\n"
        );
        svg.push_str(&line);
        svg.push_str(&text(RIGHT + 8, y + 4, "start", 12, &grouped(won)));
    }
    svg
}

fn candle(scale: &Scale, bar: &Candle) -> String {
    let (middle, width) = scale.place(bar.start);
    let left = middle - width / 2;
    let colour = if bar.close >= bar.open { RISEN } else { FALLEN };
    let [open, close, high, low] =
        [bar.open, bar.close, bar.high, bar.low].map(|won| scale.price(won.get()));
    let top = open.min(close);
    let height = (open - close).abs().max(1);
    let volume = (VOLUME_BOTTOM - VOLUME_TOP) * i64::from(bar.volume) / scale.volume;
    let volume = volume.max(1);
    let floor = VOLUME_BOTTOM - volume;
    format!(
        "<g fill=\"{colour}\" stroke=\"none\">\
         <rect x=\"{middle}\" y=\"{high}\" width=\"1\" height=\"{wick}\"/>\
         <rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>\
         <rect x=\"{left}\" y=\"{floor}\" width=\"{width}\" height=\"{volume}\" opacity=\"0.4\"/>\
         </g>\n",
        wick = (low - high).max(1),
    )
}

fn text(x: i64, y: i64, anchor: &str, size: i64, text: &str) -> String {
    let text = escaped(text);
    format!(
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"{size}\" \
         fill=\"{INK}\">{text}</text>\n"
    )
}

/// Text as it may stand between tags and in attributes. Control characters, which XML does not
/// know, fall out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter => safe.push(letter),
        }
    }
    safe
}

/// The day in Seoul.
fn day(at: Instant) -> String {
    kernel::seoul_day(at)
}

fn won(amount: Won) -> String {
    format!("{}원", grouped(amount.get()))
}

/// `1234567` → `1,234,567`.
fn grouped(number: i64) -> String {
    let (sign, digits) = (if number < 0 { "-" } else { "" }, number.unsigned_abs().to_string());
    let mut text = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
