//! From an ask and a bid at one price to the seller's money: everything that owner, centre and
//! staff of an exchange would do, over HTTP.

mod ending;
mod fixture;
mod paying;
