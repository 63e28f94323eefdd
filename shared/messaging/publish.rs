//! The AWS services that carry messages, each client built when first used.

use std::sync::OnceLock;

use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use aws_types::SdkConfig;
use events::Envelope;
use kernel::{Instant, Span, causes};
use serde::Serialize;

use crate::FunctionName;

/// How many entries one `PutEvents` takes.
const PUT_EVENTS_ENTRIES_MAX: usize = 10;
/// The longest delay SQS accepts.
pub const QUEUE_DELAY_MAX: Span = Span::seconds(900);

/// What the stack calls its things.
#[derive(Clone, Debug)]
pub struct Names {
    pub event_bus: String,
    /// Everything before a queue's own name, like `https://sqs.…/123456789012/jangteo-`.
    pub queue_url_prefix: String,
    /// Everything before a function's id, like `arn:aws:lambda:…:function:jangteo-`.
    pub function_arn_prefix: String,
    pub schedule_group: String,
    /// The role the scheduler assumes to invoke a function.
    pub schedule_role_arn: String,
    /// The verified sender of e-mails.
    pub email_from: String,
}

/// A text message to one phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms<'a> {
    /// E.164, like `+821012345678`.
    pub phone: &'a str,
    pub text: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email<'a> {
    pub to: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
}

/// A service did not take a message. Whether it was delivered all the same is unknown.
#[derive(Debug, thiserror::Error)]
#[error("{service} did not take the message: {reason}")]
pub struct PublishError {
    service: &'static str,
    reason: String,
}

impl PublishError {
    fn new<E: std::error::Error>(service: &'static str) -> impl Fn(E) -> Self {
        move |error| Self { service, reason: causes(&error) }
    }
}

#[derive(Debug)]
pub struct Publisher {
    sdk: SdkConfig,
    names: Names,
    bus: OnceLock<aws_sdk_eventbridge::Client>,
    queues: OnceLock<aws_sdk_sqs::Client>,
    phones: OnceLock<aws_sdk_sns::Client>,
    mails: OnceLock<aws_sdk_sesv2::Client>,
    schedules: OnceLock<aws_sdk_scheduler::Client>,
}

impl Publisher {
    #[must_use]
    pub fn new(sdk: SdkConfig, names: Names) -> Self {
        Self {
            sdk,
            names,
            bus: OnceLock::new(),
            queues: OnceLock::new(),
            phones: OnceLock::new(),
            mails: OnceLock::new(),
            schedules: OnceLock::new(),
        }
    }

    /// Puts events on the bus. An error means that some may have arrived and some not: publish all
    /// again.
    pub async fn publish(&self, envelopes: &[Envelope]) -> Result<(), PublishError> {
        let client = self.bus.get_or_init(|| aws_sdk_eventbridge::Client::new(&self.sdk));
        for chunk in envelopes.chunks(PUT_EVENTS_ENTRIES_MAX) {
            let mut entries = Vec::with_capacity(chunk.len());
            for envelope in chunk {
                entries.push(
                    PutEventsRequestEntry::builder()
                        .event_bus_name(&self.names.event_bus)
                        .source("jangteo")
                        .detail_type(&envelope.kind)
                        .detail(encode("EventBridge", envelope)?)
                        .build(),
                );
            }
            let answer = client.put_events().set_entries(Some(entries)).send().await;
            let answer = answer.map_err(PublishError::new("EventBridge"))?;
            if answer.failed_entry_count() > 0 {
                let reasons: Vec<_> =
                    answer.entries().iter().filter_map(|entry| entry.error_code()).collect();
                return Err(PublishError { service: "EventBridge", reason: reasons.join(", ") });
            }
        }
        Ok(())
    }

    /// Sends `body` to the queue of `consumer`, to appear after `delay` (held to SQS's 15 minutes).
    pub async fn send<B: Serialize + Sync>(
        &self,
        consumer: FunctionName,
        body: &B,
        delay: Span,
    ) -> Result<(), PublishError> {
        let client = self.queues.get_or_init(|| aws_sdk_sqs::Client::new(&self.sdk));
        let seconds = delay.min(QUEUE_DELAY_MAX).as_seconds_ceil();
        client
            .send_message()
            .queue_url(format!("{}{consumer}", self.names.queue_url_prefix))
            .message_body(encode("SQS", body)?)
            .delay_seconds(i32::try_from(seconds).unwrap_or(900))
            .send()
            .await
            .map(|_| ())
            .map_err(PublishError::new("SQS"))
    }

    /// Hands a text message over, once: SNS knows no idempotency key, so the client never repeats
    /// the call by itself. After an error it may have been delivered all the same.
    pub async fn sms(&self, sms: &Sms<'_>) -> Result<(), PublishError> {
        let client = self.phones.get_or_init(|| {
            let once = aws_sdk_sns::config::retry::RetryConfig::disabled();
            let config = aws_sdk_sns::config::Builder::from(&self.sdk).retry_config(once);
            aws_sdk_sns::Client::from_conf(config.build())
        });
        let request = client.publish().phone_number(sms.phone).message(sms.text);
        request.send().await.map(|_| ()).map_err(PublishError::new("SNS"))
    }

    /// Hands an e-mail over, once, for the reason given at [`Publisher::sms`].
    pub async fn email(&self, email: &Email<'_>) -> Result<(), PublishError> {
        let client = self.mails.get_or_init(|| {
            let once = aws_sdk_sesv2::config::retry::RetryConfig::disabled();
            let config = aws_sdk_sesv2::config::Builder::from(&self.sdk).retry_config(once);
            aws_sdk_sesv2::Client::from_conf(config.build())
        });
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build();
        let failed = PublishError::new("SES");
        let message = Message::builder()
            .subject(content(email.subject).map_err(&failed)?)
            .body(Body::builder().text(content(email.text).map_err(&failed)?).build())
            .build();
        client
            .send_email()
            .from_email_address(&self.names.email_from)
            .destination(Destination::builder().to_addresses(email.to).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map(|_| ())
            .map_err(PublishError::new("SES"))
    }

    /// Arranges one invocation of `function` at `at`; the schedule deletes itself.
    /// A schedule of that name that exists already is left as it is: the call repeats safely.
    pub async fn schedule<I: Serialize + Sync>(
        &self,
        name: &str,
        function: FunctionName,
        at: Instant,
        input: &I,
    ) -> Result<(), PublishError> {
        let client = self.schedules.get_or_init(|| aws_sdk_scheduler::Client::new(&self.sdk));
        let failed = PublishError::new("Scheduler");
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let target = Target::builder()
            .arn(format!("{}{function}", self.names.function_arn_prefix))
            .role_arn(&self.names.schedule_role_arn)
            .input(encode("Scheduler", input)?)
            .build();
        // The service reads whole seconds without a zone: "at(2026-11-21T09:00:00)", UTC.
        let text = at.to_string();
        let seconds = text.split('.').next().unwrap_or(&text);
        let answer = client
            .create_schedule()
            .name(name)
            .group_name(&self.names.schedule_group)
            .schedule_expression(format!("at({seconds})"))
            .action_after_completion(ActionAfterCompletion::Delete)
            .flexible_time_window(window.map_err(&failed)?)
            .target(target.map_err(&failed)?)
            .send()
            .await;
        match answer.map_err(aws_sdk_scheduler::error::SdkError::into_service_error) {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict_exception() => Ok(()),
            Err(error) => Err(PublishError::new("Scheduler")(error)),
        }
    }
}

fn encode<B: Serialize>(service: &'static str, body: &B) -> Result<String, PublishError> {
    serde_json::to_string(body).map_err(PublishError::new(service))
}
