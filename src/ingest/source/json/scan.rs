//! A cursor over JSON text that hands out values as they are written, numbers untouched. Refuses what serde_json refuses.

use crate::ingest::source::refused::Refused;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// BRK-02 of JSON.
pub(crate) fn damaged() -> Refused {
    Refused::damaged("Berkas JSON")
}

/// One value.
#[derive(Debug)]
pub(crate) enum Value<'t> {
    Null,
    /// Unescaped.
    Text(Cow<'t, str>),
    /// As written.
    Number(&'t str),
    /// `true` or `false`.
    Bool(&'t str),
    /// A list or an object, as written.
    Nested(&'t str),
}

impl Value<'_> {
    /// Whether the value is neither null nor blank text.
    pub(crate) fn is_filled(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Text(text) => !text.trim().is_empty(),
            Value::Number(_) | Value::Bool(_) | Value::Nested(_) => true,
        }
    }
}

/// A cursor. Positions are always between ASCII characters, so every slice is whole.
pub(crate) struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The position of the next character that is no white space.
    pub(crate) fn start(&mut self) -> usize {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().bytes().take_while(|byte| blank(byte)).count();
        self.at
    }

    pub(crate) fn at_end(&mut self) -> bool {
        self.start() >= self.text.len()
    }

    pub(crate) fn is_object(&mut self) -> bool {
        self.peek() == Some(b'{')
    }

    pub(crate) fn is_list(&mut self) -> bool {
        self.peek() == Some(b'[')
    }

    /// Steps over a character if it is the next.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Refused> {
        if self.take(byte) { Ok(()) } else { Err(damaged()) }
    }

    /// Reads one object: key, value and the position where the value begins, for every member.
    pub(crate) fn members(
        &mut self,
        mut visit: impl FnMut(&str, &Value<'t>, usize) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        self.expect(b'{')?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let Value::Text(key) = self.value()? else { return Err(damaged()) };
            self.expect(b':')?;
            let begins = self.start();
            let value = self.value()?;
            visit(&key, &value, begins)?;
            if !self.take(b',') {
                return self.expect(b'}');
            }
        }
    }

    /// Reads one value.
    pub(crate) fn value(&mut self) -> Result<Value<'t>, Refused> {
        let value = match self.peek() {
            Some(b'"') => {
                let raw = self.advance(string_end)?;
                let inner = raw.get(1..raw.len() - 1).ok_or_else(damaged)?;
                let plain = !inner.bytes().any(|byte| byte == b'\\' || byte < b' ');
                return if plain {
                    Ok(Value::Text(Cow::Borrowed(inner)))
                } else {
                    serde_json::from_str(raw).map(Value::Text).map_err(|_| damaged())
                };
            }
            Some(b'{' | b'[') => Value::Nested(self.advance(nested_end)?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.advance(word_end)?),
            _ => match self.advance(word_end)? {
                "null" => return Ok(Value::Null),
                word @ ("true" | "false") => return Ok(Value::Bool(word)),
                _ => return Err(damaged()),
            },
        };
        let (Value::Number(raw) | Value::Nested(raw)) = &value else { return Ok(value) };
        serde_json::from_str::<IgnoredAny>(raw).map(|_| value).map_err(|_| damaged())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&mut self) -> Option<u8> {
        self.start();
        self.rest().bytes().next()
    }

    /// Steps over what `end` measures and gives it.
    fn advance(&mut self, end: fn(&[u8]) -> Option<usize>) -> Result<&'t str, Refused> {
        let rest = self.rest();
        let raw = end(rest.as_bytes()).and_then(|length| rest.get(..length)).ok_or_else(damaged)?;
        self.at += raw.len();
        Ok(raw)
    }
}

/// The length of the string at the beginning, quotes included.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The length of the list or object at the beginning.
fn nested_end(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        match bytes.get(at)? {
            b'"' => at += string_end(bytes.get(at..)?)?,
            byte => {
                match byte {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
    }
}

/// The length of the number or word at the beginning.
fn word_end(bytes: &[u8]) -> Option<usize> {
    let inside = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
    Some(bytes.iter().take_while(inside).count())
}

/// A list or object without white space between its parts.
pub(crate) fn compact(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in raw.chars() {
        if !quoted && c.is_ascii_whitespace() {
            continue;
        }
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}
