//! Accounts: who somebody is to the market, and the names that only one account may hold.
//!
//! Promises: a value of [`Email`], [`Phone`], [`Nickname`] or [`Password`] is well-formed, since
//! there is no other way to make one; two spellings of one name are one [`Claim`].

mod account;
mod address;
mod claim;
mod email;
mod nickname;
mod password;
mod phone;
pub mod policy;
mod role;

pub use account::{Account, Edit, EditRejection, Swap, edit};
pub use address::{ADDRESSES_MAX, Address, InvalidAddress};
pub use claim::{Claim, ClaimKind, InvalidLogin};
pub use email::{Email, InvalidEmail};
pub(crate) use nickname::prints_as_it_is;
pub use nickname::{InvalidNickname, Nickname};
pub use password::{InvalidPassword, Password};
pub use phone::{InvalidPhone, Phone};
pub use role::{InvalidRole, Role};
