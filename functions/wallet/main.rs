//! The binary of the wallet functions; `_HANDLER` picks one.

fn main() -> std::process::ExitCode {
    platform::host::main_requiring(jangteo_wallet::FUNCTIONS, jangteo_wallet::requirement)
}
