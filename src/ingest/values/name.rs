//! Names of people: titles apart (§5.6), and the key two spellings are compared by (ID-03). Refuses to correct a name.

use crate::ingest::values::words;

/// A name with its titles in their own fields, white space collapsed, letter case as delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Titles before the name.
    pub depan: Option<String>,
    /// The name alone.
    pub nama: String,
    /// What follows the first comma.
    pub belakang: Option<String>,
}

/// §5.6: what follows the first comma is `belakang`; leading `Dr. Drs. Dra. H. Hj. Ir. Prof.`, in any case, are `depan`. For
/// sheets that have no columns for titles.
pub fn split_titles(text: &str) -> Named {
    let text = words::collapse(text);
    let (front, behind) = text.split_once(',').unwrap_or((text.as_ref(), ""));
    let front = front.trim_end();
    let mut name = front;
    while let Some(rest) = after_title(name) {
        name = rest.trim_start();
    }
    if name.is_empty() {
        // Nothing but titles: better the whole than no name.
        name = front;
    }
    let filled = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    let depan = front.strip_suffix(name).map_or("", str::trim_end);
    Named { depan: filled(depan), nama: name.to_owned(), belakang: filled(behind.trim_start()) }
}

/// What is left behind a leading title.
fn after_title(text: &str) -> Option<&str> {
    const TITLES: [&str; 7] = ["Dr.", "Drs.", "Dra.", "H.", "Hj.", "Ir.", "Prof."];
    TITLES.iter().find_map(|title| {
        let start = text.get(..title.len())?;
        if start.eq_ignore_ascii_case(title) { text.get(title.len()..) } else { None }
    })
}

/// ID-03: upper case, everything except A-Z and space removed.
pub fn key(text: &str) -> String {
    let kept = |c: &char| c.is_ascii_uppercase() || *c == ' ';
    words::collapse(text).chars().flat_map(char::to_uppercase).filter(kept).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> (Option<String>, String, Option<String>) {
        let named = split_titles(text);
        (named.depan, named.nama, named.belakang)
    }

    #[test]
    fn titles_stand_apart() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            split("Parlindungan Tampubolon, S.E., M.M."),
            (None, "Parlindungan Tampubolon".into(), some("S.E., M.M."))
        );
        assert_eq!(
            split("Prof. Dr.  H. Lestari Hutapea ,S.Kom."),
            (some("Prof. Dr. H."), "Lestari Hutapea".into(), some("S.Kom."))
        );
        assert_eq!(split("DRA. HJ. DEWI MAHARANI"), (some("DRA. HJ."), "DEWI MAHARANI".into(), None));
        assert_eq!(split("Dr.Ir.Daniel Mandala"), (some("Dr.Ir."), "Daniel Mandala".into(), None));
        assert_eq!(split("Rohmadi"), (None, "Rohmadi".into(), None));
        assert_eq!(split("Noor Laila, "), (None, "Noor Laila".into(), None));
        assert_eq!(split("H."), (None, "H.".into(), None));
        assert_eq!(split(""), (None, String::new(), None));
    }

    #[test]
    fn keys_hold_letters_and_spaces() {
        assert_eq!(key(" No'or  Laila-Z. "), "NOOR LAILAZ");
        assert_eq!(key("ROHMADI"), key("Rohmadi"));
        assert_eq!(key("Café"), "CAF");
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in any::<String>(), near in "((Dr|DRS|dra|H|hj|Ir|Prof)\\. ?){0,3}[a-zA-Z ,.]{0,20}") {
            for text in [text, near] {
                let named = split_titles(&text);
                prop_assert!(named.nama.is_empty() == words::collapse(&text).split(',').next().unwrap_or("").trim().is_empty());
                prop_assert!(key(&text).chars().all(|c| c == ' ' || c.is_ascii_uppercase()));
            }
        }
    }
}
