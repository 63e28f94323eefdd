//! The binary of the notification functions; `_HANDLER` picks one.

fn main() -> std::process::ExitCode {
    platform::host::main(jangteo_notification::FUNCTIONS)
}
