//! The CSV of rule files: comma, header, quotes doubled, every record with its line. Refuses dialects.

use crate::model::problem::Problem;

/// One record and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// 1-based line.
    pub line: usize,
    /// Fields, unquoted.
    pub fields: Vec<String>,
}

/// The records of `text`, header included, blank lines left out. A record that is no CSV, or has not as many fields as
/// the header, is a problem in `file`.
pub fn scan(file: &str, text: &str) -> (Vec<Record>, Vec<Problem>) {
    let (mut records, mut problems) = (Vec::<Record>::new(), Vec::new());
    let mut rest = Reader { chars: text.trim_start_matches('\u{feff}').chars().peekable(), line: 1 };
    while let Some(found) = rest.record() {
        let line = found.as_ref().map_or_else(|line| *line, |record| record.line);
        let wrong = |what: String, hint: &str| Problem {
            file: file.into(),
            line,
            path: String::new(),
            what,
            hint: Some(hint.into()),
        };
        match found {
            Err(_) => problems.push(wrong(
                "a quote is never closed or closes inside a field".into(),
                "double every quote inside quotes",
            )),
            Ok(record) => {
                let expected = records.first().map_or(record.fields.len(), |header| header.fields.len());
                if record.fields.len() == expected {
                    records.push(record);
                } else {
                    let what = format!("{} fields where the header has {expected}", record.fields.len());
                    problems.push(wrong(what, "put a field that holds a comma in double quotes"));
                }
            }
        }
    }
    (records, problems)
}

struct Reader<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.chars.next()?;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    /// The next record that is not blank; `Err(line)` when its quotes are broken.
    fn record(&mut self) -> Option<Result<Record, usize>> {
        while matches!(self.chars.peek(), Some('\n' | '\r')) {
            self.next();
        }
        self.chars.peek()?;
        let line = self.line;
        let (mut fields, mut sound) = (Vec::new(), true);
        loop {
            let (field, ended, fine) = self.field();
            fields.push(field);
            sound &= fine;
            if ended {
                return Some(if sound { Ok(Record { line, fields }) } else { Err(line) });
            }
        }
    }

    /// A field, whether the record ends with it, and whether its quotes are sound.
    fn field(&mut self) -> (String, bool, bool) {
        let (mut field, mut sound) = (String::new(), true);
        if self.chars.peek() == Some(&'"') {
            self.next();
            sound = self.quoted(&mut field);
        }
        loop {
            match self.next() {
                Some(',') => return (field, false, sound),
                None | Some('\n') => return (field, true, sound),
                Some('\r') if self.chars.peek() == Some(&'\n') => {}
                Some(c) => {
                    sound &= c != '"';
                    field.push(c);
                }
            }
        }
    }

    /// The inside of quotes, up to the closing one; false when there is none.
    fn quoted(&mut self, field: &mut String) -> bool {
        while let Some(c) = self.next() {
            if c != '"' {
                field.push(c);
            } else if self.chars.peek() == Some(&'"') {
                self.next();
                field.push('"');
            } else {
                return matches!(self.chars.peek(), None | Some(',' | '\n' | '\r'));
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_lines_through_quotes_and_counts_fields() {
        let (records, problems) = scan("r.csv", "\u{feff}a,b\r\n\r\n1,\"x\ny\"\n2,\"say \"\"hi\"\"\"\n3\n4,\"z\"q\n5,");
        let seen: Vec<_> = records.iter().map(|r| (r.line, r.fields.join("|"))).collect();
        assert_eq!(seen, [(1, "a|b".into()), (3, "1|x\ny".into()), (5, "2|say \"hi\"".into()), (8, "5|".into())]);
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), [6, 7]);
    }

    proptest! {
        #[test]
        fn reads_back_what_a_writer_quotes(rows in proptest::collection::vec(proptest::collection::vec("[a-z\",\n ]{0,6}", 3), 1..6)) {
            let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let text: String = rows.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",") + "\n").collect();
            let (records, problems) = scan("r.csv", &text);
            prop_assert!(problems.is_empty());
            prop_assert_eq!(records.into_iter().map(|r| r.fields).collect::<Vec<_>>(), rows);
        }

        #[test]
        fn never_panics(text in "\\PC{0,80}") {
            scan("r.csv", &text);
        }
    }
}
