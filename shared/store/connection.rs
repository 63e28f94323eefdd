//! A connection to the tables, opened before anybody waits for it.

use aws_sdk_dynamodb::{
    config::{
        Builder, ConfigBag, Intercept, RuntimeComponents, http::HttpRequest,
        interceptors::BeforeTransmitInterceptorContextMut, retry::RetryConfig,
    },
    error::{BoxError, SdkError},
};

use crate::{Key, Store, StoreError, Table, error::sort};

/// Makes a plain `GET /` out of a read. DynamoDB answers it with a word about its health: nobody is
/// asked for permission, and no units are used.
#[derive(Debug)]
struct Ping;

impl Intercept for Ping {
    fn name(&self) -> &'static str {
        "Ping"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // What the read was signed with stays here.
        let ping = HttpRequest::get(context.request().uri())?;
        *context.request_mut() = ping;
        Ok(())
    }
}

impl Store {
    /// Opens the connection that the next call will use, through everything that a call goes
    /// through: what the client does only once is done by then, too.
    pub async fn connect(&self) -> Result<(), StoreError> {
        let once = Builder::new().retry_config(RetryConfig::disabled());
        let request = self.client.get_item().table_name(self.table_name(Table::Operation));
        let request = request.set_key(Some(Key::new("ping", "ping").item()));
        let request = request.customize().interceptor(Ping).config_override(once);
        match request.send().await {
            // An answer of any kind came over a connection.
            Ok(_) | Err(SdkError::ServiceError(_) | SdkError::ResponseError(_)) => Ok(()),
            Err(error) => Err(sort(&error)),
        }
    }
}
