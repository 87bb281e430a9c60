//! When a job is due, by its cron expression and time zone. Refuses to read the clock.

use crate::model::job::Job;
use crate::model::periode::Periode;
use chrono::{DateTime, Datelike, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};

/// Why a schedule cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// Not a cron expression.
    #[error("job `{job}`: `{cron}` is no cron expression of six fields (second minute hour day month weekday): {why}")]
    Cron {
        /// The job.
        job: String,
        /// Its expression.
        cron: String,
        /// What the parser says.
        why: String,
    },
    /// Not a time zone.
    #[error("job `{job}`: `{zone}` is no IANA time zone, such as Asia/Pontianak")]
    Zone {
        /// The job.
        job: String,
        /// Its zone.
        zone: String,
    },
    /// An expression like the 30th of February.
    #[error("job `{job}`: `{cron}` never comes")]
    Never {
        /// The job.
        job: String,
        /// Its expression.
        cron: String,
    },
}

/// A job's expression and zone, ready to be asked.
#[derive(Debug, Clone)]
pub struct Timetable {
    cron: Cron,
    zone: Tz,
}

impl Timetable {
    /// Reads the schedule of a job; an expression that never comes is refused, since the alarm clock would drop it silently.
    pub fn of(job: &Job, now: DateTime<Utc>) -> Result<Self, ScheduleError> {
        let (name, cron) = (job.name.clone(), job.cron.clone());
        // The same dialect the alarm clock reads: seconds required, day of month and weekday must both match.
        let parser = CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build();
        let parsed = parser.parse(&job.cron).map_err(|error| ScheduleError::Cron {
            job: name.clone(),
            cron: cron.clone(),
            why: error.to_string(),
        })?;
        let zone: Tz = job
            .time_zone
            .parse()
            .map_err(|_| ScheduleError::Zone { job: name.clone(), zone: job.time_zone.clone() })?;
        let timetable = Self { cron: parsed, zone };
        if timetable.after(now).is_none() {
            return Err(ScheduleError::Never { job: name, cron });
        }
        Ok(timetable)
    }

    /// The first moment after `time` at which the job is due.
    pub fn after(&self, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.cron.find_next_occurrence(&time.with_timezone(&self.zone), false).ok()?;
        Some(next.with_timezone(&Utc))
    }

    /// The month a run at `moment` is for: the last full month by the job's own zone.
    pub fn periode_at(&self, moment: DateTime<Utc>) -> Periode {
        let local = moment.with_timezone(&self.zone);
        let this = Periode::new(local.year(), local.month()).expect("a moment lies in a month of our age");
        this.previous()
    }

    /// When a run for `periode` is due: the first occurrence of the schedule in the month after it, by the job's own zone.
    pub fn due_of(&self, periode: Periode) -> Option<DateTime<Utc>> {
        let first = periode.next().first_day().and_hms_opt(0, 0, 0)?;
        let before = self.zone.from_local_datetime(&first).earliest()?.with_timezone(&Utc) - TimeDelta::seconds(1);
        self.after(before).filter(|due| self.periode_at(*due) == periode)
    }

    /// The job's zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(cron: &str, zone: &str) -> Job {
        Job {
            name: "bulanan".into(),
            about: String::new(),
            cron: cron.into(),
            time_zone: zone.into(),
            steps: vec![],
            inbox: "inbox".into(),
            reports: vec![],
        }
    }

    #[test]
    fn the_tenth_at_six_in_wib_is_the_ninth_at_23_utc() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let timetable = Timetable::of(&job("0 0 6 10 * *", "Asia/Pontianak"), now).unwrap();
        let due = timetable.after(now).unwrap();
        assert_eq!(due.to_rfc3339(), "2026-01-09T23:00:00+00:00");
        assert_eq!(timetable.periode_at(due).to_string(), "2025-12");
        assert_eq!(timetable.due_of("2025-12".parse().unwrap()), Some(due));
        assert_eq!(timetable.after(due).unwrap().to_rfc3339(), "2026-02-09T23:00:00+00:00");
    }

    #[test]
    fn a_schedule_that_cannot_be_kept_says_why() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let said = |cron: &str, zone: &str| Timetable::of(&job(cron, zone), now).unwrap_err().to_string();
        assert!(said("0 6 10 * *", "Asia/Pontianak").contains("no cron expression of six fields"));
        assert_eq!(
            said("0 0 6 10 * *", "Asia/Palangkaraya"),
            "job `bulanan`: `Asia/Palangkaraya` is no IANA time zone, such as Asia/Pontianak"
        );
        assert_eq!(said("0 0 0 30 2 *", "Asia/Pontianak"), "job `bulanan`: `0 0 0 30 2 *` never comes");
    }
}
