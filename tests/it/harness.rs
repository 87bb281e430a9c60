//! A project in a folder of its own and the binary run in it. The only way tests touch the program.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// What one command did.
pub struct Ran {
    /// Exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Asserts the exit code and shows everything where it differs.
    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        assert_eq!(self.code, expected, "\nstdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Asserts that both streams together hold `text`.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let all = format!("{}{}", self.out, self.err);
        assert!(all.contains(text), "`{text}` is not in\nstdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}\nstdout:\n{}\nstderr:\n{}", self.out, self.err))
    }
}

/// A folder that vanishes, with a project in `p` once `init` ran.
pub struct TestProject {
    dir: tempfile::TempDir,
    env: BTreeMap<String, String>,
}

impl TestProject {
    /// An empty folder.
    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), env: BTreeMap::new() }
    }

    /// A folder with a fresh project.
    pub fn new() -> Self {
        let project = Self::empty();
        let root = project.root().display().to_string();
        project.run(&["init", &root]).code(0);
        project
    }

    /// A copy of a project folder at rest.
    pub fn copy_of(root: &Path) -> Self {
        let project = Self::empty();
        copy(root, &project.root());
        project
    }

    /// The project folder.
    pub fn root(&self) -> PathBuf {
        self.dir.path().join("p")
    }

    /// A path below the project.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root().join(relative)
    }

    /// A path outside the project, in the same vanishing folder.
    pub fn outside(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    /// An environment variable for later commands.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Writes a file of the project.
    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Changes a text file of the project.
    pub fn edit(&self, relative: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(relative)).unwrap();
        self.write(relative, change(text));
    }

    /// Leaves the first report of the monthly job and takes out the others: fifty readers of seven reports would be drawn before a
    /// test of one begins.
    pub fn first_report_only(&self) {
        self.edit("pipelines/jobs/bulanan.toml", |text| {
            let (before, reports) = text.split_once("[[report]]").unwrap();
            format!("{before}[[report]]{}", reports.split("[[report]]").next().unwrap())
        });
    }

    /// Puts a delivery of one government into the inbox.
    pub fn deliver(&self, instansi: &str, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        self.write(&format!("inbox/{instansi}/{name}"), bytes)
    }

    /// Runs a command without naming a project.
    pub fn run(&self, args: &[&str]) -> Ran {
        finish(self.command(args))
    }

    /// Runs a command in the project.
    pub fn talenta(&self, args: &[&str]) -> Ran {
        let root = self.root().display().to_string();
        self.run(&[args, &["--project", &root]].concat())
    }

    /// Runs a command in the project that reads `input` from its standard input.
    pub fn typed(&self, args: &[&str], input: &str) -> Ran {
        let root = self.root().display().to_string();
        let mut command = self.command(&[args, &["--project", &root]].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (mut pipe, input) = (child.stdin.take().unwrap(), input.to_string());
        // Written beside, so that neither side waits for the other with a full pipe.
        let writer = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        ran(&output)
    }

    /// Starts a command in the project and leaves it running.
    pub fn start(&self, args: &[&str]) -> Child {
        let root = self.root().display().to_string();
        let args = [args, &["--project", &root]].concat();
        self.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Result of a query as CSV lines, header first.
    #[track_caller]
    pub fn sql(&self, query: &str) -> Vec<String> {
        let ran = self.talenta(&["sql", query, "--format", "csv"]).code(0);
        ran.out.lines().map(str::to_string).collect()
    }

    /// Result of a query over the lake as it stands, release or not, as CSV lines, header first.
    #[track_caller]
    pub fn draft(&self, query: &str) -> Vec<String> {
        let ran = self.talenta(&["sql", query, "--draft", "--format", "csv"]).code(0);
        ran.out.lines().map(str::to_string).collect()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_talenta"));
        command.args(args).envs(&self.env).env("NO_COLOR", "1").current_dir(self.dir.path()).stdin(Stdio::null());
        command
    }
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A small province with release 1 of 2025-12, to be copied; the same for every test of this process.
pub fn province() -> &'static Path {
    static PROVINCE: OnceLock<PathBuf> = OnceLock::new();
    PROVINCE.get_or_init(|| {
        let project = TestProject::new();
        project.run(&["sample", &project.root().display().to_string(), "--employees", "300"]).code(0);
        project.first_report_only();
        project.talenta(&["run", "bulanan", "--period", "2025-12"]).code(0).says("release 1 of 2025-12 published");
        // A static value is never dropped: the folder lies where the next run clears it away.
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("province");
        let _ = fs::remove_dir_all(&kept);
        copy(&project.root(), &kept);
        kept
    })
}

fn finish(mut command: Command) -> Ran {
    ran(&command.output().unwrap())
}

fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The public samples, where they lie beside the checkout.
pub fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("the public samples are not beside this checkout: comparison left out");
    None
}

/// Whether the slow tests were asked for.
pub fn slow(what: &str) -> bool {
    let asked = std::env::var_os("TALENTA_SLOW").is_some();
    if !asked {
        eprintln!("{what}: left out; set TALENTA_SLOW=1 to run it");
    }
    asked
}
