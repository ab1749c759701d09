//! The arguments of `call`: JSON from the command line or stdin, and files put into it.
//!
//! It only makes sure that there is an object to hand over; what belongs into it is for the tool to say.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tool_runtime::tool::ToolDef;
use tool_runtime::violation::quoted;

use super::Usage;

/// The most that is read from stdin or from one file: far more than an API takes, far less than fills the memory.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A `--file ARG=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileFlag {
    argument: String,
    path: PathBuf,
}

/// Takes a `--file` apart.
pub(super) fn file_flag(text: &str) -> Result<FileFlag, &'static str> {
    match text.split_once('=') {
        Some((argument, path)) if !argument.is_empty() && !path.is_empty() => {
            Ok(FileFlag { argument: argument.to_owned(), path: PathBuf::from(path) })
        }
        _ => Err("expected ARG=PATH, such as files=report.pdf"),
    }
}

/// The arguments of a call of `tool`: the JSON object that `args` is, or stdin if it is `-`, with the files in it.
pub(super) fn read(tool: &ToolDef, args: &str, files: Vec<FileFlag>) -> Result<Map<String, Value>, Usage> {
    let mut arguments = match args {
        "-" => {
            object(&bounded(io::stdin().lock()).map_err(|problem| Usage::new(format!("stdin {problem}")))?, "stdin")?
        }
        text => object(text.as_bytes(), "--args")?,
    };
    for file in files {
        attach(tool, &mut arguments, file)?;
    }
    Ok(arguments)
}

fn object(json: &[u8], from: &str) -> Result<Map<String, Value>, Usage> {
    let expected = r#"expected a JSON object, such as {"key": "value"}"#;
    let text = std::str::from_utf8(json).map_err(|_| Usage::new(format!("{from} is not UTF-8: {expected}")))?;
    match strict_json::value(text) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err(Usage::new(format!("{from} is JSON, but no object: {expected}"))),
        // The parser's message names the place and what it expected there, and quotes nothing but a key given twice.
        Err(error) => Err(Usage::new(format!("{from} is not valid JSON: {error}; {expected}"))),
    }
}

fn attach(
    tool: &ToolDef,
    arguments: &mut Map<String, Value>,
    FileFlag { argument, path }: FileFlag,
) -> Result<(), Usage> {
    match tool.files {
        Some(files) if files == argument => {}
        Some(files) => {
            return Err(Usage::new(format!(
                "--file {argument}=…: attachments of {} go into `{files}`: --file {files}={}",
                tool.name,
                path.display()
            )));
        }
        None => return Err(Usage::new(format!("--file: {} takes no attachments", tool.name))),
    }
    let Value::Array(list) = arguments.entry(&argument).or_insert_with(|| json!([])) else {
        return Err(Usage::new(format!(
            "--file {argument}=…: `{argument}` in the arguments is no list that a file could be added to"
        )));
    };
    list.push(
        attachment(&path)
            .map_err(|problem| Usage::new(format!("--file: {} {problem}", quoted(&path.to_string_lossy()))))?,
    );
    Ok(())
}

/// A file as the arguments carry it: its name without the folders, and its bytes.
fn attachment(path: &Path) -> Result<Value, String> {
    let name = path.file_name().ok_or("names no file")?.to_str().ok_or("has a name that is not UTF-8")?;
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    Ok(json!({ "filename": name, "content_base64": STANDARD.encode(bounded(file)?) }))
}

fn bounded(from: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("is larger than {} MiB", LARGEST / 1024 / 1024));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

    use std::io::Write as _;

    use desk365_mcp::tools::TOOLS;

    use super::*;

    fn tool(takes_files: bool) -> &'static ToolDef {
        TOOLS.iter().map(|tool| tool.def).find(|tool| tool.files.is_some() == takes_files).unwrap()
    }

    fn flag(argument: &str, path: &Path) -> Vec<FileFlag> {
        vec![file_flag(&format!("{argument}={}", path.display())).unwrap()]
    }

    fn refused(tool: &ToolDef, args: &str, files: Vec<FileFlag>) -> String {
        read(tool, args, files).unwrap_err().to_string()
    }

    #[test]
    fn invalid_json_is_refused_with_its_place_and_without_its_content() {
        let message = refused(tool(false), "{\"a\": 1,\n oops}", Vec::new());
        assert!(message.contains("line 2 column 2"), "{message}");
        assert!(!message.contains("oops"), "{message}");
    }

    #[test]
    fn a_key_given_twice_is_refused() {
        let message = refused(tool(false), r#"{"a": {"id": 1, "id": 2}}"#, Vec::new());
        assert!(message.contains("the key \"id\" is given twice"), "{message}");
    }

    #[test]
    fn json_that_is_no_object_is_refused() {
        for args in ["[]", "7", "null", "\"text\"", ""] {
            assert!(refused(tool(false), args, Vec::new()).contains("expected a JSON object"), "{args}");
        }
    }

    #[test]
    fn a_file_is_added_to_the_list_of_attachments_with_its_bare_name() {
        let tool = tool(true);
        let mut file = tempfile::Builder::new().suffix(".txt").tempfile().unwrap();
        file.write_all(b"hi").unwrap();
        let argument = tool.files.unwrap();
        let args = json!({ argument: [{ "filename": "first.txt", "content_base64": "" }] }).to_string();
        let arguments = read(tool, &args, flag(argument, file.path())).unwrap();
        let name = file.path().file_name().unwrap().to_str().unwrap();
        assert_eq!(arguments[argument][0]["filename"], "first.txt");
        assert_eq!(arguments[argument][1], json!({ "filename": name, "content_base64": "aGk=" }));
        assert_eq!(read(tool, "{}", flag(argument, file.path())).unwrap()[argument].as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_file_goes_into_the_argument_for_attachments_and_no_other() {
        let path = Path::new("a.txt");
        let takes = tool(true);
        let argument = takes.files.unwrap();
        assert!(refused(takes, "{}", flag("other", path)).contains(&format!("--file {argument}=a.txt")));
        assert!(refused(tool(false), "{}", flag(argument, path)).contains("takes no attachments"));
        let no_list = json!({ argument: "text" }).to_string();
        assert!(refused(takes, &no_list, flag(argument, path)).contains("is no list"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let takes = tool(true);
        let message = refused(takes, "{}", flag(takes.files.unwrap(), Path::new("/no/such/file")));
        assert!(message.contains("\"/no/such/file\" cannot be read"), "{message}");
    }

    #[test]
    fn a_file_flag_needs_both_its_parts() {
        for text in ["files", "files=", "=a.txt", ""] {
            assert!(file_flag(text).is_err(), "{text}");
        }
        let path = PathBuf::from("a=b.txt");
        assert_eq!(file_flag("files=a=b.txt").unwrap(), FileFlag { argument: "files".to_owned(), path });
    }

    #[test]
    fn what_is_too_large_is_not_read_to_its_end() {
        assert!(bounded(io::repeat(0)).unwrap_err().contains("larger than 64 MiB"));
    }
}
