//! SVG to PNG at twice the shown size, with the report's own fonts. Refuses fonts of the machine: without ours there is no picture.

use crate::model::report::ReportSpec;
use crate::report::chart::Drawn;
use crate::report::{Error, Templates};
use png::{BitDepth, ColorType, Encoder, Filter};
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
    encoded(&pixels).ok_or_else(|| failed("the PNG encoder gave up"))
}

/// A chart has few colours, edges of letters included: with a palette it takes half the bytes and less time. Where it has more
/// than a palette holds, or holes, it is written as it is.
fn encoded(pixels: &Pixmap) -> Option<Vec<u8>> {
    let Some((palette, places)) = palette(pixels) else { return pixels.encode_png().ok() };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette);
    // Places in a palette are no amounts: a difference between neighbours says nothing.
    encoder.set_filter(Filter::NoFilter);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&places).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// Slots of the table of known colours: many times what a palette holds, so that a look-up hardly ever meets another colour.
const SLOTS: usize = 1 << 12;

/// Pixels looked at together: most of a picture is the colour it was before.
const RUN: usize = 16;

/// The colours in the order they first appear, three bytes each, and for every pixel the place of its own.
fn palette(pixels: &Pixmap) -> Option<(Vec<u8>, Vec<u8>)> {
    let pixels = pixels.data().as_chunks::<4>().0;
    let (mut colours, mut places) = (Colours::new(), Vec::with_capacity(pixels.len()));
    let mut last = (*pixels.first()?, colours.place(*pixels.first()?)?);
    let (runs, rest) = pixels.as_chunks::<RUN>();
    for run in runs {
        if *run == [last.0; RUN] {
            places.extend([last.1; RUN]);
        } else {
            for pixel in run {
                if *pixel != last.0 {
                    last = (*pixel, colours.place(*pixel)?);
                }
                places.push(last.1);
            }
        }
    }
    for pixel in rest {
        places.push(colours.place(*pixel)?);
    }
    Some((colours.listed, places))
}

/// A palette in the making.
struct Colours {
    listed: Vec<u8>,
    known: Vec<Option<([u8; 4], u8)>>,
}

impl Colours {
    fn new() -> Self {
        Self { listed: Vec::new(), known: vec![None; SLOTS] }
    }

    /// The place of a colour; none where there is no room for it, or it is not opaque.
    fn place(&mut self, pixel: [u8; 4]) -> Option<u8> {
        let [red, green, blue, u8::MAX] = pixel else { return None };
        let mut slot = (u32::from_be_bytes(pixel).wrapping_mul(0x9E37_79B1) >> 20) as usize % SLOTS;
        loop {
            match self.known.get_mut(slot)? {
                Some((same, place)) if *same == pixel => return Some(*place),
                Some(_) => slot = (slot + 1) % SLOTS,
                free => {
                    let place = u8::try_from(self.listed.len() / 3).ok()?;
                    *free = Some((pixel, place));
                    self.listed.extend([red, green, blue]);
                    return Some(place);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::tiny_skia::{Color, ColorU8};

    fn pixels(colours: impl Fn(usize) -> ColorU8) -> Pixmap {
        let mut pixels = Pixmap::new(41, 20).unwrap();
        pixels.fill(Color::WHITE);
        pixels.pixels_mut().iter_mut().enumerate().for_each(|(i, pixel)| *pixel = colours(i).premultiply());
        pixels
    }

    #[test]
    fn every_pixel_comes_back_with_a_palette_and_without() {
        let few = pixels(|i| ColorU8::from_rgba(i as u8 % 7, 9, 200, 255));
        let runs = pixels(|i| ColorU8::from_rgba((i / 37) as u8 % 3, 9, 200, 255));
        let many = pixels(|i| ColorU8::from_rgba(i as u8, (i / 256) as u8, 200, 255));
        let holes = pixels(|i| ColorU8::from_rgba(10, 20, 30, if i == 5 { 0 } else { 255 }));
        for (given, indexed) in [(&few, true), (&runs, true), (&many, false), (&holes, false)] {
            let bytes = encoded(given).unwrap();
            assert_eq!(palette(given).is_some(), indexed);
            assert_eq!(&Pixmap::decode_png(&bytes).unwrap(), given);
        }
    }
}
