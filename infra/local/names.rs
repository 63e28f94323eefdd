//! Region, account and the resource names in both directions.

/// The region every ARN and every client names.
pub const REGION: &str = "ap-northeast-2";
/// The account every ARN names.
pub const ACCOUNT: &str = "000000000000";

/// Spells resource names with the stack's prefix, and reads them back.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub prefix: String,
}

impl Names {
    pub fn table(&self, table: store::Table) -> String {
        format!("{}{}", self.prefix, table.name())
    }

    /// The table that a full table name means, if it is one of ours.
    pub fn read_table(&self, name: &str) -> Option<store::Table> {
        let own = name.strip_prefix(&self.prefix)?;
        store::Table::ALL.iter().copied().find(|table| table.name() == own)
    }

    pub fn stream_arn(&self, table: store::Table) -> String {
        let table = self.table(table);
        format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/embedded")
    }

    pub fn queue_url(&self, queue: &str) -> String {
        format!("http://sqs.local/{ACCOUNT}/{}{queue}", self.prefix)
    }

    pub fn queue_arn(&self, queue: &str) -> String {
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}{queue}", self.prefix)
    }

    /// The queue's own name from its URL (any host), `None` when it is not of this stack.
    pub fn read_queue_url<'a>(&self, url: &'a str) -> Option<&'a str> {
        url.rsplit('/').next()?.strip_prefix(&self.prefix)
    }

    pub fn schedule_arn(&self, group: &str, name: &str) -> String {
        format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}/{name}")
    }

    /// The function's id from its ARN, `None` when it is not of this stack.
    pub fn read_function_arn<'a>(&self, arn: &'a str) -> Option<&'a str> {
        let (_, name) = arn.split_once(":function:")?;
        name.strip_prefix(&self.prefix)
    }
}
