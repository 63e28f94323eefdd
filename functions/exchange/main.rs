//! Hands the context's functions to the Lambda host, which serves the one named by `_HANDLER`.

fn main() -> std::process::ExitCode {
    platform::host::main(jangteo_exchange::FUNCTIONS)
}
