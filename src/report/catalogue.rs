//! Pages of the catalogue and the drawing of what is computed from what. Refuses scripts, external files, and to know what a page says.

use crate::report::sentence::{self, Engine, Medium};
use crate::report::{Error, Templates};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Folder of the page templates.
const FOLDER: &str = "katalog";
/// Width of a box, and what lies between two of them.
const BOX: (i64, i64) = (168, 24);
/// Horizontal distance of two layers, vertical of two boxes.
const STEP: (i64, i64) = (220, 32);
/// Room around the drawing.
const MARGIN: i64 = 12;
/// How often the boxes of all layers are sorted by their neighbours.
const SWEEPS: usize = 6;

/// One page to write.
pub struct Page {
    /// File name.
    pub file: String,
    /// Template of the folder.
    pub template: &'static str,
    /// What it says.
    pub context: serde_json::Value,
}

/// Renders pages; the result depends on the arguments only.
///
/// # Errors
/// When a template is missing, broken, or names something its page does not have.
pub fn render(files: &Templates, pages: &[Page]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let engine = Engine::new(Medium::Html, FOLDER, files)?;
    let page = |page: &Page| {
        let html = engine.file(&format!("{FOLDER}/{}", page.template), &sentence::value(&page.context))?;
        Ok((page.file.clone(), html.into_bytes()))
    };
    pages.iter().map(page).collect()
}

/// Things and what each is computed from.
#[derive(Debug, Default)]
pub struct Graph {
    kinds: BTreeMap<String, (&'static str, bool)>,
    edges: BTreeSet<(String, String)>,
}

/// A drawing in whole pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// Width.
    pub lebar: i64,
    /// Height.
    pub tinggi: i64,
    /// Boxes.
    pub kotak: Vec<Box>,
    /// Lines from the right end of one box to the left end of another.
    pub garis: Vec<Line>,
}

/// A box of the drawing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Box {
    /// Name.
    pub nama: String,
    /// Word for what it is.
    pub jenis: &'static str,
    /// Whether the drawing is about it.
    pub pokok: bool,
    /// Left edge.
    pub x: i64,
    /// Upper edge.
    pub y: i64,
}

/// A line of the drawing: a curve between two ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Where it starts.
    pub x1: i64,
    /// Where it starts.
    pub y1: i64,
    /// Middle, for the bend.
    pub xm: i64,
    /// Where it ends.
    pub x2: i64,
    /// Where it ends.
    pub y2: i64,
}

impl Graph {
    /// Adds a thing; `subject` marks what the drawing is about.
    pub fn node(&mut self, name: &str, kind: &'static str, subject: bool) {
        self.kinds.insert(name.to_string(), (kind, subject));
    }

    /// Adds: `reader` is computed from `source`.
    pub fn edge(&mut self, source: &str, reader: &str) {
        self.edges.insert((source.to_string(), reader.to_string()));
    }

    /// Draws from left (sources) to right: a thing stands one layer right of the last of its sources; within a layer things are sorted
    /// by the mean height of their neighbours (Sugiyama, Tagawa and Toda 1981), so that few lines cross.
    pub fn draw(&self) -> Picture {
        let layers = self.sorted(self.layers());
        let tallest = layers.iter().map(Vec::len).max().unwrap_or(0);
        let mut places = BTreeMap::new();
        let mut kotak = Vec::new();
        for (column, layer) in layers.iter().enumerate() {
            // Short layers stand in the middle of the tall ones.
            let top = MARGIN + (tallest - layer.len()) as i64 * STEP.1 / 2;
            for (row, name) in layer.iter().enumerate() {
                let (x, y) = (MARGIN + column as i64 * STEP.0, top + row as i64 * STEP.1);
                places.insert(*name, (x, y));
                let (jenis, pokok) = self.kinds.get(*name).copied().unwrap_or_default();
                kotak.push(Box { nama: name.to_string(), jenis, pokok, x, y });
            }
        }
        let line = |(source, reader): &(String, String)| {
            let (from, to) = (places.get(source.as_str())?, places.get(reader.as_str())?);
            let (x1, y1, x2, y2) = (from.0 + BOX.0, from.1 + BOX.1 / 2, to.0, to.1 + BOX.1 / 2);
            Some(Line { x1, y1, xm: (x1 + x2) / 2, x2, y2 })
        };
        let garis = self.edges.iter().filter_map(line).collect();
        let lebar = 2 * MARGIN + (layers.len() as i64 - 1).max(0) * STEP.0 + BOX.0;
        Picture { lebar, tinggi: 2 * MARGIN + tallest as i64 * STEP.1, kotak, garis }
    }

    /// Names by layer; a cycle, which no checked project has, ends in the layer reached so far.
    fn layers(&self) -> Vec<Vec<&str>> {
        let mut depth: BTreeMap<&str, usize> = self.kinds.keys().map(|name| (name.as_str(), 0)).collect();
        for _ in 0..self.kinds.len() {
            let mut moved = false;
            for (source, reader) in &self.edges {
                let (Some(from), Some(to)) = (depth.get(source.as_str()), depth.get(reader.as_str())) else { continue };
                if from + 1 > *to {
                    let deeper = from + 1;
                    depth.insert(reader, deeper);
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        let mut layers: Vec<Vec<&str>> = vec![Vec::new(); depth.values().max().map_or(0, |deepest| deepest + 1)];
        for (name, layer) in depth {
            if let Some(layer) = layers.get_mut(layer) {
                layer.push(name);
            }
        }
        layers
    }

    fn sorted<'a>(&'a self, mut layers: Vec<Vec<&'a str>>) -> Vec<Vec<&'a str>> {
        let mut beside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (source, reader) in &self.edges {
            beside.entry(source).or_default().push(reader);
            beside.entry(reader).or_default().push(source);
        }
        for _ in 0..SWEEPS {
            let mut height: BTreeMap<&str, i64> = BTreeMap::new();
            for layer in &layers {
                // Thousandths of the layer, so that layers of unlike length compare.
                height.extend(
                    layer.iter().enumerate().map(|(i, name)| (*name, (2 * i as i64 + 1) * 1000 / layer.len() as i64)),
                );
            }
            for layer in &mut layers {
                layer.sort_by_cached_key(|name| {
                    let near: Vec<i64> =
                        beside.get(name).into_iter().flatten().filter_map(|it| height.get(it).copied()).collect();
                    let own = height.get(name).copied().unwrap_or_default();
                    (if near.is_empty() { own } else { near.iter().sum::<i64>() / near.len() as i64 }, *name)
                });
            }
        }
        layers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_stands_right_of_all_its_sources() {
        let mut graph = Graph::default();
        for (name, kind) in [("pegawai", "kanonik"), ("pegawai_kini", "antara"), ("t01", "mart"), ("diklat", "kanonik")]
        {
            graph.node(name, kind, name == "t01");
        }
        for (source, reader) in
            [("pegawai", "pegawai_kini"), ("pegawai_kini", "t01"), ("diklat", "t01"), ("lain", "t01")]
        {
            graph.edge(source, reader);
        }
        let picture = graph.draw();
        let x = |name: &str| picture.kotak.iter().find(|it| it.nama == name).map(|it| it.x);
        assert_eq!(
            [x("diklat"), x("pegawai"), x("pegawai_kini"), x("t01")],
            [Some(12), Some(12), Some(232), Some(452)]
        );
        assert_eq!(picture.garis.len(), 3, "a line to something outside is left out");
        assert_eq!((picture.lebar, picture.tinggi), (632, 88));
        assert!(picture.kotak.iter().filter(|it| it.pokok).count() == 1);
    }

    #[test]
    fn nothing_is_a_drawing_too() {
        assert_eq!(Graph::default().draw().kotak, []);
    }
}
