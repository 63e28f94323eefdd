//! What no comparison with another engine shows: numbers, and what lies outside the grammar.
