//! Working days and the hours in which mail may leave, in WIB. Refuses to know a holiday by itself: the rule table names them.

use crate::model::indonesia::wib;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone as _, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Rule table with the days on which offices are closed.
pub const HOLIDAYS: &str = "hari_libur";
/// Days looked ahead for an opening: longer than any row of holidays.
const DAYS_AHEAD: u64 = 60;

/// Days on which offices are closed besides Saturday and Sunday.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Public holidays and collective leave.
    pub holidays: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Whether offices are open on `day`.
    pub fn works(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(&day)
    }

    /// Whether anything is known of the year: a year without a single holiday was not entered.
    pub fn knows(&self, year: i32) -> bool {
        self.holidays.iter().any(|it| it.year() == year)
    }
}

/// When a message may leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// First minute of the day, WIB, counted from midnight; the day begins with it where there is none.
    pub from_minute: Option<u32>,
    /// The minute after the last, WIB; the day ends with it where there is none.
    pub to_minute: Option<u32>,
    /// On working days only.
    pub working_days: bool,
}

impl Gate {
    /// The first moment from `now` on at which the gate stands open; `now` itself where it does. Nothing where no day in sight is a
    /// working day.
    pub fn opens(&self, now: DateTime<Utc>, calendar: &Calendar) -> Option<DateTime<Utc>> {
        let local = now.with_timezone(&wib());
        let (from, to) = (self.from_minute.unwrap_or(0), self.to_minute.unwrap_or(24 * 60));
        let today = local.date_naive();
        for ahead in 0..DAYS_AHEAD {
            let day = today.checked_add_days(Days::new(ahead))?;
            if self.working_days && !calendar.works(day) {
                continue;
            }
            let opening = moment(day, from)?;
            let closing = moment(day, to)?;
            if now < closing {
                return Some(now.max(opening));
            }
        }
        None
    }

    /// As people write it: `07.00–16.00 WIB, working days`.
    pub fn words(&self) -> String {
        let clock = |minute: u32| format!("{:02}.{:02}", minute / 60, minute % 60);
        let hours = match (self.from_minute, self.to_minute) {
            (None, None) => String::new(),
            (from, to) => format!("{}-{} WIB", clock(from.unwrap_or(0)), clock(to.unwrap_or(24 * 60))),
        };
        match (hours.is_empty(), self.working_days) {
            (true, false) => "at any hour".into(),
            (true, true) => "on working days".into(),
            (false, false) => hours,
            (false, true) => format!("{hours} on working days"),
        }
    }
}

/// The minute `minute` of a day in WIB; 1440 is the midnight at its end.
fn moment(day: NaiveDate, minute: u32) -> Option<DateTime<Utc>> {
    let (day, minute) = if minute >= 24 * 60 { (day.succ_opt()?, 0) } else { (day, minute) };
    let local = day.and_time(NaiveTime::from_hms_opt(minute / 60, minute % 60, 0)?);
    wib().from_local_datetime(&local).single().map(|it| it.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    fn calendar() -> Calendar {
        Calendar { holidays: ["2026-01-16", "2026-01-19"].iter().map(|it| it.parse().unwrap()).collect() }
    }

    #[test]
    fn a_gate_opens_at_the_next_hour_of_a_working_day() {
        let gate = Gate { from_minute: Some(7 * 60), to_minute: Some(16 * 60 + 30), working_days: true };
        let opens = |text: &str| gate.opens(at(text), &calendar()).unwrap();
        assert_eq!(opens("2026-01-15T09:15:00+07:00"), at("2026-01-15T09:15:00+07:00"), "open");
        assert_eq!(opens("2026-01-15T06:59:59+07:00"), at("2026-01-15T07:00:00+07:00"));
        assert_eq!(opens("2026-01-14T16:30:00+07:00"), at("2026-01-15T07:00:00+07:00"), "the end is outside");
        // Thursday evening; Friday and Monday are holidays.
        assert_eq!(opens("2026-01-15T20:00:00+07:00"), at("2026-01-20T07:00:00+07:00"));
        assert_eq!(opens("2026-01-14T23:30:00Z"), at("2026-01-15T07:00:00+07:00"), "the day is that of WIB");
    }

    #[test]
    fn without_hours_or_days_it_is_always_open() {
        let now = at("2026-01-17T03:00:00+07:00");
        assert_eq!(Gate::default().opens(now, &calendar()), Some(now));
        let days = Gate { working_days: true, ..Gate::default() };
        assert_eq!(days.opens(now, &calendar()), Some(at("2026-01-20T00:00:00+07:00")));
        let hours = Gate { from_minute: Some(13 * 60), ..Gate::default() };
        assert_eq!(hours.opens(now, &calendar()), Some(at("2026-01-17T13:00:00+07:00")));
        let never = Calendar { holidays: (0..90).map(|n| now.date_naive() + Days::new(n)).collect() };
        assert_eq!(days.opens(now, &never), None);
    }
}
