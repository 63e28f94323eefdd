//! The results as a picture: two panels for the hot auction, one for the throughput of a laptop.
//! Whole pixels, a background of its own, nothing loaded from outside.

use std::fmt::Write as _;

use super::{
    hot_auction::{Outcome, RATES},
    results::Results,
    strategy::Strategy,
    throughput::{P99_MAX_MS, Workload},
};

const WIDTH: i64 = 960;
const HEIGHT: i64 = 760;
const PAPER: &str = "#fbfbf9";
const INK: &str = "#2b2f36";
const SOFT: &str = "#646b76";
const GRID: &str = "#dcdcd6";
const COLOURS: [(Strategy, &str); 3] = [
    (Strategy::Product, "#1668a8"),
    (Strategy::ConditionalWrite, "#c2571a"),
    (Strategy::Transaction, "#6b4fa0"),
];

/// A rectangle of the picture with a scale from 0 upwards.
struct Panel {
    left: i64,
    top: i64,
    width: i64,
    height: i64,
    /// What the end of the value axis stands for.
    most: i64,
}

impl Panel {
    const fn y(&self, value: i64) -> i64 {
        self.top + self.height - value * self.height / self.most
    }
    /// The middle of one of so many columns.
    const fn column(&self, number: i64, of: i64) -> i64 {
        self.left + self.width * (2 * number + 1) / (2 * of)
    }
    const fn x(&self, value: i64) -> i64 {
        self.left + value * self.width / self.most
    }
    const fn bottom(&self) -> i64 {
        self.top + self.height
    }
    const fn right(&self) -> i64 {
        self.left + self.width
    }
}

/// The whole picture.
#[must_use]
pub fn draw(results: &Results) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"title\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title id=\"title\">Jangteo: one hot auction, and the throughput of a laptop</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    if let Some(hot) = &results.hot_auction {
        text(&mut svg, 40, 36, "start", 17, INK, "One auction that everybody bids on");
        text(&mut svg, 40, 55, "start", 11, SOFT, &hot.source());
        legend(&mut svg);
        decided(&mut svg, &hot.figures);
        writes(&mut svg, &hot.figures);
    }
    if let Some(laptop) = &results.throughput {
        let title = "Everything in one process: the highest rate that keeps p99 within 250 ms";
        text(&mut svg, 40, 480, "start", 17, INK, title);
        text(&mut svg, 40, 499, "start", 11, SOFT, &laptop.source());
        waits(&mut svg, &laptop.figures);
    }
    svg.push_str("</svg>\n");
    svg
}

fn legend(svg: &mut String) {
    for ((strategy, colour), x) in COLOURS.into_iter().zip([40, 370, 590]) {
        marker(svg, strategy, colour, x + 6, 77);
        text(svg, x + 18, 81, "start", 12, INK, strategy.title());
    }
}

fn decided(svg: &mut String, outcomes: &[Outcome]) {
    let panel = Panel { left: 92, top: 125, width: 350, height: 260, most: 1_000 };
    text(svg, panel.left, 113, "start", 13, INK, "Attempts decided within 3 s, %");
    let ticks: Vec<(i64, String)> = (0..=4).map(|n| (n * 250, format!("{} %", n * 25))).collect();
    frame(svg, &panel, &ticks);
    let value = |outcome: &Outcome| signed(outcome.decided_per_mille());
    let label = |outcome: &Outcome| format!("{} %", tenths(outcome.decided_per_mille()));
    curves(svg, &panel, outcomes, (&value, &label));
}

fn writes(svg: &mut String, outcomes: &[Outcome]) {
    let most = outcomes.iter().map(Outcome::milli_writes_decided).max().unwrap_or(0);
    let most = signed(most.max(1)).div_euclid(1_000) * 1_000 + 1_000;
    let panel = Panel { left: 568, top: 125, width: 350, height: 260, most };
    text(svg, panel.left, 113, "start", 13, INK, "Write units for each attempt decided");
    let step = if most > 4_000 { 2_000 } else { 1_000 };
    let ticks: Vec<(i64, String)> =
        (0..=most / step).map(|n| (n * step, (n * step / 1_000).to_string())).collect();
    frame(svg, &panel, &ticks);
    let value = |outcome: &Outcome| signed(outcome.milli_writes_decided());
    let label = |outcome: &Outcome| thousandths(outcome.milli_writes_decided());
    curves(svg, &panel, outcomes, (&value, &label));
}

/// Grid, value axis and the rates below.
fn frame(svg: &mut String, panel: &Panel, ticks: &[(i64, String)]) {
    for (value, label) in ticks {
        let y = panel.y(*value);
        line(svg, panel.left, y, panel.right(), y, GRID);
        text(svg, panel.left - 8, y + 4, "end", 12, SOFT, label);
    }
    for (number, rate) in (0..).zip(RATES) {
        let x = panel.column(number, columns());
        text(svg, x, panel.bottom() + 20, "middle", 12, SOFT, &grouped(rate));
    }
    let middle = i64::midpoint(panel.left, panel.right());
    text(svg, middle, panel.bottom() + 42, "middle", 12, SOFT, "attempts offered per second");
}

/// How to read an outcome: its value on the axis, its label.
type Reading<'a> = (&'a dyn Fn(&Outcome) -> i64, &'a dyn Fn(&Outcome) -> String);

fn curves(svg: &mut String, panel: &Panel, outcomes: &[Outcome], (value, label): Reading<'_>) {
    let mut labels: Vec<(i64, &str, String)> = Vec::new();
    for (strategy, colour) in COLOURS.into_iter().rev() {
        let mut points = Vec::new();
        for (number, rate) in (0..).zip(RATES) {
            let of = |found: &&Outcome| found.strategy == strategy && found.offered == rate;
            let Some(outcome) = outcomes.iter().find(of) else { continue };
            let at = (panel.column(number, columns()), panel.y(value(outcome)));
            points.push(at);
            if number + 1 == columns() {
                labels.push((at.1, colour, label(outcome)));
            }
        }
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (x, y) in points {
            marker(svg, strategy, colour, x, y);
        }
    }
    // Apart enough to be read where curves end close together.
    labels.sort_by_key(|(y, ..)| *y);
    let mut free = panel.top;
    let x = panel.column(columns() - 1, columns()) + 10;
    for (y, colour, label) in labels {
        let y = (y + 4).max(free);
        text(svg, x, y, "start", 12, colour, &label);
        free = y + 14;
    }
}

fn waits(svg: &mut String, workloads: &[Workload]) {
    let panel = Panel { left: 370, top: 530, width: 540, height: 150, most: 300 };
    let rows = i64::try_from(workloads.len().max(1)).unwrap_or(1);
    for ms in [0, 50, 100, 150, 200, 250, 300] {
        let x = panel.x(ms);
        let colour = if signed(P99_MAX_MS) == ms { INK } else { GRID };
        line(svg, x, panel.top, x, panel.bottom(), colour);
        text(svg, x, panel.bottom() + 18, "middle", 12, SOFT, &ms.to_string());
    }
    let middle = i64::midpoint(panel.left, panel.right());
    let axis = "ms from the moment each was due to its end: p50 ○, p90 ◐, p99 ●";
    text(svg, middle, panel.bottom() + 40, "middle", 12, SOFT, axis);
    for (number, workload) in (0..).zip(workloads) {
        let y = panel.top + panel.height * (2 * number + 1) / (2 * rows);
        text(svg, 354, y - 2, "end", 13, INK, &workload.title);
        let Some(best) = workload.best() else {
            text(svg, 354, y + 14, "end", 12, SOFT, "no rate keeps it");
            continue;
        };
        let said =
            format!("{} /s · max {} ms", grouped_tenths(best.rate_tenths), best.max_us / 1_000);
        text(svg, 354, y + 14, "end", 12, SOFT, &said);
        let at = |us: u64| panel.x((signed(us) / 1_000).min(panel.most));
        line(svg, at(best.p50_us), y, at(best.p99_us), y, COLOURS[0].1);
        for (us, opacity) in [(best.p50_us, 0), (best.p90_us, 5), (best.p99_us, 10)] {
            let x = at(us);
            let colour = COLOURS[0].1;
            let _ = writeln!(
                svg,
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"6\" fill=\"{PAPER}\"/>\
                 <circle cx=\"{x}\" cy=\"{y}\" r=\"6\" fill=\"{colour}\" fill-opacity=\"{}\" \
                 stroke=\"{colour}\" stroke-width=\"2\"/>",
                tenths(opacity)
            );
        }
    }
}

fn columns() -> i64 {
    i64::try_from(RATES.len()).unwrap_or(1)
}

/// A shape of its own for each, for those who cannot tell the colours apart.
fn marker(svg: &mut String, strategy: Strategy, colour: &str, x: i64, y: i64) {
    let shape = match strategy {
        Strategy::Product => format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"5\""),
        Strategy::ConditionalWrite => {
            format!("<rect x=\"{}\" y=\"{}\" width=\"10\" height=\"10\"", x - 5, y - 5)
        }
        Strategy::Transaction => {
            let top = y - 6;
            let low = y + 5;
            let left = x - 6;
            let right = x + 6;
            format!("<path d=\"M{x} {top} L{right} {low} L{left} {low} Z\"")
        }
    };
    let _ = writeln!(svg, "{shape} fill=\"{colour}\"/>");
}

fn line(svg: &mut String, x1: i64, y1: i64, x2: i64, y2: i64, colour: &str) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{colour}\"/>"
    );
}

fn text(svg: &mut String, x: i64, y: i64, anchor: &str, size: i64, fill: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"{size}\" \
         fill=\"{fill}\" stroke=\"{PAPER}\" stroke-width=\"3\" paint-order=\"stroke\">\
         {text}</text>"
    );
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `123` → `12.3`, `120` → `12`.
fn tenths(number: u64) -> String {
    match number % 10 {
        0 => (number / 10).to_string(),
        rest => format!("{}.{rest}", number / 10),
    }
}

/// `29` thousandths → `0.03`, `5989` → `6.0`.
fn thousandths(number: u64) -> String {
    let tenths = (number + 50) / 100;
    let hundredths = (number + 5) / 10;
    match tenths {
        10.. => format!("{}.{}", tenths / 10, tenths % 10),
        _ => format!("{}.{:02}", hundredths / 100, hundredths % 100),
    }
}

/// `12345` tenths → `1,234.5`.
fn grouped_tenths(number: u64) -> String {
    match number % 10 {
        0 => grouped(number / 10),
        rest => format!("{}.{rest}", grouped(number / 10)),
    }
}

/// `1234567` → `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
