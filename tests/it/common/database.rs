//! Databases for tests: a file for `SQLite`, and a private `PostgreSQL` that runs as long as the test process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use crate::common::skip::required;

/// A database, empty at first.
pub(crate) struct Database {
    pub(crate) url: String,
    /// Deleted together with the database.
    _folder: Option<TempDir>,
}

impl Database {
    /// A database that exists already.
    pub(crate) fn at(url: String) -> Self {
        Self { url, _folder: None }
    }
}

/// Returns a database file in a folder of its own.
pub(crate) fn sqlite() -> Database {
    let folder = tempfile::tempdir().unwrap();
    Database { url: format!("sqlite:{}", folder.path().join("test.db").display()), _folder: Some(folder) }
}

/// Returns the cluster that all tests of this process share, or `None` if the test is skipped.
pub(crate) fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    required(CLUSTER.get_or_init(Cluster::create).as_ref().map_err(Clone::clone))
}

/// Returns a database in that cluster, or `None` if the test is skipped.
pub(crate) async fn postgres() -> Option<Database> {
    Some(Database::at(cluster()?.new_database().await))
}

/// A private `PostgreSQL`, reached by a socket in its own folder.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    server: std::sync::Mutex<Option<Child>>,
}

impl Cluster {
    /// Starts a new one, or returns `None` if the test is skipped.
    pub(crate) fn start() -> Option<Self> {
        required(Self::create())
    }

    fn create() -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL is not installed: apt install postgresql")?;
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap();
            assert!(owned.success());
        }
        let made = as_postgres(&programs.join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D"])
            .arg(folder.path().join("data"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        let cluster = Self { programs, folder, server: std::sync::Mutex::new(None) };
        cluster.resume();
        Ok(cluster)
    }

    /// Starts the server, and waits until it accepts connections.
    pub(crate) fn resume(&self) {
        // It stops when its standard input closes, at the latest with this process, and deletes its folder.
        let script = r#""$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=300 \
                            >/dev/null 2>&1 &
                        server=$!
                        until "$1/pg_isready" -q -h "$2"; do kill -0 $server || exit 1; sleep 0.05; done
                        echo ready; read -r said; kill -INT $server; wait $server
                        [ "$said" = keep ] || rm -rf "$2""#;
        let mut child = as_postgres(Path::new("sh"))
            .args(["-c", script, "sh"])
            .arg(&self.programs)
            .arg(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "ready\n", "PostgreSQL does not start");
        *self.server.lock().unwrap() = Some(child);
    }

    /// Returns the folder of its socket, which its user can write to.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops the server and breaks its connections. Its data stay.
    pub(crate) fn stop(&self) {
        let child = self.server.lock().unwrap().take();
        if let Some(mut child) = child {
            child.stdin.take().unwrap().write_all(b"keep\n").unwrap();
            child.wait().unwrap();
        }
    }

    /// Creates an empty database, and returns its URL.
    pub(crate) async fn new_database(&self) -> String {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let name = format!("test_{}", NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres")).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        self.url(&name)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.path().display())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns the folder of `PostgreSQL`'s programs, which Debian keeps outside of `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut all: Vec<_> = debian.chain(std::env::split_paths(&path)).collect();
    all.retain(|folder| ["initdb", "postgres", "pg_isready"].iter().all(|program| folder.join(program).is_file()));
    all.into_iter().next()
}

/// Runs a program as another user than root: `PostgreSQL` refuses to run as root.
pub(crate) fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}
