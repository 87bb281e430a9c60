//! Progress bars on a terminal for anything that takes over a second. Refuses to draw where nobody looks.

use crate::pipeline::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a stage may take before it gets a bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// One bar at a time, for the stage that runs.
#[derive(Default)]
pub struct Bars {
    stage: Mutex<Option<Stage>>,
}

struct Stage {
    bar: ProgressBar,
    began: Instant,
    shown: bool,
}

impl Progress for Bars {
    fn begin(&self, stage: &str, total: Option<u64>) {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let form = if total.is_some() { "{msg:>10} {bar:30} {pos}/{len}" } else { "{msg:>10} {spinner}" };
        bar.set_style(ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(stage.to_string());
        *self.lock() = Some(Stage { bar, began: Instant::now(), shown: false });
    }

    fn advance(&self, units: u64) {
        if let Some(stage) = self.lock().as_mut() {
            if !stage.shown && stage.began.elapsed() > PATIENCE {
                stage.bar.set_draw_target(ProgressDrawTarget::stderr());
                stage.shown = true;
            }
            stage.bar.inc(units);
        }
    }

    fn end(&self) {
        if let Some(stage) = self.lock().take() {
            stage.bar.finish_and_clear();
        }
    }
}

impl Bars {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Stage>> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
