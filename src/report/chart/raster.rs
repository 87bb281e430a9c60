//! SVG to PNG at twice the shown size, with the report's own fonts. Refuses fonts of the machine: without ours there is no picture.

use crate::model::report::ReportSpec;
use crate::report::chart::Drawn;
use crate::report::{Error, Templates};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use std::sync::Arc;

/// The report's fonts, read once.
pub struct Pens {
    fonts: Arc<Database>,
    family: String,
}

impl Pens {
    /// The fonts of `shared/fonts`; none where there is no font.
    pub fn new(files: &Templates) -> Option<Self> {
        let mut fonts = Database::new();
        files.fonts().for_each(|font| fonts.load_font_data(font.to_vec()));
        let family = fonts.faces().next().and_then(|face| face.families.first()).map(|(name, _)| name.clone())?;
        Some(Self { fonts: Arc::new(fonts), family })
    }
}

/// The picture of a chart for the mail.
pub fn png(spec: &ReportSpec, files: &Templates, drawn: &Drawn) -> Result<Vec<u8>, Error> {
    let failed =
        |what: &str| Error::Chart { report: spec.name.clone(), chart: drawn.name.clone(), what: what.to_string() };
    let pens = files.pens()?;
    let options = Options { fontdb: pens.fonts.clone(), font_family: pens.family.clone(), ..Options::default() };
    let tree = Tree::from_str(&drawn.mail, &options).map_err(|_| failed("the SVG does not parse"))?;
    let size = tree.size();
    let (width, height) = ((size.width() * 2.0).ceil() as u32, (size.height() * 2.0).ceil() as u32);
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| failed("the picture has no size"))?;
    resvg::render(&tree, Transform::from_scale(2.0, 2.0), &mut pixels.as_mut());
    pixels.encode_png().map_err(|_| failed("the PNG encoder gave up"))
}
