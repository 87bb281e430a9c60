//! Addresses and names in headers. Refuses what could end a header line, turn the direction of writing, or need an extension that
//! relays do not all have.

use crate::mail::Error;
use crate::mail::letter::Person;
use lettre::Address;
use lettre::message::Mailbox;

/// Most characters of a display name.
const NAME_CHARS_MAX: usize = 64;

/// An address that every relay takes.
///
/// # Errors
/// [`Error::Address`] where it is none, or not ASCII.
pub fn address(field: &'static str, text: &str) -> Result<Address, Error> {
    let refused = |why: &str| Error::Address { field, address: one_line(text), why: why.to_string() };
    if !text.is_ascii() {
        return Err(refused("it has other characters than ASCII"));
    }
    if text.bytes().any(|byte| byte.is_ascii_control() || byte == b' ') {
        return Err(refused("it has blanks or control characters"));
    }
    text.parse::<Address>().map_err(|error| refused(&error.to_string()))
}

/// Name and address as headers show them.
pub(in crate::mail) fn mailbox(field: &'static str, person: &Person) -> Result<Mailbox, Error> {
    let name = person.name.as_deref().map(one_line).filter(|name| !name.is_empty());
    let name = name.map(|name| name.chars().take(NAME_CHARS_MAX).collect::<String>().trim().to_string());
    Ok(Mailbox::new(name, address(field, &person.address)?))
}

/// `text` on one line: control characters and marks of writing direction are blanks, blanks are single.
pub(in crate::mail) fn one_line(text: &str) -> String {
    let blank = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    let visible: String = text.chars().map(|c| if blank(c) { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_plain_addresses_and_no_tricks() {
        assert!(address("to", "kepala.bkd@kalteng.go.id").is_ok());
        let tricks = [
            "",
            "budi",
            "budi@",
            "@x.id",
            "budi@x.id\r\nBcc: c@d.id",
            "budi@x.id> SIZE=1",
            "budí@x.id",
            "budi@é.id",
            "a b@x.id",
        ];
        for trick in tricks {
            assert!(matches!(address("to", trick), Err(Error::Address { field: "to", .. })), "{trick}");
        }
    }

    #[test]
    fn names_stay_on_one_line() {
        assert_eq!(one_line("Budi\r\nBcc: x\u{202E}y\0  z"), "Budi Bcc: x y z");
        let long = Person { name: Some("a".repeat(99)), address: "b@c.id".into() };
        assert_eq!(mailbox("to", &long).unwrap().name.unwrap().len(), NAME_CHARS_MAX);
        let none = Person { name: Some("\n".into()), address: "b@c.id".into() };
        assert_eq!(mailbox("to", &none).unwrap().name, None);
    }
}
