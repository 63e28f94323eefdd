//! Names and references in the templates.

use platform::{Function, Secret, capitalize};
use store::Table;

use crate::yaml::{Node, plain};

/// `!Sub` of a name after the prefix, in the parent: its own name.
pub(super) fn parent_name(name: &str) -> Node {
    plain(format!("!Sub ${{AWS::StackName}}-{name}"))
}

/// The same in a nested stack, whose own name is one that CloudFormation made up.
pub(super) fn stack_name(name: &str) -> Node {
    plain(format!("!Sub ${{Prefix}}-{name}"))
}

/// The ARN of a function in the parent, as text for `!Sub`: a name is no reference, so that no
/// cycle can arise, and `sam local` finds the function in whatever stack it is.
pub(super) fn function_arn(function: &Function) -> String {
    format!(
        "arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:\
         ${{AWS::StackName}}-{}",
        function.id()
    )
}

/// `close-auction` → `CloseAuction`.
pub(super) fn pascal(name: &str) -> String {
    name.split(['-', '_']).map(capitalize).collect()
}

/// The logical id of a queue by the function that consumes it: `auction-close-auction` →
/// `AuctionCloseAuctionQueue`.
pub(crate) fn queue_logical_id(queue: &str) -> String {
    format!("{}Queue", pascal(queue))
}

pub(super) fn dead_letter_logical_id(queue: &str) -> String {
    format!("{}DeadLetterQueue", pascal(queue))
}

/// The logical id of a table: `AuctionTable`.
pub(super) fn table_logical_id(table: Table) -> String {
    format!("{}Table", pascal(table.name()))
}

/// The logical id of a context's nested stack in the parent: `AuctionStack`.
pub(super) fn stack_logical_id(context: &str) -> String {
    format!("{}Stack", pascal(context))
}

pub(super) fn log_group_logical_id(context: &str) -> String {
    format!("{}LogGroup", pascal(context))
}

/// The parameter that carries a table's ARN.
pub(super) fn table_arn(table: Table) -> String {
    format!("{}Arn", table_logical_id(table))
}

/// The parameter that carries the ARN of a table's stream.
pub(super) fn table_stream(table: Table) -> String {
    format!("{}StreamArn", table_logical_id(table))
}

/// The parameter that carries a secret's ARN.
pub(super) fn secret_arn(secret: Secret) -> String {
    format!("{}Arn", secret_logical_id(secret))
}

/// The logical id of a secret in the parent: `SigningSecret`.
pub(super) fn secret_logical_id(secret: Secret) -> String {
    format!("{}Secret", pascal(secret.name()))
}

pub(super) fn api_role_logical_id(context: &str) -> String {
    format!("{}ApiRole", pascal(context))
}
