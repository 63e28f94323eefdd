//! The deployment: the parent `template.yaml` and the nested stacks fit into CloudFormation, fit to
//! each other, and hold what the code expects of them.
//!
//! Templates are read line by line: their own layout (two spaces a step, block style for what is
//! looked at here) is part of what these tests hold fast. `cfn-lint` checks the rest.

mod alarms;
mod limits;
mod queues;
mod routes;
mod stacks;

use std::fs;

use platform::{Config, Secret};
use store::Table;

use crate::support::root;

const PARENT: &str = "template.yaml";
const STACKS: &str = "infra/stacks";

/// One entry under `Resources:`.
struct Resource {
    id: String,
    kind: String,
    text: String,
}

/// The nested stacks' files, from the workspace's folder.
fn stacks() -> Vec<String> {
    let files = fs::read_dir(root().join(STACKS)).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut paths: Vec<String> = names.map(|name| format!("{STACKS}/{name}")).collect();
    paths.sort();
    paths
}

/// The parent, then the nested stacks.
fn templates() -> Vec<String> {
    [PARENT.to_owned()].into_iter().chain(stacks()).collect()
}

/// The lines of a top-level section.
fn section(template: &str, name: &str) -> String {
    let template = fs::read_to_string(root().join(template)).unwrap();
    let lines = template.lines().skip_while(|line| *line != format!("{name}:")).skip(1);
    let own = lines.take_while(|line| line.is_empty() || line.starts_with([' ', '#']));
    own.map(|line| format!("{line}\n")).collect()
}

fn resources_of(template: &str) -> Vec<Resource> {
    let mut resources: Vec<Resource> = Vec::new();
    for line in section(template, "Resources").lines() {
        let name = line.strip_prefix("  ").filter(|rest| !rest.starts_with([' ', '#']));
        if let Some(id) = name.and_then(|rest| rest.strip_suffix(':')) {
            let (id, kind, text) = (id.to_owned(), String::new(), String::new());
            resources.push(Resource { id, kind, text });
        } else if let Some(resource) = resources.last_mut() {
            if let Some(kind) = line.strip_prefix("    Type: ") {
                kind.clone_into(&mut resource.kind);
            }
            resource.text.push_str(line);
            resource.text.push('\n');
        }
    }
    resources
}

/// The resources of all templates.
fn resources() -> Vec<Resource> {
    templates().iter().flat_map(|template| resources_of(template)).collect()
}

fn resource(id: &str) -> Resource {
    let found = resources().into_iter().find(|resource| resource.id == id);
    found.unwrap_or_else(|| panic!("no template has {id}"))
}

impl Resource {
    fn has(&self, line: &str) -> bool {
        self.text.lines().any(|own| own.trim() == line)
    }

    fn count(&self, line: &str) -> usize {
        self.text.lines().filter(|own| own.trim() == line).count()
    }

    /// How many resources SAM makes of this one (its published rules: "Generated CloudFormation
    /// resources").
    fn transformed(&self) -> usize {
        match self.kind.as_str() {
            "AWS::Serverless::HttpApi" => 2, // the API and its stage
            "AWS::Serverless::Application" => 1,
            "AWS::Serverless::Function" => {
                let role = usize::from(!self.has("Role:"));
                let sources = self.count("Type: SQS") - self.destinations();
                let streams = self.count("Type: DynamoDB");
                // A schedule brings a role of its own unless it is handed one.
                let schedules = self.count("Type: ScheduleV2");
                let schedules =
                    schedules * if self.has("RoleArn: !Ref SchedulerRoleArn") { 1 } else { 2 };
                let invoke_config = usize::from(self.has("EventInvokeConfig:"));
                // The URL, and two permissions when it is public.
                let url = usize::from(self.has("FunctionUrlConfig:"));
                let public = 2 * usize::from(self.has("AuthType: NONE"));
                1 + role + sources + streams + schedules + invoke_config + url + public
            }
            kind => {
                assert!(!kind.starts_with("AWS::Serverless::"), "how many is {kind}?");
                1
            }
        }
    }

    /// The names after `prefix` and before `suffix`, one a line, in order.
    fn names(&self, prefix: &str, suffix: &str) -> Vec<&str> {
        let lines = self.text.lines().map(str::trim);
        lines.filter_map(|line| line.strip_prefix(prefix)?.strip_suffix(suffix)).collect()
    }

    /// Queues as destinations of failures, which also say `Type: SQS`.
    fn destinations(&self) -> usize {
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        lines.windows(2).filter(|pair| *pair == ["OnFailure:", "Type: SQS"]).count()
    }
}

#[test]
fn every_function_is_in_its_stack_once() {
    let mut seen = 0;
    for context in registry::CONTEXTS {
        let resources = resources_of(&format!("{STACKS}/{}.yaml", context.name));
        let functions = resources.iter().filter(|own| own.kind == "AWS::Serverless::Function");
        let mut ids: Vec<&str> = functions.map(|own| own.id.as_str()).collect();
        ids.sort_unstable();
        let functions = context.functions.iter();
        let mut due: Vec<String> = functions.map(|function| function.logical_id()).collect();
        due.sort();
        assert_eq!(ids, due, "{}", context.name);
        for function in context.functions.iter() {
            let own = resources.iter().find(|own| own.id == function.logical_id()).unwrap();
            let folder = format!("CodeUri: ../../target/lambda/{}/", context.name);
            for line in [folder, format!("FunctionName: !Sub ${{Prefix}}-{}", function.id())] {
                assert!(own.has(&line), "{}: {line}", own.id);
            }
        }
        seen += due.len();
    }
    let all = resources().into_iter().filter(|own| own.kind == "AWS::Serverless::Function");
    assert_eq!(all.count(), seen, "a function outside of a context's stack");
}

#[test]
fn the_tables_are_those_of_the_store() {
    let resources = resources_of(PARENT);
    let tables = resources.iter().filter(|resource| resource.kind == "AWS::DynamoDB::Table");
    assert_eq!(tables.count(), Table::ALL.len());
    for table in Table::ALL {
        let name = table.name();
        let found = resources
            .iter()
            .find(|resource| resource.has(&format!("TableName: !Sub ${{AWS::StackName}}-{name}")));
        let found = found.unwrap_or_else(|| panic!("the parent has no table {name}"));
        let indexes = usize::from(table.indexes());
        assert_eq!(found.count("ProjectionType: ALL"), indexes, "{name}: indexes");
        for index in 1..=indexes {
            assert!(found.has(&format!("- IndexName: gsi{index}")), "{name}: gsi{index}");
            assert!(found.has(&format!("- AttributeName: gsi{index}sk")), "{name}: gsi{index}");
        }
        let streams = found.has("StreamViewType: NEW_AND_OLD_IMAGES");
        assert_eq!(streams, table.streams(), "{name}: stream");
        for line in [
            "DeletionPolicy: Retain",
            "UpdateReplacePolicy: Retain",
            "BillingMode: PAY_PER_REQUEST",
            "DeletionProtectionEnabled: true",
            "AttributeName: ttl",
            "PointInTimeRecoveryEnabled: true",
            "SSEEnabled: true",
        ] {
            assert!(found.has(line), "{name}: {line}");
        }
    }
}

/// The body of `Config::from_env`.
fn configuration_reader() -> String {
    let config = fs::read_to_string(root().join("shared/platform/config.rs")).unwrap();
    let (_, reader) = config.split_once("pub fn from_env").unwrap();
    let (reader, _) = reader.split_once("\n    }\n").unwrap();
    reader.to_owned()
}

#[test]
fn a_stack_hashes_passwords_by_the_rules() {
    assert!(configuration_reader().contains("hashing: Hashing::RULES,"));
}

#[test]
fn every_variable_that_the_configuration_reads_is_set() {
    let reader = configuration_reader();
    let quoted = reader.split('"').skip(1).step_by(2);
    let mut read: Vec<&str> = quoted.collect();
    // What `AWS_` begins is read by the SDK.
    read.push("AWS_ENDPOINT_URL");
    read.sort_unstable();
    for stack in stacks() {
        let globals = section(&stack, "Globals");
        let (_, variables) = globals.split_once("      Variables:\n").unwrap();
        let lines = variables.lines().map_while(|line| line.strip_prefix("        "));
        let mut set: Vec<&str> = lines.filter_map(|line| Some(line.split_once(':')?.0)).collect();
        set.sort_unstable();
        assert_eq!(set, read, "{stack}");
    }
    let local = xtask::sam::variables(&Config::local(), "http://127.0.0.1:4566");
    let mut local: Vec<&str> = local.iter().map(|(name, _)| *name).collect();
    local.sort_unstable();
    read.extend(Secret::ALL.map(Secret::variable));
    read.sort_unstable();
    assert_eq!(local, read, "a function under `sam local`");
}

/// Regression: keys that were put in after the first deployment never reached a function, because
/// CloudFormation reads a secret again only where the reference to it changes; and every function
/// had every secret in its environment.
#[test]
fn no_secret_is_in_the_templates_and_every_function_finds_its_own() {
    for template in templates() {
        let text = fs::read_to_string(root().join(&template)).unwrap();
        assert!(!text.contains("{{resolve:"), "{template}");
    }
    let all = resources();
    let secrets = all.iter().filter(|own| own.kind == "AWS::SecretsManager::Secret").count();
    assert_eq!(secrets, Secret::ALL.len());
    for secret in Secret::ALL {
        let name = format!("Name: !Sub ${{AWS::StackName}}-{}", secret.name());
        let id = format!("{}Secret", platform::capitalize(secret.name()));
        assert!(resource(&id).has(&name), "{name}");
        for function in registry::functions() {
            let own = all.iter().find(|own| own.id == function.logical_id()).unwrap();
            let variable = format!("{}: !Sub ${{Prefix}}-{}", secret.variable(), secret.name());
            let given = (own.has(&variable), own.has(&format!("- !Ref {id}Arn")));
            let needed = function.needs(secret);
            assert_eq!(given, (needed, needed), "{} {}", function.id(), secret.name());
        }
    }
}

/// A key that the template makes is one that a document takes.
#[test]
fn a_secret_that_a_deployment_makes_is_read() {
    for secret in Secret::ALL {
        let text = resource(&format!("{}Secret", platform::capitalize(secret.name()))).text;
        let (_, rest) = text.split_once("SecretStringTemplate: '").unwrap();
        let (document, _) = rest.split_once('\'').unwrap();
        let mut document: serde_json::Value = serde_json::from_str(document).unwrap();
        assert!(text.contains("GenerateStringKey: first\n"), "{text}");
        document["first"] = "0f".repeat(32).into();
        platform::Secrets::default().read(secret, &document.to_string()).unwrap();
    }
}

#[test]
fn what_a_stream_gives_up_is_kept_whole_for_thirty_days() {
    let bucket = resource("UndeliveredBucket").text;
    assert!(bucket.contains("Status: Enabled\n            ExpirationInDays: 30\n"));
    for closed in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls"] {
        assert!(bucket.contains(&format!("{closed}: true")));
    }
    let functions = registry::functions();
    let streamed = functions
        .iter()
        .filter(|function| matches!(function.trigger, platform::Trigger::Stream(_)));
    for function in streamed {
        let text = resource(&function.logical_id()).text;
        let (_, after) = text.split_once("OnFailure:").unwrap();
        let lines: Vec<&str> = after.lines().skip(1).take(2).map(str::trim).collect();
        assert_eq!(lines, ["Type: S3", "Destination: !Ref UndeliveredBucketArn"]);
    }
}

#[test]
fn the_scheduler_may_start_what_is_scheduled_and_nothing_else() {
    let role = resource("SchedulerRole");
    let named = role.text.lines().filter(|line| line.contains(":function:")).count();
    let functions = registry::functions();
    let scheduled: Vec<_> = functions
        .iter()
        .filter(|function| matches!(function.trigger, platform::Trigger::Schedule(_)))
        .collect();
    assert_eq!(named, scheduled.len());
    for function in scheduled {
        let end = format!("${{AWS::StackName}}-{}\n", function.id());
        assert!(role.text.contains(&end), "{}", function.id());
    }
}
