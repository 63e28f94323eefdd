use platform::{Delivery, Trigger};

use crate::{
    Api, apis_block, stacks, stacks_block, tables_block,
    template::dead_letters,
    yaml::{block, list, map, plain, text, write},
};

/// All nested stacks, one after the other.
fn resources_block() -> String {
    stacks().into_iter().map(|stack| stack.content).collect()
}

#[test]
fn yaml_is_indented_and_quoted_as_yaml_wants() {
    let node = map([
        ("Plain", plain("!Ref Table")),
        ("Text", text("it's: here")),
        ("Block", block("!Sub", "one\n  two")),
        ("List", list([plain("a"), map([("B", plain("1")), ("C", list([plain("d")]))])])),
    ]);
    let expected = "  Plain: !Ref Table
  Text: 'it''s: here'
  Block: !Sub |
    one
      two
  List:
    - a
    - B: 1
      C:
        - d
";
    assert_eq!(write(&node, 1), expected);
}

/// The lines of one resource of the generated block.
fn resource(id: &str) -> String {
    let block = resources_block();
    let (_, rest) = block.split_once(&format!("  {id}:\n")).unwrap();
    let own = rest.lines().take_while(|line| line.starts_with("    "));
    own.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_function_that_queries_may_read_the_indexes_of_its_table_and_nothing_else() {
    let sweep = resource("OperationSweepOutboxFunction");
    assert!(sweep.contains("- dynamodb:Query"));
    assert!(sweep.contains("- !Ref OutboxTableArn\n"));
    assert!(sweep.contains("- !Sub ${OutboxTableArn}/index/*\n"));
    assert!(!sweep.contains("dynamodb:Scan"));
    assert!(!sweep.contains("IdentityTable"));
    let health = resource("OperationCheckHealthFunction");
    assert!(!health.contains("/index/"));
}

#[test]
fn nobody_may_scan_or_do_everything() {
    let block = resources_block();
    for action in ["dynamodb:Scan", "dynamodb:*", "sqs:*", "events:*", "s3:", "iam:Create"] {
        assert!(!block.contains(action), "{action}");
    }
}

#[test]
fn whoever_may_text_phones_may_not_publish_to_topics() {
    let block = resources_block();
    let senders = block.matches("- sns:Publish\n").count();
    assert_eq!(block.matches("Sid: 'PhonesOnly'").count() * 2, senders);
}

/// Lambda takes 1 to 900 seconds; API Gateway waits 30 for an answer that is not streamed. The
/// embedded cloud ends an invocation there, too.
#[test]
fn a_function_ends_before_whoever_waits_for_it_gives_up() {
    for function in crate::functions() {
        let waits = function.http().is_some_and(|http| http.delivery != Delivery::Streamed);
        let limit = if waits { 29 } else { 900 };
        assert!((1..=limit).contains(&function.timeout_s), "{}", function.id());
    }
}

#[test]
fn a_queue_hides_a_message_for_six_timeouts_and_gives_up_at_last() {
    for function in crate::functions() {
        let Trigger::Queue(queue) = &function.trigger else { continue };
        let text = resource(&super::template::queue_logical_id(&function.id()));
        let visibility = function.timeout_s * 6;
        assert!(text.contains(&format!("VisibilityTimeout: {visibility}\n")), "{text}");
        assert!(queue.max_receive_count >= 3, "{}", function.id());
        assert!(text.contains(&format!("maxReceiveCount: {}\n", queue.max_receive_count)));
    }
}

#[test]
fn the_answer_to_everything_unknown_is_the_default_route() {
    let apis = apis_block();
    let (api, web) = apis.split_once("\n  WebApi:\n").unwrap();
    for block in [api, web] {
        let (_, route) = block.split_once("          $default:\n").unwrap();
        let (operation, _) = route.split_once("          /").unwrap();
        assert!(operation.contains("x-amazon-apigateway-any-method:"));
        assert!(operation.contains("${AWS::StackName}-operation-answer-unknown/invocations"));
        assert_eq!(block.matches("isDefaultRoute: true").count(), 1);
        assert!(operation.contains("isDefaultRoute: true"));
    }
}

#[test]
fn an_alarm_adds_up_at_most_ten_queues_and_no_queue_is_left_out() {
    let names: Vec<String> = (0..23).map(|number| format!("queue-{number}")).collect();
    let queues: Vec<&str> = names.iter().map(String::as_str).collect();
    let alarms = dead_letters("context", &queues);
    let ids: Vec<&str> = alarms.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["ContextDeadLetters", "ContextDeadLetters2", "ContextDeadLetters3"]);
    let texts: Vec<String> = alarms.iter().map(|(_, alarm)| write(alarm, 0)).collect();
    let metrics: Vec<usize> =
        texts.iter().map(|text| text.matches("MetricStat:").count()).collect();
    assert_eq!(metrics, [10, 10, 3]);
    let all = texts.concat();
    for number in 0..23 {
        assert_eq!(all.matches(&format!("!GetAtt Queue{number}DeadLetterQueue.")).count(), 1);
    }
}

#[test]
fn blocks_are_the_same_every_time() {
    assert_eq!(resources_block(), resources_block());
    assert_eq!(apis_block(), apis_block());
    assert_eq!(stacks_block(), stacks_block());
    assert_eq!(tables_block(), tables_block());
}

#[test]
fn a_path_stands_where_its_readers_are() {
    let of = |path| (Api::Api.serves(path), Api::Web.serves(path));
    for path in ["/v1/auctions", "/.well-known/jwks.json", "/v1/admin/users/{userId}/audit"] {
        assert_eq!(of(path), (true, false), "{path}");
    }
    for path in ["/docs", "/", "/auctions/{auctionId}", "/assets/{name}", "/v1/admin/stuck"] {
        assert_eq!(of(path), (false, true), "{path}");
    }
    for path in ["$default", "/v1/openapi.json"] {
        assert_eq!(of(path), (true, true), "{path}");
    }
}
