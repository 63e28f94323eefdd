//! The calls.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::update_item::UpdateItemError,
    types::{
        AttributeValue, ReturnConsumedCapacity, ReturnValue,
        ReturnValuesOnConditionCheckFailure as OnFailure,
    },
};
use aws_types::SdkConfig;

use crate::{
    CommitError, Item, Key, Label, StoreError, Table, Write, error::sort, meter, write::Kind,
};

/// How fresh a read must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Half the price; may miss the last moment.
    Eventual,
    Consistent,
}

/// The tables.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) client: Client,
    prefix: String,
}

impl Store {
    /// `prefix` comes before every table's own name.
    #[must_use]
    pub fn new(sdk: &SdkConfig, prefix: String) -> Self {
        Self { client: crate::client::client(sdk), prefix }
    }

    #[must_use]
    pub fn table_name(&self, table: Table) -> String {
        [&*self.prefix, table.name()].concat()
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub async fn get(
        &self,
        table: Table,
        key: &Key,
        read: Read,
    ) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(self.table_name(table))
            .set_key(Some(key.item()))
            .consistent_read(read == Read::Consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| sort(&error))?;
        meter::count(answer.consumed_capacity.as_slice());
        Ok(answer.item)
    }

    /// Applies one conditional write. A failed condition brings the item as it stands.
    pub async fn write(&self, write: Write) -> Result<(), CommitError> {
        match &write.kind {
            Kind::Put { .. } => self.put(write).await,
            Kind::Update { key, .. } => {
                let key = key.item();
                // Nobody looks at the item: it need not travel.
                self.update(write, key, ReturnValue::None).await.map(|_| ())
            }
            Kind::Delete { key } => {
                let key = key.item();
                self.delete(write, key).await
            }
            Kind::Check { .. } => {
                Err(StoreError::Refused("a check stands only in a transaction".to_owned()).into())
            }
        }
    }

    /// Applies one conditional update and brings the item after it.
    pub async fn write_returning(&self, write: Write) -> Result<Item, CommitError> {
        match &write.kind {
            Kind::Update { key, .. } => {
                let key = key.item();
                self.update(write, key, ReturnValue::AllNew).await
            }
            _ => Err(StoreError::Refused("only an update returns its item".to_owned()).into()),
        }
    }

    async fn update(
        &self,
        write: Write,
        key: HashMap<String, AttributeValue>,
        returning: ReturnValue,
    ) -> Result<Item, CommitError> {
        let label = write.unnamed();
        let update = write.update_expression();
        let condition = write.condition_expression();
        let table = self.table_name(write.table);
        let (names, values) = write.into_placeholders();
        let answer = self
            .client
            .update_item()
            .table_name(table)
            .set_key(Some(key))
            .set_update_expression(update)
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .set_return_values((returning != ReturnValue::None).then_some(returning))
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                meter::count_write(answer.consumed_capacity.as_slice());
                Ok(answer.attributes.unwrap_or_default())
            }
            Err(error) => Err(condition_or(label, error, |service| match service {
                UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item),
                _ => None,
            })),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that puts")]
    async fn put(&self, mut write: Write) -> Result<(), CommitError> {
        use aws_sdk_dynamodb::operation::put_item::PutItemError;
        let label = write.unnamed();
        let item = match &mut write.kind {
            Kind::Put { item } => std::mem::take(item),
            _ => return Err(StoreError::Refused("only a put has an item".to_owned()).into()),
        };
        let table = self.table_name(write.table);
        let condition = write.condition_expression();
        let (names, values) = write.into_placeholders();
        let answer = self
            .client
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                meter::count_write(answer.consumed_capacity.as_slice());
                Ok(())
            }
            Err(error) => Err(condition_or(label, error, |service| match service {
                PutItemError::ConditionalCheckFailedException(failed) => Some(failed.item),
                _ => None,
            })),
        }
    }

    async fn delete(
        &self,
        write: Write,
        key: HashMap<String, AttributeValue>,
    ) -> Result<(), CommitError> {
        use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
        let label = write.unnamed();
        let table = self.table_name(write.table);
        let condition = write.condition_expression();
        let (names, values) = write.into_placeholders();
        let answer = self
            .client
            .delete_item()
            .table_name(table)
            .set_key(Some(key))
            .set_condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                meter::count_write(answer.consumed_capacity.as_slice());
                Ok(())
            }
            Err(error) => Err(condition_or(label, error, |service| match service {
                DeleteItemError::ConditionalCheckFailedException(failed) => Some(failed.item),
                _ => None,
            })),
        }
    }
}

/// A failed condition (with the item `failed` finds in it), or whatever else went wrong.
fn condition_or<E>(
    label: Label,
    error: SdkError<E>,
    failed: impl FnOnce(E) -> Option<Option<Item>>,
) -> CommitError
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata + std::error::Error + 'static,
{
    let sorted = sort(&error);
    let condition = error.as_service_error().and_then(|service| service.code())
        == Some("ConditionalCheckFailedException");
    if !condition {
        return CommitError::Store(sorted);
    }
    // A failed condition is billed like a write of the item that stands there.
    meter::count(&[]);
    let item = match error {
        SdkError::ServiceError(service) => failed(service.into_err()).flatten(),
        _ => None,
    };
    CommitError::Condition { label, item }
}
