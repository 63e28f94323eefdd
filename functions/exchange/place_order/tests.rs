//! What comes of an order, and what is refused.

mod answers;
mod refusals;
