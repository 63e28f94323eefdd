//! The code that a buyer shows at the handing over.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::trade::{Handover, Trade};
use platform::{App, Problem};

const DIGITS: usize = 6;
const CODES: u64 = 1_000_000;

/// The code that counts now: nobody can guess it, and it is kept nowhere.
pub fn code(app: &App, trade: &Trade, meeting: Handover) -> Result<String, Problem> {
    let number = meeting.code.to_be_bytes();
    let sealed = app.keys.seal("handover-code", &[trade.id.uuid().as_bytes(), &number])?;
    let [a, b, c, d, e, f, g, h, ..] = sealed;
    let code = u64::from_be_bytes([a, b, c, d, e, f, g, h]) % CODES;
    Ok(format!("{code:0DIGITS$}"))
}

/// Whether `entered` is the code that counts now.
pub fn is_code(app: &App, trade: &Trade, entered: &str) -> Result<bool, Problem> {
    let Some(meeting) = trade.meeting else { return Ok(false) };
    let due = code(app, trade, meeting)?;
    Ok(verify_slices_are_equal(due.as_bytes(), entered.as_bytes()).is_ok())
}

/// Six digits as phones type them: full-width ones are digits, spaces are left out.
pub fn entered(text: &str) -> Result<String, Problem> {
    let plain = |letter: char| match letter {
        '０'..='９' => {
            char::from_digit(u32::from(letter) - u32::from('０'), 10).unwrap_or(letter)
        }
        other => other,
    };
    let digits: String =
        text.chars().filter(|letter| *letter != ' ').take(DIGITS + 1).map(plain).collect();
    if digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(digits);
    }
    Err(Problem::field("/code", "invalid", "The code has six digits."))
}
