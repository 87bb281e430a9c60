//! Where labels of points can stand without touching one another. Refuses a place that hides a point.

/// A rectangle.
#[derive(Debug, Clone, Copy)]
pub struct Box {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Box {
    /// The square around a point.
    pub fn around((x, y): (f64, f64), half: f64) -> Self {
        Self { left: x - half, top: y - half, right: x + half, bottom: y + half }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// What is taken inside a field, and the lines through it.
pub struct Places {
    field: Box,
    taken: Vec<Box>,
    lines: Vec<f64>,
    paths: Vec<(f64, f64)>,
}

impl Places {
    /// An empty field: left, top, right, bottom.
    pub fn new((left, top, right, bottom): (f64, f64, f64, f64)) -> Self {
        Self { field: Box { left, top, right, bottom }, taken: Vec::new(), lines: Vec::new(), paths: Vec::new() }
    }

    /// Takes a place.
    pub fn take(&mut self, place: Box) {
        self.taken.push(place);
    }

    /// Whether nothing is there yet.
    pub fn is_free(&self, space: &Box) -> bool {
        self.taken.iter().all(|it| !it.meets(space))
    }

    /// A horizontal line no label should stand on.
    pub fn avoid(&mut self, y: f64) {
        self.lines.push(y);
    }

    /// A curve no label should stand on.
    pub fn avoid_path(&mut self, points: &[(f64, f64)]) {
        for pair in points.windows(2) {
            if let [from, to] = pair {
                let along = |i: u32| {
                    let part = f64::from(i) / 6.0;
                    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
                };
                self.paths.extend((0..6).map(along));
            }
        }
    }

    /// Takes the first free place beside a point for a text of a width and size and gives its start at the foot of its
    /// letters; with `must`, the least bad place if none is free.
    pub fn beside(
        &mut self,
        (x, y): (f64, f64),
        gap: f64,
        (width, size): (f64, f64),
        must: bool,
    ) -> Option<(f64, f64)> {
        let starts = [
            (x + gap, y + size * 0.35),
            (x - gap - width, y + size * 0.35),
            (x - width / 2.0, y - gap - size * 0.2),
            (x - width / 2.0, y + gap + size * 0.8),
            (x + gap * 0.7, y - gap),
            (x + gap * 0.7, y + gap + size * 0.6),
            (x - gap * 0.7 - width, y - gap),
            (x - gap * 0.7 - width, y + gap + size * 0.6),
        ];
        let spaces = starts.map(|(left, base)| Box {
            left,
            top: base - size * 0.8,
            right: left + width,
            bottom: base + size * 0.22,
        });
        let cost = |space: &Box| {
            let inside = self.field.left <= space.left
                && space.right <= self.field.right
                && self.field.top - size <= space.top
                && space.bottom <= self.field.bottom;
            let hits = self.taken.iter().filter(|it| it.meets(space)).count();
            let crossed = self.lines.iter().filter(|y| space.top < **y && **y < space.bottom).count();
            let within =
                |(x, y): &(f64, f64)| space.left < *x && *x < space.right && space.top < *y && *y < space.bottom;
            let touched = usize::from(self.paths.iter().any(within));
            hits * 10 + crossed * 3 + touched * 2 + if inside { 0 } else { 100 }
        };
        let best = (0..spaces.len()).min_by_key(|&i| spaces.get(i).map(cost))?;
        let space = *spaces.get(best)?;
        if cost(&space) > 0 && !must {
            return None;
        }
        // The point itself may lie in its own label's box only if there was no other way.
        self.taken.push(space);
        starts.get(best).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_clear_of_one_another() {
        let mut places = Places::new((0.0, 0.0, 100.0, 100.0));
        places.take(Box::around((50.0, 50.0), 2.0));
        assert_eq!(places.beside((50.0, 50.0), 4.0, (20.0, 10.0), false), Some((54.0, 53.5)));
        let (x, _) = places.beside((52.0, 50.0), 4.0, (20.0, 10.0), false).unwrap();
        assert!(x + 20.0 <= 54.0 || x < 54.0, "to the left or above: {x}");
        places.avoid(20.0);
        assert_eq!(places.beside((98.0, 20.0), 4.0, (20.0, 10.0), true).map(|(x, _)| x < 80.0), Some(true));
    }
}
