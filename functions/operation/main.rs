//! The binary of the operation functions; `_HANDLER` picks one.

fn main() -> std::process::ExitCode {
    platform::host::main(jangteo_operation::FUNCTIONS)
}
