//! A project as one value: every file read once, every problem said at once. Refuses to run with a project that has problems.

use crate::config;
use crate::model::contract::Contract;
use crate::model::digest::Digest;
use crate::model::indicator::Indicators;
use crate::model::instansi::Instansi;
use crate::model::job::{Job, Recipient};
use crate::model::policy::Access;
use crate::model::problem::{Problem, did_you_mean, line_of};
use crate::model::query::{AllowedLiteral, QueryFile, QueryKind, RuleFile};
use crate::model::report::ReportSpec;
use crate::model::settings::Settings;
use crate::model::table::{Table, engine_tables};
use crate::pipeline::access_check::{self, ACCESS, RECIPIENTS};
use crate::pipeline::condition_check::{conditions, domains};
use crate::pipeline::delivery_rules;
use crate::pipeline::embedded::SETTINGS;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders whose files are what a release is computed with.
const FOLDERS: [&str; 3] = ["pipelines", "queries", "report-templates"];
/// The literals that queries may hold; without the file none may.
pub const LITERALS: &str = "queries/literal.toml";
/// The list of governments.
pub const GOVERNMENTS: &str = "queries/rules/instansi.csv";
/// What the indicators of the marts say; without the file the catalogue knows none.
pub const INDICATORS: &str = "queries/indikator.toml";
/// Folder of the tests of queries.
pub const TESTS: &str = "queries/tests/";
/// Largest project file; a larger one was not written by a person.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// Everything that people wrote for a project.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its folder, absolute.
    pub root: PathBuf,
    /// Settings of this machine.
    pub settings: Settings,
    /// Who gets reports.
    pub recipients: Vec<Recipient>,
    /// Who may read what.
    pub access: Access,
    /// Export contracts.
    pub contracts: Vec<Contract>,
    /// Jobs.
    pub jobs: Vec<Job>,
    /// Queries.
    pub queries: Vec<QueryFile>,
    /// Rule parameters and code lists.
    pub rules: Vec<RuleFile>,
    /// Literals that queries may hold.
    pub literals: Vec<AllowedLiteral>,
    /// What the marts say, and what no figure of a person may rest on.
    pub meaning: Indicators,
    /// The governments.
    pub senders: Vec<Instansi>,
    /// Reports.
    pub reports: Vec<ReportSpec>,
    /// `access.toml` and every file of the three folders: path relative to the project, and bytes.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// A project with what is wrong in its files.
pub struct Read {
    /// What could be read; settings that cannot be are those of a new project.
    pub project: Project,
    /// Every problem, in the order of files.
    pub problems: Vec<Problem>,
    /// Whether its contracts are known, so that queries can be planned against them.
    pub plannable: bool,
}

/// Why a project cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The folder holds none.
    #[error("`{}` is no project: it has no talenta.toml\nhint: `talenta init {}` makes one, or name another with --project", root.display(), root.display())]
    None {
        /// The folder.
        root: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Files say what cannot be.
    #[error("{}", list(.0))]
    Problems(Vec<Problem>),
}

/// The problems as people read them.
fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|it| format!("  {it}")).collect();
    let noun = if problems.len() == 1 { "problem" } else { "problems" };
    format!("the project has {} {noun}\n{}", problems.len(), lines.join("\n"))
}

impl Project {
    /// Reads the project in `root`; `settings` names another settings file than its `talenta.toml`.
    pub fn load(root: &Path, settings: Option<&Path>) -> Result<Self, ProjectError> {
        let read = Self::read(root, settings)?;
        if read.problems.is_empty() { Ok(read.project) } else { Err(ProjectError::Problems(read.problems)) }
    }

    /// Reads what can be read of the project in `root`, and every problem of the rest; for a look at the project, not for work with it.
    pub fn read(root: &Path, settings: Option<&Path>) -> Result<Read, ProjectError> {
        let root = root.canonicalize().map_err(|_| ProjectError::None { root: root.to_path_buf() })?;
        let settings_path = settings.map_or_else(|| root.join("talenta.toml"), Path::to_path_buf);
        let settings_text = match fs::read_to_string(&settings_path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && settings.is_none() => {
                return Err(ProjectError::None { root });
            }
            Err(source) => return Err(ProjectError::Read { path: settings_path, source }),
        };
        let mut files = BTreeMap::new();
        for folder in FOLDERS {
            collect(&root, &root.join(folder), &mut files)?;
        }
        let recipients_path = root.join(RECIPIENTS);
        let recipients_text = fs::read_to_string(&recipients_path)
            .map_err(|source| ProjectError::Read { path: recipients_path, source })?;
        let mut problems = Vec::new();
        let access_text = match fs::read_to_string(root.join(ACCESS)) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(ProjectError::Read { path: root.join(ACCESS), source }),
        };
        if let Some(text) = access_text {
            files.insert(ACCESS.into(), text.into_bytes());
        }
        let name = settings_path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
        let settings = note(config::settings::settings(&name, &settings_text), &mut problems);
        let recipients = note(config::job::recipients(RECIPIENTS, &recipients_text), &mut problems);
        let recipients = recipients.map(|all| (all, recipients_text));
        Ok(Self::assemble(root, settings, recipients, files, problems))
    }

    /// This project as it was when its files were these, with the settings of now and without its people.
    pub fn with_files(&self, files: BTreeMap<String, Vec<u8>>) -> Result<Self, ProjectError> {
        let read = Self::assemble(self.root.clone(), Some(self.settings.clone()), None, files, Vec::new());
        if read.problems.is_empty() { Ok(read.project) } else { Err(ProjectError::Problems(read.problems)) }
    }

    /// What the files say, each of them and together.
    fn assemble(
        root: PathBuf,
        settings: Option<Settings>,
        recipients: Option<(Vec<Recipient>, String)>,
        files: BTreeMap<String, Vec<u8>>,
        mut problems: Vec<Problem>,
    ) -> Read {
        let texts = texts(&files, &mut problems);
        let access = match texts.iter().find(|(path, _)| path == ACCESS) {
            Some((_, text)) => note(config::access::access(ACCESS, text), &mut problems),
            None => {
                problems.push(access_check::missing());
                None
            }
        };
        let contracts = note(config::contract::contracts(&below(&texts, "pipelines/sources/")), &mut problems);
        let mut jobs = Vec::new();
        for (path, text) in below(&texts, "pipelines/jobs/") {
            jobs.extend(note(config::job::job(&stem(&path), &path, &text), &mut problems));
        }
        let (mut reports, mut named) = (Vec::new(), BTreeSet::new());
        for (path, text) in &texts {
            if let Some(name) = path.strip_prefix("report-templates/").and_then(|it| it.strip_suffix("/report.toml")) {
                named.insert(name);
                reports.extend(note(config::report::report(name, path, text), &mut problems));
            }
        }
        let list = texts.iter().find(|(path, _)| path == LITERALS).map_or("version = 1", |(_, text)| text);
        let literals = note(config::literal::literals(LITERALS, list), &mut problems).unwrap_or_default();
        let list = texts.iter().find(|(path, _)| path == INDICATORS).map_or("version = 1", |(_, text)| text);
        let told = note(config::indicator::indicators(INDICATORS, list), &mut problems);
        let meaning = told.unwrap_or_default();
        let (queries, mut rules) = (queries(&texts), rules(&texts));
        rules.push(delivery_rules::table(contracts.as_deref().unwrap_or_default()));
        let senders = senders(&rules, &mut problems);
        let people = recipients.as_ref().map(|(all, _)| all.as_slice());
        cross_check(&jobs, &texts, &named, people, &mut problems);
        let recipients_text = recipients.as_ref().map_or("", |(_, text)| text.as_str());
        let access_text = texts.iter().find(|(path, _)| path == ACCESS).map(|(_, text)| text.as_str());
        if let (Some(access), Some(text), Some(people)) = (&access, access_text, people) {
            problems.extend(access_check::names(access, text, &senders, people, recipients_text));
        }
        conditions(&jobs, &texts, contracts.as_deref(), &rules, &senders, &mut problems);
        domains(settings.as_ref(), people, recipients_text, &mut problems);
        problems.sort();
        let plannable = contracts.is_some();
        let settings = settings.unwrap_or_else(|| {
            config::settings::settings("talenta.toml", SETTINGS).expect("the settings of a new project are whole")
        });
        let (recipients, _) = recipients.unwrap_or_default();
        let contracts = contracts.unwrap_or_default();
        let access = access.unwrap_or_default();
        let project = Self {
            root,
            settings,
            recipients,
            access,
            contracts,
            jobs,
            queries,
            rules,
            literals,
            meaning,
            senders,
            reports,
            files,
        };
        Read { project, problems, plannable }
    }

    /// A path of the settings, absolute.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// File whose lock means that somebody writes.
    pub fn lock_path(&self) -> PathBuf {
        self.root.join("talenta.lock")
    }

    /// The job of this name.
    pub fn job(&self, name: &str) -> Result<&Job, String> {
        self.jobs.iter().find(|job| job.name == name).ok_or_else(|| {
            let hint = did_you_mean(name, self.jobs.iter().map(|job| job.name.as_str()));
            let known: Vec<&str> = self.jobs.iter().map(|job| job.name.as_str()).collect();
            let hint = hint.unwrap_or_else(|| format!("jobs are {}", known.join(", ")));
            format!("no job `{name}` under pipelines/jobs\nhint: {hint}")
        })
    }

    /// Canonical tables and the engine's own: what queries may read besides each other.
    pub fn tables(&self) -> Vec<Table> {
        self.contracts.iter().map(Contract::table).chain(engine_tables()).collect()
    }

    /// Content address of every file that figures follow from, and of the policy; tests of queries do not count.
    pub fn digests(&self) -> BTreeMap<String, Digest> {
        let counted = self.files.iter().filter(|(path, _)| !path.starts_with(TESTS));
        counted.map(|(path, bytes)| (path.clone(), Digest::of(bytes))).collect()
    }
}

/// The value, or its problems on the list.
fn note<T>(read: Result<T, Vec<Problem>>, problems: &mut Vec<Problem>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), ProjectError> {
    let wrong = |path: &Path| {
        let path = path.to_path_buf();
        move |source| ProjectError::Read { path, source }
    };
    for entry in fs::read_dir(folder).map_err(wrong(folder))? {
        let path = entry.map_err(wrong(folder))?.path();
        let meta = fs::metadata(&path).map_err(wrong(&path))?;
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if meta.is_dir() {
            collect(root, &path, files)?;
        } else if meta.len() > FILE_BYTES_MAX {
            let source =
                io::Error::other(format!("larger than {FILE_BYTES_MAX} bytes; project files are written by people"));
            return Err(ProjectError::Read { path, source });
        } else {
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.insert(relative, fs::read(&path).map_err(wrong(&path))?);
        }
    }
    Ok(())
}

/// The files that people write as text.
fn texts(files: &BTreeMap<String, Vec<u8>>, problems: &mut Vec<Problem>) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for (path, bytes) in files {
        if [".toml", ".sql", ".csv"].iter().any(|suffix| path.ends_with(suffix)) {
            match String::from_utf8(bytes.clone()) {
                Ok(text) => texts.push((path.clone(), text)),
                Err(_) => problems.push(Problem {
                    file: path.clone(),
                    line: 0,
                    path: String::new(),
                    what: "is not UTF-8".into(),
                    hint: Some("save it as UTF-8".into()),
                }),
            }
        }
    }
    texts
}

fn below(texts: &[(String, String)], folder: &str) -> Vec<(String, String)> {
    let toml = |(path, _): &&(String, String)| path.starts_with(folder) && path.ends_with(".toml");
    texts.iter().filter(toml).cloned().collect()
}

fn stem(path: &str) -> String {
    Path::new(path).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn queries(texts: &[(String, String)]) -> Vec<QueryFile> {
    let kinds = [
        ("queries/staging/", QueryKind::Staging),
        ("queries/marts/", QueryKind::Mart),
        ("queries/views/", QueryKind::View),
        ("queries/checks/", QueryKind::Check),
    ];
    let mut queries = Vec::new();
    for (path, sql) in texts.iter().filter(|(path, _)| path.ends_with(".sql")) {
        if let Some((_, kind)) = kinds.iter().find(|(folder, _)| path.starts_with(folder)) {
            queries.push(QueryFile { name: stem(path), path: path.clone(), kind: *kind, sql: sql.clone() });
        }
    }
    queries
}

fn rules(texts: &[(String, String)]) -> Vec<RuleFile> {
    let rules = texts.iter().filter(|(path, _)| path.starts_with("queries/rules/") && path.ends_with(".csv"));
    rules.map(|(path, csv)| RuleFile { name: stem(path), path: path.clone(), csv: csv.clone() }).collect()
}

/// The governments of [`GOVERNMENTS`]: plain cells, no quoting.
pub fn senders(rules: &[RuleFile], problems: &mut Vec<Problem>) -> Vec<Instansi> {
    let file = GOVERNMENTS;
    let mut problem = |line: usize, what: String| {
        let hint = Some("its columns are kode,nama,nama_singkat".into());
        problems.push(Problem { file: file.into(), line, path: String::new(), what, hint });
    };
    let Some(rule) = rules.iter().find(|rule| rule.path == file) else {
        problem(0, "is missing".into());
        return Vec::new();
    };
    let mut lines = rule.csv.lines().map(|line| line.split(',').map(str::trim).collect::<Vec<_>>());
    let head = lines.next().unwrap_or_default();
    let place = |name: &str| head.iter().position(|it| *it == name);
    let (Some(kode), Some(nama), Some(singkat)) = (place("kode"), place("nama"), place("nama_singkat")) else {
        problem(1, "lacks a column".into());
        return Vec::new();
    };
    let mut senders = Vec::new();
    for (i, cells) in lines.enumerate().filter(|(_, cells)| cells.iter().any(|it| !it.is_empty())) {
        let cell = |place: usize| cells.get(place).map(ToString::to_string).filter(|it| !it.is_empty());
        match (cell(kode), cell(nama), cell(singkat)) {
            (Some(kode), Some(nama), Some(nama_singkat)) => senders.push(Instansi { kode, nama, nama_singkat }),
            _ => problem(i + 2, "lacks a cell".into()),
        }
    }
    senders
}

/// What one file says of another.
fn cross_check(
    jobs: &[Job],
    texts: &[(String, String)],
    reports: &BTreeSet<&str>,
    recipients: Option<&[Recipient]>,
    problems: &mut Vec<Problem>,
) {
    let groups: Option<BTreeSet<&str>> =
        recipients.map(|all| all.iter().flat_map(|it| &it.groups).map(String::as_str).collect());
    for job in jobs {
        for (i, report) in job.reports.iter().enumerate() {
            let file = format!("pipelines/jobs/{}.toml", job.name);
            let text = texts.iter().find(|(path, _)| *path == file).map_or("", |(_, text)| text.as_str());
            let mut problem = |name: &str, path: String, what: String, hint| {
                let line = line_of(text, &format!("\"{name}\""));
                problems.push(Problem { file: file.clone(), line, path, what, hint });
            };
            if !reports.contains(report.name.as_str()) {
                let hint = did_you_mean(&report.name, reports.iter().copied());
                problem(
                    &report.name,
                    format!("report[{i}].name"),
                    format!("no folder `{}` under report-templates", report.name),
                    hint,
                );
            }
            // Where recipients.toml itself is broken, who belongs to what is not known.
            let Some(groups) = &groups else { continue };
            for group in report.to.iter().filter(|group| !groups.contains(group.as_str())) {
                let hint = did_you_mean(group, groups.iter().copied());
                problem(
                    group,
                    format!("report[{i}].to"),
                    format!("nobody in recipients.toml belongs to `{group}`"),
                    hint,
                );
            }
        }
    }
}
