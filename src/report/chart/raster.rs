//! SVG to PNG at twice the shown size, with the report's own fonts. Refuses fonts of the machine: without ours there is no picture.

use crate::model::report::ReportSpec;
use crate::report::chart::Drawn;
use crate::report::{Error, Templates};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// The picture of a chart for the mail.
pub fn png(spec: &ReportSpec, files: &Templates, drawn: &Drawn) -> Result<Vec<u8>, Error> {
    let failed =
        |what: &str| Error::Chart { report: spec.name.clone(), chart: drawn.name.clone(), what: what.to_string() };
    let mut options = Options::default();
    for font in files.fonts() {
        options.fontdb_mut().load_font_data(font.to_vec());
    }
    let family = options.fontdb.faces().next().and_then(|face| face.families.first()).map(|(name, _)| name.clone());
    options.font_family = family.ok_or(Error::NoFont)?;
    let tree = Tree::from_str(&drawn.mail, &options).map_err(|_| failed("the SVG does not parse"))?;
    let size = tree.size();
    let (width, height) = ((size.width() * 2.0).ceil() as u32, (size.height() * 2.0).ceil() as u32);
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| failed("the picture has no size"))?;
    resvg::render(&tree, Transform::from_scale(2.0, 2.0), &mut pixels.as_mut());
    pixels.encode_png().map_err(|_| failed("the PNG encoder gave up"))
}
