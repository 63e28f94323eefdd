//! The binary of the identity functions; `_HANDLER` picks one.

fn main() -> std::process::ExitCode {
    platform::host::main(jangteo_identity::FUNCTIONS)
}
