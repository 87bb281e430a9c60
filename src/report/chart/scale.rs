//! A linear axis with round ticks. Refuses an empty span.

use crate::model::indonesia;
use crate::model::report::Format;
use crate::report::format;
use serde_json::Value;

/// From values to places on the page.
pub struct Scale {
    low: f64,
    high: f64,
    step: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// An axis over `values` between the places `from` and `to`; from zero where `zero`, never beyond `most`.
    pub fn new(values: impl Iterator<Item = f64>, zero: bool, most: Option<f64>, (from, to): (f64, f64)) -> Self {
        let (mut least, mut greatest) = values.fold((f64::MAX, f64::MIN), |(a, b), it| (a.min(it), b.max(it)));
        if least > greatest {
            (least, greatest) = (0.0, 1.0);
        }
        if zero {
            least = least.min(0.0);
        }
        // Where all values are the same, the axis is as long as the value; where that is nothing, it shows that there could be more.
        let span = match greatest - least {
            span if span > greatest.abs() * 1e-6 => span,
            _ if greatest == 0.0 => 1.0,
            _ => greatest.abs(),
        };
        let step = round_step(span / 4.5);
        let low = (least / step).floor() * step;
        let high = (greatest / step).ceil() * step;
        let high = most.map_or(high, |most| high.min(most.max(greatest)));
        let high = if high > low { high } else { low + step };
        Self { low, high, step, from, to }
    }

    /// Where a value stands.
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// Round values along the axis.
    pub fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step + 1e-6).floor().clamp(0.0, 20.0) as u32;
        (0..=count).map(|i| self.low + f64::from(i) * self.step).collect()
    }

    /// Round values along the axis that have `room` between them for labels of a width, the first and last kept if possible.
    pub fn ticks_in(&self, room: f64, label: f64) -> Vec<f64> {
        let all = self.ticks();
        let most = ((room / label.max(1.0)).floor() as usize).max(1);
        let every = [1, 2, 4, 5, 10, 20].into_iter().find(|every| (all.len().saturating_sub(1)) / every <= most);
        all.into_iter().step_by(every.unwrap_or(20)).collect()
    }

    /// The values at both ends.
    pub fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }
}

/// A value of the axis as written under it.
pub fn tick(value: f64, format: Format) -> String {
    match format {
        Format::Share => indonesia::persen(value, if whole(value * 100.0) { 0 } else { 1 }),
        _ if !whole(value) => indonesia::desimal(value, 1),
        _ => format::shown(&Value::from(value), Format::Whole, true),
    }
}

fn whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-9
}

/// 1, 2 or 5 times a power of ten, at least `raw`.
fn round_step(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|it| it * power >= raw * 0.999);
    step.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let scale = Scale::new([0.116, 0.761].into_iter(), true, Some(1.0), (0.0, 100.0));
        assert_eq!(scale.ticks().len(), 5);
        assert!((scale.at(0.4) - 50.0).abs() < 1e-9);
        let index = Scale::new([52.26, 65.59].into_iter(), false, None, (0.0, 100.0));
        assert_eq!(index.ticks(), [50.0, 55.0, 60.0, 65.0, 70.0]);
    }

    #[test]
    fn nothing_and_one_value_still_make_an_axis() {
        for values in [vec![], vec![0.0], vec![5.0, 5.0]] {
            let scale = Scale::new(values.into_iter(), false, None, (0.0, 10.0));
            assert!(scale.at(5.0).is_finite());
            assert!(!scale.ticks().is_empty());
        }
        let none = Scale::new([0.0, 0.0].into_iter(), false, Some(1.0), (0.0, 10.0));
        let written: Vec<String> = none.ticks().into_iter().map(|it| tick(it, Format::Share)).collect();
        assert_eq!(written, ["0 %", "50 %"]);
        let few = Scale::new([0.0, 0.012].into_iter(), false, Some(1.0), (0.0, 10.0));
        let written: Vec<String> = few.ticks().into_iter().map(|it| tick(it, Format::Share)).collect();
        assert_eq!(written, ["0 %", "0,5 %", "1 %", "1,5 %"]);
    }
}
