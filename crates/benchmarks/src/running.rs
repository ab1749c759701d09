//! Server processes: starting them, and measuring their CPU time, memory and open files.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

/// A running server process. It is killed on drop.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Host and port.
    pub address: String,
}

impl Running {
    /// Starts a program and waits until it prints its address on standard error: host and port after `mark`.
    ///
    /// # Panics
    ///
    /// If the program does not start or prints no address.
    pub fn listening(command: &mut Command, mark: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines().map_while(Result::ok);
        let address =
            lines.find_map(|line| Some(line.split_once(mark)?.1.to_owned())).expect("the program prints its address");
        let address = address
            .split(|c: char| c == '/' || c.is_whitespace() || c == '"')
            .next()
            .expect("split yields a part")
            .to_owned();
        // The rest of the output must be read: a full pipe would block the program.
        thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn read_proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("the benchmark needs /proc")
    }

    /// Returns the CPU time so far, in seconds.
    ///
    /// # Panics
    ///
    /// If the system has no /proc.
    #[must_use]
    pub fn cpu(&self) -> f64 {
        // proc(5): after the name in parentheses, fields 12 and 13 are user and system time in hundredths of a second.
        let stat = self.read_proc("stat");
        let (_, numbers) = stat.rsplit_once(')').expect("stat contains a name in parentheses");
        let ticks = numbers.split_whitespace().skip(11).take(2);
        ticks.map(|ticks| ticks.parse::<f64>().expect("ticks are numbers")).sum::<f64>() / 100.0
    }

    /// Returns the resident memory in megabytes.
    ///
    /// # Panics
    ///
    /// If the system has no /proc.
    #[must_use]
    pub fn resident(&self) -> f64 {
        let status = self.read_proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("status has VmRSS");
        let kilobytes = line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
        kilobytes.expect("VmRSS is a number") / 1024.0
    }

    /// Returns the number of open files and connections.
    ///
    /// # Panics
    ///
    /// If the system has no /proc.
    #[must_use]
    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("the benchmark needs /proc").count()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
