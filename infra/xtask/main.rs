//! `cargo xtask <command>`: everything a developer runs besides `cargo test`.

use std::process::ExitCode;

use jangteo_xtask::{COMMANDS, usage};

#[expect(clippy::print_stderr, reason = "a command-line tool says what went wrong")]
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("{}", usage());
        return ExitCode::FAILURE;
    };
    let arguments: Vec<String> = arguments.collect();
    match (command.run)(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
