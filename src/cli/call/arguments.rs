//! The arguments of `call`: a JSON object from the command line or stdin, with attached files.
//!
//! Only the form is checked here. The tool checks the arguments themselves.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tool_runtime::tool::ToolDef;
use tool_runtime::violation::quoted;

use super::super::command::UsageError;

/// Size limit of stdin and of one file, in bytes: far more than an API accepts, far less than the memory of a machine.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// One `--file ARG=PATH` flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileFlag {
    argument: String,
    path: PathBuf,
}

/// Parses the value of `--file`.
pub(super) fn parse_file_flag(text: &str) -> Result<FileFlag, &'static str> {
    match text.split_once('=') {
        Some((argument, path)) if !argument.is_empty() && !path.is_empty() => {
            Ok(FileFlag { argument: argument.to_owned(), path: PathBuf::from(path) })
        }
        _ => Err("expected ARG=PATH, such as files=report.pdf"),
    }
}

/// Returns the arguments of a call of `tool`: the JSON object in `args`, or on stdin if `args` is `-`, with the files
/// attached.
pub(super) fn read_arguments(
    tool: &ToolDef,
    args: &str,
    files: Vec<FileFlag>,
) -> Result<Map<String, Value>, UsageError> {
    let mut arguments = match args {
        "-" => {
            let json = read_bounded(io::stdin().lock());
            parse_object(&json.map_err(|problem| UsageError::new(format!("stdin {problem}")))?, "stdin")?
        }
        text => parse_object(text.as_bytes(), "--args")?,
    };
    for file in files {
        attach_file(tool, &mut arguments, file)?;
    }
    Ok(arguments)
}

fn parse_object(json: &[u8], from: &str) -> Result<Map<String, Value>, UsageError> {
    let expected = r#"expected a JSON object, such as {"key": "value"}"#;
    let text = std::str::from_utf8(json).map_err(|_| UsageError::new(format!("{from} is not UTF-8: {expected}")))?;
    match strict_json::value(text) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err(UsageError::new(format!("{from} is JSON, but not an object: {expected}"))),
        // The parser's message names the position. It quotes nothing from the input except a duplicate key.
        Err(error) => Err(UsageError::new(format!("{from} is not valid JSON: {error}; {expected}"))),
    }
}

fn attach_file(
    tool: &ToolDef,
    arguments: &mut Map<String, Value>,
    FileFlag { argument, path }: FileFlag,
) -> Result<(), UsageError> {
    match tool.files {
        Some(files) if files == argument => {}
        Some(files) => {
            return Err(UsageError::new(format!(
                "--file {argument}=…: {} takes attachments in `{files}`: use --file {files}={}",
                tool.name,
                path.display()
            )));
        }
        None => return Err(UsageError::new(format!("--file: {} takes no attachments", tool.name))),
    }
    let Value::Array(list) = arguments.entry(&argument).or_insert_with(|| json!([])) else {
        return Err(UsageError::new(format!(
            "--file {argument}=…: cannot attach the file, because `{argument}` in the arguments is not a list"
        )));
    };
    list.push(
        encode_attachment(&path)
            .map_err(|problem| UsageError::new(format!("--file: {} {problem}", quoted(&path.to_string_lossy()))))?,
    );
    Ok(())
}

/// Encodes a file as the arguments carry it: its name without folders, and its content in Base64.
fn encode_attachment(path: &Path) -> Result<Value, String> {
    let name = path.file_name().ok_or("is not the path of a file")?.to_str().ok_or("has a name that is not UTF-8")?;
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    Ok(json!({ "filename": name, "content_base64": STANDARD.encode(read_bounded(file)?) }))
}

/// Reads everything, up to [`MAX_BYTES`].
fn read_bounded(from: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("is larger than {} MiB", MAX_BYTES / 1024 / 1024));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::io::Write as _;

    use desk365_mcp::tools::TOOLS;

    use super::*;

    fn tool(takes_files: bool) -> &'static ToolDef {
        TOOLS.iter().map(|tool| tool.def).find(|tool| tool.files.is_some() == takes_files).unwrap()
    }

    fn flag(argument: &str, path: &Path) -> Vec<FileFlag> {
        vec![parse_file_flag(&format!("{argument}={}", path.display())).unwrap()]
    }

    fn usage_error(tool: &ToolDef, args: &str, files: Vec<FileFlag>) -> String {
        read_arguments(tool, args, files).unwrap_err().to_string()
    }

    #[test]
    fn invalid_json_is_refused_with_its_position_only() {
        let message = usage_error(tool(false), "{\"a\": 1,\n oops}", Vec::new());
        assert!(message.contains("line 2 column 2"), "{message}");
        assert!(!message.contains("oops"), "{message}");
    }

    #[test]
    fn a_duplicate_key_is_refused() {
        let message = usage_error(tool(false), r#"{"a": {"id": 1, "id": 2}}"#, Vec::new());
        assert!(message.contains("the key \"id\" is given twice"), "{message}");
    }

    #[test]
    fn json_that_is_not_an_object_is_refused() {
        for args in ["[]", "7", "null", "\"text\"", ""] {
            assert!(usage_error(tool(false), args, Vec::new()).contains("expected a JSON object"), "{args}");
        }
    }

    #[test]
    fn a_file_is_attached_with_its_bare_name() {
        let tool = tool(true);
        let mut file = tempfile::Builder::new().suffix(".txt").tempfile().unwrap();
        file.write_all(b"hi").unwrap();
        let argument = tool.files.unwrap();
        let args = json!({ argument: [{ "filename": "first.txt", "content_base64": "" }] }).to_string();
        let arguments = read_arguments(tool, &args, flag(argument, file.path())).unwrap();
        let name = file.path().file_name().unwrap().to_str().unwrap();
        assert_eq!(arguments[argument][0]["filename"], "first.txt");
        assert_eq!(arguments[argument][1], json!({ "filename": name, "content_base64": "aGk=" }));
        assert_eq!(
            read_arguments(tool, "{}", flag(argument, file.path())).unwrap()[argument].as_array().unwrap().len(),
            1
        );
    }

    #[test]
    fn only_the_attachment_argument_takes_files() {
        let path = Path::new("a.txt");
        let takes = tool(true);
        let argument = takes.files.unwrap();
        assert!(usage_error(takes, "{}", flag("other", path)).contains(&format!("--file {argument}=a.txt")));
        assert!(usage_error(tool(false), "{}", flag(argument, path)).contains("takes no attachments"));
        let no_list = json!({ argument: "text" }).to_string();
        assert!(usage_error(takes, &no_list, flag(argument, path)).contains("is not a list"));
    }

    #[test]
    fn an_unreadable_file_is_named() {
        let takes = tool(true);
        let message = usage_error(takes, "{}", flag(takes.files.unwrap(), Path::new("/no/such/file")));
        assert!(message.contains("\"/no/such/file\" cannot be read"), "{message}");
    }

    #[test]
    fn a_file_flag_needs_an_argument_and_a_path() {
        for text in ["files", "files=", "=a.txt", ""] {
            assert!(parse_file_flag(text).is_err(), "{text}");
        }
        let path = PathBuf::from("a=b.txt");
        assert_eq!(parse_file_flag("files=a=b.txt").unwrap(), FileFlag { argument: "files".to_owned(), path });
    }

    #[test]
    fn oversized_input_is_not_read_to_its_end() {
        assert!(read_bounded(io::repeat(0)).unwrap_err().contains("larger than 64 MiB"));
    }
}
