//! A drawn report as one letter: what is said above it, and how much of it fits. Refuses an empty letter: what does not fit stays
//! behind and the letter says where to fetch it.

use crate::mail::{self, Attachment, Composed, Image, Letter, Person};
use crate::model::indonesia::desimal;
use crate::model::limits::Limits;
use crate::model::outbox::Rung;
use crate::model::settings::MailSettings;
use crate::pipeline::post_error::PostError;
use crate::report::{File, Inline, Rendered};
use chrono::{DateTime, Utc};

/// Subjects are cut beyond this (RFC 5322 §2.1.1 speaks of lines; readers see less).
const SUBJECT_CHARS_MAX: usize = 78;
/// Columns of the plain text.
const TEXT_COLUMNS: usize = 72;

/// The envelope and what is said above the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// To whom.
    pub to: Person,
    /// Message-ID with its angle brackets.
    pub message_id: String,
    /// Date of the letter.
    pub date: DateTime<Utc>,
    /// Before the subject, such as `[UJI]`.
    pub marks: Vec<&'static str>,
    /// Sentences above the report, such as why it is late.
    pub above: Vec<String>,
    /// Whether the document is for official use only.
    pub confidential: bool,
}

/// The letter of a report, as much of it as the limits allow, and how much that is: everything, else without workbooks, else the body
/// alone, without pictures if need be.
pub fn letter(
    frame: &Frame,
    rendered: &Rendered,
    report: &str,
    mail: &MailSettings,
    limits: &Limits,
) -> Result<(Composed, Rung), PostError> {
    let all = attachments(rendered);
    let fits = |it: &&Attachment| it.bytes.len() as u64 <= limits.attachment_bytes_max;
    let is_document = |it: &&Attachment| it.mime_type == "application/pdf";
    let whole: Vec<&Attachment> = all.iter().collect();
    let documents: Vec<&Attachment> = all.iter().filter(is_document).filter(fits).collect();
    let rungs = [
        (Rung::Lengkap, whole.iter().all(fits).then_some(whole), true),
        (Rung::Pdf, (!documents.is_empty()).then_some(documents), true),
        (Rung::Ringkas, Some(Vec::new()), true),
        (Rung::Ringkas, Some(Vec::new()), false),
    ];
    let mut bytes = 0;
    for (rung, kept, pictures) in rungs {
        let Some(kept) = kept else { continue };
        let left: Vec<&Attachment> = all.iter().filter(|it| !kept.contains(it)).collect();
        let composed = compose(frame, rendered, &kept, &left, pictures, mail)
            .map_err(|source| PostError::Compose { report: report.into(), source })?;
        bytes = composed.mime.len() as u64;
        if bytes <= limits.message_bytes_max {
            return Ok((composed, rung));
        }
    }
    Err(PostError::TooLarge { report: report.into(), bytes, max: limits.message_bytes_max })
}

fn compose(
    frame: &Frame,
    rendered: &Rendered,
    kept: &[&Attachment],
    left: &[&Attachment],
    pictures: bool,
    mail: &MailSettings,
) -> Result<Composed, mail::Error> {
    let mut above = frame.above.clone();
    if !left.is_empty() {
        above.push(left_behind(left, mail));
    }
    let text = format!("{}{}", text_above(&above), rendered.text);
    let (html, images) = match pictures {
        true => (html_above(&rendered.html, &above), rendered.inline.iter().map(image).collect()),
        false => (html_of_text(&rendered.subject, &text), Vec::new()),
    };
    mail::compose(&Letter {
        from: person(&mail.from),
        to: frame.to.clone(),
        reply_to: mail.reply_to.as_deref().map(person),
        bounce: None,
        subject: subject(&frame.marks, &rendered.subject),
        html,
        text,
        images,
        attachments: kept.iter().map(|it| (*it).clone()).collect(),
        message_id: frame.message_id.clone(),
        date: frame.date,
        list: None,
        confidential: frame.confidential,
    })
}

/// Which files were left behind, how large they are, and where they are.
fn left_behind(left: &[&Attachment], mail: &MailSettings) -> String {
    let megabytes = |bytes: usize| desimal(bytes as f64 / 1_000_000.0, 1);
    let files: Vec<String> =
        left.iter().map(|it| format!("{} ({}\u{a0}MB)", it.name, megabytes(it.bytes.len()))).collect();
    let place = match &mail.files_at {
        Some(place) => format!("dapat diambil di {place}"),
        None => format!("dapat diminta kepada {}", person(mail.reply_to.as_ref().unwrap_or(&mail.from)).address),
    };
    format!("Tidak dilampirkan karena melebihi batas ukuran surat: {}. Berkas itu {place}.", files.join(", "))
}

/// Every file of a report, in its order.
fn attachments(rendered: &Rendered) -> Vec<Attachment> {
    let file = |it: &File| Attachment {
        name: it.name.clone(),
        mime_type: it.kind.media_type().into(),
        bytes: it.bytes.clone(),
    };
    rendered.files.iter().map(file).collect()
}

fn image(inline: &Inline) -> Image {
    Image { cid: inline.cid.clone(), png: inline.png.clone(), alt: inline.alt.clone() }
}

/// Marks and subject, cut at the last word that fits.
pub fn subject(marks: &[&'static str], subject: &str) -> String {
    let whole = marks.iter().copied().chain([subject]).collect::<Vec<_>>().join(" ");
    if whole.chars().count() <= SUBJECT_CHARS_MAX {
        return whole;
    }
    let fits: String = whole.chars().take(SUBJECT_CHARS_MAX - 1).collect();
    let words = fits.rsplit_once(' ').map_or(fits.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end_matches([',', ';', ':', '.', ' ']))
}

fn text_above(above: &[String]) -> String {
    let mut text = String::new();
    for sentence in above {
        let mut line = String::from("**");
        for word in sentence.split(' ') {
            if line.chars().count() + 1 + word.chars().count() > TEXT_COLUMNS {
                text.push_str(&line);
                text.push('\n');
                line = String::from("  ");
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&line);
        text.push_str("\n\n");
    }
    text
}

/// The page with the sentences on top of its body.
fn html_above(html: &str, above: &[String]) -> String {
    if above.is_empty() {
        return html.to_string();
    }
    let cell = "padding:12px 16px;border-left:4px solid #9A5B00;background-color:#FFF6E5;\
                font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:14px;line-height:21px;\
                color:#3A2A0C;";
    let paragraphs: String =
        above.iter().map(|it| format!("<p style=\"margin:0 0 4px 0;\">{}</p>\n", escaped(it))).collect();
    let table = format!(
        "<table role=\"presentation\" align=\"center\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"width:100%;max-width:600px;\"><tr><td style=\"{cell}\">\n{paragraphs}</td></tr></table>\n"
    );
    let body = html.find("<body").and_then(|at| html.get(at..)?.find('>').map(|end| at + end + 1));
    match body.and_then(|at| html.split_at_checked(at)) {
        Some((head, rest)) => format!("{head}\n{table}{rest}"),
        None => format!("{table}{html}"),
    }
}

/// A page that shows the plain text and nothing else.
fn html_of_text(title: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"id\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <title>{}</title>\n</head>\n<body style=\"margin:0;padding:16px;\">\n\
         <pre style=\"font-size:14px;line-height:20px;white-space:pre-wrap;\">{}</pre>\n</body>\n</html>\n",
        escaped(title),
        escaped(text)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `Name <address>` or an address alone.
pub fn person(text: &str) -> Person {
    match text.split_once('<') {
        Some((name, rest)) => Person {
            name: Some(name.trim().trim_matches('"').to_string()).filter(|it| !it.is_empty()),
            address: rest.trim_end().trim_end_matches('>').trim().to_string(),
        },
        None => Person { name: None, address: text.trim().to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::settings;
    use crate::model::report::AttachmentKind;
    use crate::pipeline::embedded::SETTINGS;

    fn rendered(pdf: usize, xlsx: usize) -> Rendered {
        Rendered {
            subject: "Ringkasan Des 2025: enam daerah di bawah capaian".into(),
            html: "<html><body class=\"a\"><p>angka</p><img src=\"cid:g@x\"></body></html>".into(),
            text: "angka\n".into(),
            inline: vec![Inline { cid: "g@x".into(), file_name: "g.png".into(), png: vec![7; 3000], alt: "g".into() }],
            files: vec![
                File { kind: AttachmentKind::Pdf, name: "a.pdf".into(), bytes: vec![1; pdf] },
                File { kind: AttachmentKind::Xlsx, name: "a.xlsx".into(), bytes: vec![2; xlsx] },
            ],
            data_json: vec![],
            warnings: vec![],
        }
    }

    fn frame() -> Frame {
        Frame {
            to: person("Sekda <sekda@localhost>"),
            message_id: "<a@localhost>".into(),
            date: "2026-01-10T00:00:00Z".parse().unwrap(),
            marks: vec![],
            above: vec![],
            confidential: true,
        }
    }

    #[test]
    fn what_does_not_fit_stays_behind_and_is_named() {
        let mail = settings("t", SETTINGS).unwrap().mail;
        let made = |pdf, xlsx, attachment: u64, message: u64| {
            let limits = Limits { attachment_bytes_max: attachment, message_bytes_max: message, ..Limits::default() };
            let (composed, rung) = letter(&frame(), &rendered(pdf, xlsx), "r", &mail, &limits)?;
            Ok::<_, PostError>((rung, String::from_utf8(composed.mime).unwrap()))
        };
        let (rung, whole) = made(5000, 9000, 10_000, 100_000).unwrap();
        assert!(rung == Rung::Lengkap && whole.contains("a.xlsx") && !whole.contains("Tidak dilampirkan"));
        for (attachment, message) in [(8000, 100_000), (10_000, 18_000)] {
            let (rung, part) = made(5000, 9000, attachment, message).unwrap();
            assert_eq!(rung, Rung::Pdf);
            assert!(part.contains("filename=\"a.pdf\"") && !part.contains("filename=\"a.xlsx\""));
            assert_eq!(part.matches("Tidak dilampirkan").count(), 2, "in both bodies");
        }
        let (rung, summary) = made(50_000, 9000, 8000, 100_000).unwrap();
        assert!(rung == Rung::Ringkas && summary.contains("cid:g@x") && !summary.contains("attachment;"));
        let (rung, bare) = made(50_000, 9000, 8000, 5000).unwrap();
        assert!(rung == Rung::Ringkas && !bare.contains("image/png") && bare.contains("<pre"));
        assert!(matches!(made(1, 1, 10, 100), Err(PostError::TooLarge { max: 100, .. })));
    }

    #[test]
    fn a_subject_is_cut_at_a_word() {
        assert_eq!(subject(&["[UJI]"], "Pendek"), "[UJI] Pendek");
        let long = subject(&["[Terlambat]"], &"Tujuh daerah, ".repeat(9));
        assert!(long.chars().count() <= 78 && long.ends_with(" Tujuh…"), "{long}");
    }

    #[test]
    fn what_is_said_above_stands_in_both_bodies() {
        let above = vec!["Terlambat & <dua>. ".repeat(6).trim().to_string()];
        let html = html_above("<html><body\n class=\"x\"><p>", &above);
        assert!(html.starts_with("<html><body\n class=\"x\">\n<table role=\"presentation\""), "{html}");
        assert!(html.contains("Terlambat &amp; &lt;dua&gt;.") && html.ends_with("<p>"));
        let text = text_above(&above);
        assert!(text.starts_with("** Terlambat & <dua>.") && text.lines().all(|it| it.chars().count() <= 72), "{text}");
    }
}
