//! Programs that listen somewhere: what they are started with, and what they use.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

/// A program that listens. It ends with this.
pub(crate) struct Running {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
}

impl Running {
    /// Starts a program, and waits until it says on standard error where it listens: host and port after `mark`.
    pub(crate) fn listening(command: &mut Command, mark: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = said
            .find_map(|line| Some(line.split_once(mark)?.1.to_owned()))
            .expect("it says where it listens before it ends");
        let address =
            address.split(|c: char| c == '/' || c.is_whitespace() || c == '"').next().unwrap_or_default().to_owned();
        // What else it says is read and thrown away: a full pipe would stop it.
        thread::spawn(move || said.for_each(drop));
        Self { child, address }
    }

    fn of_proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default()
    }

    /// Seconds of processor time it has used so far.
    pub(crate) fn cpu(&self) -> f64 {
        // After the name in brackets: state, then numbers, of which the 12th and 13th are ticks of a hundredth.
        let stat = self.of_proc("stat");
        let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        numbers.skip(11).take(2).filter_map(|number| number.parse::<f64>().ok()).sum::<f64>() / 100.0
    }

    /// Megabytes of memory it has in use.
    pub(crate) fn resident(&self) -> f64 {
        let status = self.of_proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
