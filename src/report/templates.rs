//! The files a report may read, and what is made of them once for every report: fonts, the typesetter's library, parsed mail
//! templates. Refuses files outside the folder it was given.

use crate::model::problem::Problem;
use crate::report::Error;
use crate::report::chart::raster::Pens;
use crate::report::sentence::{Engine, Medium};
use crate::report::typeset::Case;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Every file a report may read, by path relative to `report-templates` (`ringkasan-gubernur/mail.html`,
/// `shared/fonts/Inter-Regular.otf`).
#[derive(Clone, Default)]
pub struct Templates(Arc<Inner>);

#[derive(Default)]
struct Inner {
    files: BTreeMap<String, Vec<u8>>,
    case: OnceLock<Option<Arc<Case>>>,
    pens: OnceLock<Option<Arc<Pens>>>,
    engines: Mutex<BTreeMap<(Medium, String), Engine>>,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.files.keys()).finish()
    }
}

impl Templates {
    /// The files of a folder that somebody else has read.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self(Arc::new(Inner { files: files.into_iter().collect(), ..Inner::default() }))
    }

    /// One file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.files.get(path).map(Vec::as_slice)
    }

    /// Every file, in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The fonts, in order of path.
    pub fn fonts(&self) -> impl Iterator<Item = &[u8]> {
        let is_font =
            |path: &str| path.starts_with("shared/fonts/") && (path.ends_with(".ttf") || path.ends_with(".otf"));
        self.iter().filter(move |(path, _)| is_font(path)).map(|(_, bytes)| bytes)
    }

    /// Text files of the report and the shared ones with one of the endings.
    pub(in crate::report) fn texts(&self, report: &str, endings: &[&str]) -> Result<Vec<(&str, &str)>, Error> {
        let own = format!("{report}/");
        let wanted = self.iter().filter(|(path, _)| {
            (path.starts_with(&own) || path.starts_with("shared/"))
                && endings.iter().any(|ending| path.ends_with(ending))
        });
        let text = |(path, bytes)| match std::str::from_utf8(bytes) {
            Ok(text) => Ok((path, text)),
            Err(_) => Err(Error::Template(Problem {
                file: String::from(path),
                line: 0,
                path: String::new(),
                what: "is not UTF-8".into(),
                hint: Some("save the file as UTF-8".into()),
            })),
        };
        wanted.map(text).collect()
    }

    /// What the typesetter works with.
    pub(in crate::report) fn case(&self) -> Result<Arc<Case>, Error> {
        self.0.case.get_or_init(|| Case::new(self).map(Arc::new)).clone().ok_or(Error::NoFont)
    }

    /// What pictures are drawn with.
    pub(in crate::report) fn pens(&self) -> Result<Arc<Pens>, Error> {
        self.0.pens.get_or_init(|| Pens::new(self).map(Arc::new)).clone().ok_or(Error::NoFont)
    }

    /// The template engine of one report and one medium.
    pub(in crate::report) fn engine(&self, medium: Medium, report: &str) -> Result<Engine, Error> {
        let key = (medium, report.to_string());
        let mut engines = self.0.engines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = engines.get(&key) {
            return Ok(engine.clone());
        }
        let engine = Engine::new(medium, report, self)?;
        engines.insert(key, engine.clone());
        Ok(engine)
    }
}
