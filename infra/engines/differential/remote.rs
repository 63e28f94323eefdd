//! A DynamoDB that listens on a port of this machine, like DynamoDB Local.
//!
//! Plain HTTP over one connection: that is all it speaks, and it checks no signature.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
};

use serde_json::{Value, json};

use super::target::{Answer, TABLES, Target, creations};
use local::{EngineError, Reason};

/// Where the endpoint is, and the connection to it.
pub struct Remote {
    host: String,
    connection: BufReader<TcpStream>,
    /// How often the tables were emptied: it remembers tokens longer than tables.
    resets: u32,
}

const SIGNATURE: &str = "AWS4-HMAC-SHA256 Credential=check/20261121/ap-northeast-2/dynamodb/\
                         aws4_request, SignedHeaders=host, Signature=0";

impl Remote {
    /// Connects to an endpoint like `http://127.0.0.1:8000`.
    pub fn new(url: &str) -> std::io::Result<Self> {
        let host = url.strip_prefix("http://").unwrap_or(url).trim_end_matches('/').to_owned();
        let stream = TcpStream::connect(&host)?;
        stream.set_nodelay(true)?;
        Ok(Self { host, connection: BufReader::new(stream), resets: 0 })
    }

    fn ask(&mut self, service: &str, operation: &str, body: &Value) -> Answer {
        let answer = self.exchange(service, operation, body);
        let (status, body) = answer.map_err(|error| failed(&error.to_string()))?;
        let body: Value = serde_json::from_slice(&body).map_err(|e| failed(&e.to_string()))?;
        if status == 200 { Ok(body) } else { Err(refusal(&body)) }
    }

    fn dynamo(&mut self, operation: &str, body: &Value) -> Answer {
        self.ask("DynamoDB_20120810", operation, body)
    }

    fn streams(&mut self, operation: &str, body: &Value) -> Answer {
        self.ask("DynamoDBStreams_20120810", operation, body)
    }

    fn exchange(
        &mut self,
        service: &str,
        operation: &str,
        body: &Value,
    ) -> std::io::Result<(u16, Vec<u8>)> {
        let body = body.to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nX-Amz-Target: {service}.{operation}\r\n\
             Content-Type: application/x-amz-json-1.0\r\nAuthorization: {SIGNATURE}\r\n\
             X-Amz-Date: 20261121T000000Z\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.connection.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.connection.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let (mut length, mut chunked) = (0, false);
        loop {
            let mut header = String::new();
            self.connection.read_line(&mut header)?;
            let header = header.trim().to_ascii_lowercase();
            match header.split_once(':') {
                None => break,
                Some(("content-length", value)) => length = value.trim().parse().unwrap_or(0),
                Some(("transfer-encoding", value)) => chunked = value.contains("chunked"),
                Some(_) => {}
            }
        }
        if !chunked {
            return Ok((status, self.bytes(length)?));
        }
        let mut all = Vec::new();
        loop {
            let mut size = String::new();
            self.connection.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
            all.extend(self.bytes(size)?);
            self.bytes(2)?;
            if size == 0 {
                return Ok((status, all));
            }
        }
    }

    fn bytes(&mut self, count: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.connection.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Every record of one shard.
    fn shard(&mut self, arn: &str, shard: &str) -> Result<Vec<Value>, EngineError> {
        let request = json!({ "StreamArn": arn, "ShardId": shard,
                              "ShardIteratorType": "TRIM_HORIZON" });
        let mut answer = self.streams("GetShardIterator", &request)?;
        let mut iterator = answer.get_mut("ShardIterator").map(Value::take).unwrap_or_default();
        let mut records = Vec::new();
        while iterator.is_string() {
            let mut page = self.streams("GetRecords", &json!({ "ShardIterator": iterator }))?;
            let Some(Value::Array(more)) = page.get_mut("Records").map(Value::take) else { break };
            if more.is_empty() {
                break;
            }
            records.extend(more);
            iterator = page.get_mut("NextShardIterator").map(Value::take).unwrap_or_default();
        }
        Ok(records)
    }
}

fn failed(text: &str) -> EngineError {
    refusal(&json!({ "__type": "Unreachable", "message": text }))
}

/// A refusal as the wire carries it.
fn refusal(body: &Value) -> EngineError {
    let text = |value: &Value, names: [&str; 2]| {
        let mut found = names.iter().filter_map(|name| value.get(name)?.as_str());
        found.next().map(str::to_owned)
    };
    let kind = text(body, ["__type", "__type"]).unwrap_or_default();
    let reasons = body.get("CancellationReasons").and_then(Value::as_array);
    let reasons = reasons.into_iter().flatten().map(|reason| Reason {
        code: text(reason, ["Code", "code"]).unwrap_or_default(),
        message: text(reason, ["Message", "message"]),
        item: reason.get("Item").cloned(),
    });
    EngineError {
        code: kind.rsplit('#').next().unwrap_or_default().to_owned(),
        message: text(body, ["message", "Message"]).unwrap_or_default(),
        item: body.get("Item").cloned(),
        reasons: reasons.collect(),
    }
}

impl Target for Remote {
    fn name(&self) -> &'static str {
        "DynamoDB Local"
    }

    fn reset(&mut self) -> Result<(), EngineError> {
        self.resets += 1;
        for table in TABLES {
            match self.dynamo("DeleteTable", &json!({ "TableName": table })) {
                Err(error) if error.code != "ResourceNotFoundException" => return Err(error),
                _ => {}
            }
        }
        // Without an attribute of expiry: it would delete whenever it likes.
        for (operation, body) in creations() {
            if operation == "CreateTable" {
                self.dynamo(operation, &body)?;
            }
        }
        Ok(())
    }

    fn call(&mut self, operation: &str, body: &Value) -> Answer {
        let Some(token) = body.get("ClientRequestToken").and_then(Value::as_str) else {
            return self.dynamo(operation, body);
        };
        let token = format!("{}-{}-{token}", std::process::id(), self.resets);
        let mut body = body.clone();
        if let Some(map) = body.as_object_mut() {
            map.insert("ClientRequestToken".into(), token.into());
        }
        self.dynamo(operation, &body)
    }

    fn records(&mut self) -> Result<Vec<Value>, EngineError> {
        let described = self.dynamo("DescribeTable", &json!({ "TableName": "check-auction" }))?;
        let arn = described.pointer("/Table/LatestStreamArn").and_then(Value::as_str);
        let Some(arn) = arn.map(str::to_owned) else { return Ok(Vec::new()) };
        let described = self.streams("DescribeStream", &json!({ "StreamArn": arn }))?;
        let shards = described.pointer("/StreamDescription/Shards").and_then(Value::as_array);
        let mut records = Vec::new();
        for shard in shards.into_iter().flatten() {
            let shard = shard.get("ShardId").and_then(Value::as_str).unwrap_or_default();
            records.extend(self.shard(&arn, shard)?);
        }
        Ok(records)
    }

    fn sweeps(&self) -> bool {
        false
    }

    fn sweep(&mut self) -> Result<usize, EngineError> {
        Ok(0)
    }
}
