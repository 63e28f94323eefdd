//! The states of a trade as lists are asked for by them.

use domain::trade::State;
use serde::Deserialize;
use utoipa::ToSchema;

/// Which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateName {
    AwaitingPayment,
    AwaitingShipment,
    InTransit,
    Inspecting,
    AwaitingConsent,
    Forwarding,
    Delivered,
    Disputed,
    AwaitingReturn,
    Returning,
    Completed,
    Cancelled,
}

impl From<StateName> for State {
    fn from(name: StateName) -> Self {
        match name {
            StateName::AwaitingPayment => Self::AwaitingPayment,
            StateName::AwaitingShipment => Self::AwaitingShipment,
            StateName::InTransit => Self::InTransit,
            StateName::Inspecting => Self::Inspecting,
            StateName::AwaitingConsent => Self::AwaitingConsent,
            StateName::Forwarding => Self::Forwarding,
            StateName::Delivered => Self::Delivered,
            StateName::Disputed => Self::Disputed,
            StateName::AwaitingReturn => Self::AwaitingReturn,
            StateName::Returning => Self::Returning,
            StateName::Completed => Self::Completed,
            StateName::Cancelled => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_state_is_asked_for_by_the_name_that_a_trade_shows() {
        for state in State::ALL {
            let name: StateName = serde_json::from_value(json!(state.as_str())).unwrap();
            assert_eq!(State::from(name), *state);
        }
    }
}
