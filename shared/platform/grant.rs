//! What a function may do: its role in the cloud, and what the embedded cloud lets it do.

use messaging::FunctionName;
use store::Table;

/// Permission for some actions on the items of one table:
/// `Grant::table(Table::Auction).get().update()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub table: Table,
    /// A bit an action.
    actions: u8,
}

/// What can be done with a table, as far as functions do it. There is no `Scan`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableAction {
    BatchGet,
    Check,
    Delete,
    Get,
    Put,
    Query,
    Update,
}

/// A service beside the tables that a function may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// The queue that this function consumes. See [`Service::queue_of`].
    Queue(FunctionName),
    /// The queue that the function itself consumes.
    OwnQueue,
    /// The bus, to put its own events on it: those that it [tells](crate::Function::tells).
    EventBus,
    /// The bus, to put events on it that others told.
    EventRelay,
    /// One-time schedules of the stack's group, and passing the scheduler's role.
    Schedules,
    /// SMS to a phone number has no resource of its own.
    Sms,
    EmailIdentity,
}

impl Grant {
    /// Nothing yet.
    #[must_use]
    pub const fn table(table: Table) -> Self {
        Self { table, actions: 0 }
    }
    #[must_use]
    pub const fn get(self) -> Self {
        self.with(TableAction::Get)
    }
    #[must_use]
    pub const fn batch_get(self) -> Self {
        self.with(TableAction::BatchGet)
    }
    /// Also of the table's indexes.
    #[must_use]
    pub const fn query(self) -> Self {
        self.with(TableAction::Query)
    }
    #[must_use]
    pub const fn put(self) -> Self {
        self.with(TableAction::Put)
    }
    #[must_use]
    pub const fn update(self) -> Self {
        self.with(TableAction::Update)
    }
    #[must_use]
    pub const fn delete(self) -> Self {
        self.with(TableAction::Delete)
    }
    /// A transaction's condition on an item that it does not write.
    #[must_use]
    pub const fn check(self) -> Self {
        self.with(TableAction::Check)
    }

    const fn with(self, action: TableAction) -> Self {
        Self { table: self.table, actions: self.actions | action.bit() }
    }

    /// The granted actions, in the order of their names.
    pub fn actions(self) -> impl Iterator<Item = TableAction> {
        let all = TableAction::ALL.iter().copied();
        all.filter(move |action| self.actions & action.bit() != 0)
    }
}

impl TableAction {
    const ALL: &[Self] = &[
        Self::BatchGet,
        Self::Check,
        Self::Delete,
        Self::Get,
        Self::Put,
        Self::Query,
        Self::Update,
    ];

    const fn bit(self) -> u8 {
        match self {
            Self::BatchGet => 1 << 0,
            Self::Check => 1 << 1,
            Self::Delete => 1 << 2,
            Self::Get => 1 << 3,
            Self::Put => 1 << 4,
            Self::Query => 1 << 5,
            Self::Update => 1 << 6,
        }
    }

    /// As IAM spells it.
    #[must_use]
    pub const fn iam(self) -> &'static str {
        match self {
            Self::BatchGet => "dynamodb:BatchGetItem",
            Self::Check => "dynamodb:ConditionCheckItem",
            Self::Delete => "dynamodb:DeleteItem",
            Self::Get => "dynamodb:GetItem",
            Self::Put => "dynamodb:PutItem",
            Self::Query => "dynamodb:Query",
            Self::Update => "dynamodb:UpdateItem",
        }
    }
}

impl Service {
    /// The one action that functions need of it, as IAM spells it.
    #[must_use]
    pub const fn iam(self) -> &'static str {
        match self {
            Self::Queue(_) | Self::OwnQueue => "sqs:SendMessage",
            Self::EventBus | Self::EventRelay => "events:PutEvents",
            Self::Schedules => "scheduler:CreateSchedule",
            Self::Sms => "sns:Publish",
            Self::EmailIdentity => "ses:SendEmail",
        }
    }
}
