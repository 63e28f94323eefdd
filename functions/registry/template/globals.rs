//! What all functions of a stack have in common: runtime, log group, environment.

use super::names::log_group_logical_id;
use crate::yaml::{Node, list, map, plain};

/// The condition under which functions are told of another endpoint than AWS's own.
const HAS_ENDPOINT: &str = "HasAwsEndpointUrl";

/// The functions' environment, as `Config::from_env` reads it.
const VARIABLES: &[(&str, &str)] = &[
    ("TABLE_PREFIX", "!Sub ${Prefix}-"),
    ("EVENT_BUS", "!Ref EventBus"),
    (
        "QUEUE_URL_PREFIX",
        "!Sub https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/${Prefix}-",
    ),
    (
        "FUNCTION_ARN_PREFIX",
        "!Sub arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Prefix}-",
    ),
    ("SCHEDULE_GROUP", "!Ref ScheduleGroup"),
    ("SCHEDULE_ROLE_ARN", "!Ref SchedulerRoleArn"),
    ("EMAIL_FROM", "!Ref EmailFrom"),
    ("ISSUER", "!Ref PublicUrl"),
    ("ALLOWED_ORIGINS", "!Ref AllowedOrigins"),
    ("SMS_DAILY_MAX", "!Ref SmsDailyMax"),
    ("EMAIL_DAILY_MAX", "!Ref EmailDailyMax"),
    ("PAYOUT_BANK", "!Ref PayoutBank"),
    ("TOSS_BASE_URL", "!Ref TossBaseUrl"),
    ("TOSS_CHECKOUT_URL", "!Ref TossCheckoutUrl"),
    ("KAKAOPAY_BASE_URL", "!Ref KakaoPayBaseUrl"),
    ("KAKAOPAY_CID", "!Ref KakaoPayCid"),
    ("PAYMENT_RETURN_URL", "!Ref PaymentReturnUrl"),
    ("CARRIER_API_URL", "!Ref CarrierApiUrl"),
    ("AWS_ENDPOINT_URL", "!If [HasAwsEndpointUrl, !Ref AwsEndpointUrl, !Ref AWS::NoValue]"),
];

pub(super) fn conditions() -> Node {
    map([(HAS_ENDPOINT, plain("!Not [!Equals [!Ref AwsEndpointUrl, '']]"))])
}

/// The section `Globals` of a context's stack.
pub(super) fn globals(context: &str) -> Node {
    let logging = map([
        ("LogFormat", plain("JSON")),
        // Every invocation writes its own line; of Lambda's lines only the bad news are wanted.
        ("SystemLogLevel", plain("WARN")),
        ("LogGroup", plain(format!("!Ref {}", log_group_logical_id(context)))),
    ]);
    let variables = map(VARIABLES.iter().map(|(name, value)| (*name, plain(*value))));
    let function = map([
        ("Runtime", plain("provided.al2023")),
        ("Architectures", list([plain("!Ref Architecture")])),
        ("LoggingConfig", logging),
        ("Environment", map([("Variables", variables)])),
    ]);
    map([("Function", function)])
}
