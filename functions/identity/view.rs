//! Accounts as clients see them.

use domain::identity::{Account, Address};
use kernel::{AddressId, Instant, UserId};
use serde::Serialize;
use store::identity::AddressRow;
use utoipa::ToSchema;

/// An account as its owner sees it.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    #[schema(value_type = String, format = Uuid)]
    pub id: UserId,
    #[schema(example = "minji@example.com")]
    pub email: Option<String>,
    /// Digits only.
    #[schema(example = "01012345678")]
    pub phone: Option<String>,
    #[schema(example = "민지")]
    pub nickname: String,
    /// `user`, `inspector`, `admin`.
    #[schema(example = json!(["user"]))]
    pub roles: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Rises at every change; what `ETag` and `If-Match` carry.
    #[schema(example = 1)]
    pub version: u32,
}

impl From<&Account> for Me {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            email: account.email.as_ref().map(|email| email.as_str().to_owned()),
            phone: account.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            nickname: account.nickname.to_string(),
            roles: account.roles.iter().map(|role| role.as_str()).collect(),
            created_at: account.created_at,
            version: account.version,
        }
    }
}

/// For the reference.
pub fn example() -> serde_json::Value {
    serde_json::json!({
        "id": "01a1fb67-1800-749f-8c41-2e18ebee38b6",
        "email": "minji@example.com",
        "phone": "01012345678",
        "nickname": "민지",
        "roles": ["user"],
        "createdAt": "2026-11-21T09:00:00.000Z",
        "version": 1,
    })
}

/// An entry of the caller's address book.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressView {
    #[schema(value_type = String, format = Uuid)]
    id: AddressId,
    #[schema(example = "김민지")]
    recipient: String,
    /// Digits only.
    #[schema(example = "01012345678")]
    phone: String,
    #[schema(example = "06236")]
    postcode: String,
    #[schema(example = "서울 강남구 테헤란로 152")]
    line1: String,
    #[schema(example = "3층")]
    line2: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl AddressView {
    pub fn new(row: &AddressRow) -> Self {
        let Address { recipient, phone, postcode, line1, line2 } = row.address.clone();
        let phone = phone.as_str().to_owned();
        let id = row.id;
        let created_at = row.created_at;
        Self { id, recipient, phone, postcode, line1, line2, created_at }
    }
}
