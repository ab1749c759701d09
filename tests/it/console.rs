//! The console in a real browser, as the people use it whom it is made for.
//!
//! What they do is Python (`tests/console/`), because the browser's driver is. Each scenario has a server and a browser
//! of its own; whichever it is, the page may talk to nobody else, break no rule of its policy, and log no error. Where
//! CI=true a machine without Chromium or Python is a failure; elsewhere such a test says that it was skipped.

mod files;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::programs;
use crate::common::skip::required;

/// Under which names a machine has a browser that the driver knows.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_support_lead_gets_from_signing_in_to_a_working_connector() {
    run("two_minutes");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn each_preset_shows_what_it_selects_before_it_is_saved() {
    run("presets");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_pasted_configuration_sends_the_second_factor_along() {
    run("second_factor");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn what_is_edited_binds_clients_and_the_rest_stays() {
    run("editing");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_revoked_server_refuses_its_clients() {
    run("revoking");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_server_ends_when_the_form_says_so() {
    run("expiry");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_wrong_token_is_refused_and_whoever_guesses_waits() {
    run("guessing");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn signing_out_and_loading_again_leave_nothing_behind() {
    run("signing_out");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_token_that_lies_unused_or_is_taken_away_is_forgotten() {
    run("idling");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn names_full_of_markup_are_text() {
    run("hostile_names");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn the_keyboard_alone_is_enough() {
    run("keyboard");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn an_account_is_tried_before_it_is_kept_and_goes_with_its_servers() {
    run("accounts");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn activity_shows_calls_by_itself_while_somebody_looks() {
    run("activity");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn chosen_colours_outlast_the_page_and_without_a_choice_the_system_decides() {
    run("theme");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn every_view_is_accessible_in_both_themes_and_fits_a_phone() {
    run("every_view");
}

/// Runs a scenario of `tests/console/scenarios.py`.
fn run(scenario: &str) {
    let Some(python) = programs::python("console") else { return };
    let Some(browser) = browser() else { return };
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg("-B")
        .arg(top.join("tests/console/scenarios.py"))
        .arg(env!("CARGO_BIN_EXE_desk365-mcp"))
        .arg(browser)
        .arg(top.join("target/console-screenshots"))
        .arg(scenario)
        .output()
        .expect("the environment's Python starts");
    assert!(output.status.success(), "{scenario} failed:\n{}", programs::printed(&output));
}

/// Returns the browser of this machine, or `None` if the test is skipped.
fn browser() -> Option<PathBuf> {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&places)
        .flat_map(|place| BROWSERS.map(|name| place.join(name)))
        .find(|program| program.is_file());
    required(found.ok_or_else(|| "Chromium or Chrome is not installed: apt install chromium".to_owned()))
}
