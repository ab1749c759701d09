//! What is wrong before anything was called: exit code 2, as the help texts say, and nothing on stdout.

use crate::{getter, usage_error, with_account};

#[test]
fn a_ca_file_that_cannot_be_used_is_a_usage_error() {
    let no_certificate = tempfile::NamedTempFile::new().unwrap();
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    for file in ["/no/such/file.pem", no_certificate.path().to_str().unwrap()] {
        for command in [
            &["call", getter().name][..],
            &["call", getter().name, "--sandbox"],
            &["stdio"],
            &["serve", "--listen", "127.0.0.1:0", "--data-dir", data],
        ] {
            let arguments = [command, &["--ca-file", file]].concat();
            let stderr = usage_error(&mut with_account("http://127.0.0.1:9", &arguments));
            assert!(stderr.contains(file), "{arguments:?}: {stderr}");
        }
    }
}
