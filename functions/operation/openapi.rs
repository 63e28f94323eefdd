//! The API reference, as a text that the binary carries.

/// The reference as `cargo xtask gen` wrote it.
pub const OPENAPI_JSON: &str = include_str!("../../infra/openapi.json");
