//! Pieces of the templates.

use crate::yaml::{Node, list, map, plain, text, write};

/// How far resources stand from the margin.
pub(super) const RESOURCE_DEPTH: usize = 1;

/// A resource, output or other entry: its logical id and what it is.
pub(super) type TemplateEntry = (String, Node);

pub(super) fn resources(entries: Vec<TemplateEntry>) -> String {
    let blocks = entries.into_iter().map(|entry| write(&map([entry]), RESOURCE_DEPTH));
    blocks.collect::<Vec<_>>().join("\n")
}

pub(super) fn heading(text: &str) -> String {
    format!("  # {text}\n")
}

/// An alarm that tells the topic; missing data is good news.
pub(super) fn alarm(description: &str, properties: Vec<(&'static str, Node)>) -> Node {
    let mut all = vec![("AlarmDescription", text(description))];
    all.extend(properties);
    all.extend([
        ("TreatMissingData", plain("notBreaching")),
        ("AlarmActions", list([plain("!Ref AlarmTopic")])),
    ]);
    map([("Type", plain("AWS::CloudWatch::Alarm")), ("Properties", map(all))])
}
