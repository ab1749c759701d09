//! The examples in the documentation of the crates: they compile, and their assertions hold.
//!
//! Each is a program that its crate's documentation includes. Doctests would link every crate once more, and would print
//! their results after the closing lines of `cargo test`.

mod strict_json_reads {
    include!("../../crates/strict-json/docs/read.rs");

    #[test]
    fn as_documented() {
        main();
    }
}

mod toolgen_compiles {
    include!("../../crates/toolgen/docs/compile.rs");

    #[test]
    fn as_documented() {
        main().unwrap();
    }
}

mod toolgen_reports_mistakes {
    include!("../../crates/toolgen/docs/report.rs");

    #[test]
    fn as_documented() {
        main();
    }
}
