//! The console in a real browser, used as people use it.
//!
//! The scenarios are Python (`tests/console/`), because the browser driver is. Each has its own server and browser. In
//! every scenario the page may contact no other server, violate no content policy, and log no error. With CI=true, a
//! missing Chromium or Python is a failure; otherwise the test reports that it was skipped.

mod files;

use std::path::Path;
use std::process::Command;

use crate::common::program::program_path;
use crate::common::programs;

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_new_user_creates_a_working_server() {
    run("first_server");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn presets_preview_their_tools() {
    run("presets");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn client_configurations_include_the_second_factor() {
    run("second_factor");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn edits_take_effect_and_keep_other_fields() {
    run("editing");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn changes_of_two_tabs_to_one_server_are_both_kept() {
    run("conflicts");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn changes_of_two_people_to_one_account_are_shown() {
    run("account_conflicts");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn secrets_and_edits_are_not_lost_without_a_question() {
    run("guards");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn an_account_shows_what_was_last_seen_of_it() {
    run("account_status");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn leaving_activity_early_causes_no_error() {
    run("leaving_early");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_revoked_server_refuses_its_clients() {
    run("revoking");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn an_expiry_time_is_saved() {
    run("expiry");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn wrong_tokens_are_refused_and_throttled() {
    run("throttling");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_session_survives_reloads_until_sign_out() {
    run("signing_out");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn revoked_sessions_end_and_sign_in_leads_back() {
    run("session_end");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn members_see_no_administration_and_can_be_disabled() {
    run("members");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn a_member_connects_a_client_and_revokes_it() {
    run("own_access");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn markup_in_names_is_shown_as_text() {
    run("hostile_names");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn the_console_works_with_the_keyboard_alone() {
    run("keyboard");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn accounts_are_tested_before_they_are_saved() {
    run("accounts");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn activity_refreshes_while_the_page_is_visible() {
    run("activity");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn limits_are_set_and_their_use_is_shown() {
    run("budget");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn the_url_of_a_server_is_replaced() {
    run("new_url");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn servers_are_paused_and_limited_to_addresses() {
    run("admission");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn identity_providers_are_added_changed_and_deleted() {
    run("providers");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn connections_are_listed_and_revoked() {
    run("connections");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn the_audit_log_is_filtered_and_paged() {
    run("audit_log");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn the_chosen_theme_is_remembered() {
    run("theme");
}

#[workspace_tests::full_run("Chromium and Python packages")]
#[test]
fn every_view_is_accessible_and_fits_a_phone() {
    run("every_view");
}

/// Runs a scenario of `tests/console/scenarios.py`.
fn run(scenario: &str) {
    let Some(python) = programs::python("console") else { return };
    let Some(browser) = programs::chromium() else { return };
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg("-B")
        .arg(top.join("tests/console/scenarios.py"))
        .arg(program_path())
        .arg(browser)
        .arg(top.join("target/console-screenshots"))
        .arg(scenario)
        .output()
        .expect("the Python environment starts");
    assert!(output.status.success(), "{scenario} failed:\n{}", programs::printed(&output));
}
