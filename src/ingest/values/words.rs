//! Words as agencies type them: null words, white space, header names, identifier dressing. Refuses to correct spelling.

use std::borrow::Cow;

/// NUL-01: whether the cell means null. The null dates are not here, they mean null only in date columns.
pub fn is_null(text: &str) -> bool {
    const WORDS: [&str; 6] = ["-", "--", "null", "undefined", "#N/A", "NaN"];
    // Nearly every cell ends, as it begins, with a letter or a digit, and is either too long or too short for one of the words.
    let bare = |end: Option<&u8>| end.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    if bare(bytes.first()) && bare(bytes.last()) && !matches!(bytes.len(), 3 | 4 | 9) {
        return false;
    }
    let text = text.trim();
    text.is_empty() || (text.len() <= 9 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)))
}

/// §5.6: white space at the ends removed, every run of white space inside (NBSP and newlines included) one space.
pub fn collapse(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if is_collapsed(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    for word in trimmed.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Cow::Owned(out)
}

/// Whether a trimmed text holds no white space but single blanks.
fn is_collapsed(trimmed: &str) -> bool {
    let mut blank = false;
    for byte in trimmed.bytes() {
        match byte {
            b' ' if blank => return false,
            b' ' => blank = true,
            // Controls may be white space; beyond ASCII only the slow path can tell.
            0..=0x1F | 0x80.. => {
                return !trimmed.chars().any(|c| c != ' ' && c.is_whitespace()) && !trimmed.contains("  ");
            }
            _ => blank = false,
        }
    }
    true
}

/// §2: the name a header is compared by. `<br>` and newlines become a space, camelCase and `_` are split into words, `. : ( ) * %`
/// are dropped, spaces collapsed, letters upper case: `jenisPenugasanId` and `JENIS_PENUGASAN_ID` are `JENIS PENUGASAN ID`.
pub fn header(text: &str) -> String {
    let text = without_breaks(text);
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let starts_word = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || (b.is_uppercase() && rest.peek().is_some_and(|n| n.is_lowercase()))
            });
        if starts_word {
            spaced.push(' ');
        }
        match c {
            '.' | ':' | '(' | ')' | '*' | '%' => {}
            // The mark of a second file, put behind the first one.
            '\u{feff}' => {}
            '_' => spaced.push(' '),
            _ if c.is_whitespace() => spaced.push(' '),
            _ => spaced.extend(c.to_uppercase()),
        }
        before = Some(c);
    }
    collapse(&spaced).into_owned()
}

/// Replaces `<br>`, `<br/>` and `<BR />`, which some exports leave in their headers as text, by a space.
fn without_breaks(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        match after.split_once('>') {
            Some((tag, behind)) if tag.trim_end_matches(['/', ' ']).eq_ignore_ascii_case("br") => {
                out.push(' ');
                rest = behind;
            }
            _ => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// ID-01: an identifier without `'`, backtick, spaces and NBSP at its ends.
pub fn clean_id(text: &str) -> &str {
    text.trim_matches(|c: char| c == '\'' || c == '`' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn null_words_of_any_case_mean_null() {
        for word in ["", " ", "\u{a0}", "null", "NULL", "Undefined", "-", "--", "#N/A", "#n/a", "NaN", " nan "] {
            assert!(is_null(word), "{word:?}");
        }
        for word in ["---", "0", "nil", "00-00-0000", "null null", "'-"] {
            assert!(!is_null(word), "{word:?}");
        }
    }

    #[test]
    fn white_space_collapses_and_clean_text_is_borrowed() {
        assert_eq!(collapse("  Dinas \u{a0} Sosial\n Kota "), "Dinas Sosial Kota");
        assert_eq!(collapse("a\u{a0}b"), "a b");
        assert!(matches!(collapse(" Dinas Sosial "), Cow::Borrowed("Dinas Sosial")));
        assert!(matches!(collapse("Café de Kapuas"), Cow::Borrowed(_)));
        assert_eq!(collapse("é  é"), "é é");
    }

    #[test]
    fn headers_of_one_meaning_have_one_name() {
        for (raw, name) in [
            ("TMT_GOLONGAN", "TMT GOLONGAN"),
            ("tmtGolongan", "TMT GOLONGAN"),
            (" TMT  GOLONGAN ", "TMT GOLONGAN"),
            ("GOL. RUANG", "GOL RUANG"),
            ("JPM (%)", "JPM"),
            ("Durasi (Jam)", "DURASI JAM"),
            ("Integritas\n4", "INTEGRITAS 4"),
            ("ATRIBUT<br/>NILAI", "ATRIBUT NILAI"),
            ("ATRIBUT<BR />NILAI", "ATRIBUT NILAI"),
            ("jenisPenugasanId", "JENIS PENUGASAN ID"),
            ("jenisKPId", "JENIS KP ID"),
            ("DiatasanId", "DIATASAN ID"),
            ("NIPPPK", "NIPPPK"),
            ("L/P", "L/P"),
            ("Nomor / Tanggal SK", "NOMOR / TANGGAL SK"),
            ("nilai < 3", "NILAI < 3"),
            ("NO.", "NO"),
        ] {
            assert_eq!(header(raw), name, "{raw:?}");
        }
    }

    #[test]
    fn identifiers_lose_their_dressing_only_at_the_ends() {
        assert_eq!(clean_id("'198503122010011012"), "198503122010011012");
        assert_eq!(clean_id("` 6203\u{a0}"), "6203");
        assert_eq!(clean_id("A'B"), "A'B");
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "\\PC*", raw in any::<String>()) {
            for text in [text, raw] {
                is_null(&text);
                clean_id(&text);
                let once = collapse(&text).into_owned();
                prop_assert_eq!(collapse(&once), once.as_str());
                prop_assert!(!header(&text).contains("  "));
            }
        }
    }
}
