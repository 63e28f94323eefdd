//! The instant from which a test counts.

/// When every test begins: a Saturday morning in Seoul.
pub const START: &str = "2026-11-21T00:00:00.000Z";
