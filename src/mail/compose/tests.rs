//! Letters read back by a parser that did not write them. Refuses to compare with stored bytes: the reader's view counts.

use super::*;
use crate::mail::letter::{ListHeaders, Person};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use proptest::prelude::*;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn person(name: &str, address: &str) -> Person {
    Person { name: Some(name.into()), address: address.into() }
}

fn letter() -> Letter {
    Letter {
        from: person("Talenta — BKD Provinsi", "talenta@kalteng.go.id"),
        to: person("Kepala BKD, Palangka Raya", "kepala@bkd.kalteng.go.id"),
        reply_to: Some(person("Meja bantu", "bantu@kalteng.go.id")),
        bounce: Some("bounce+17@kalteng.go.id".into()),
        subject: "Rekap merit – data s.d. 31 Desember 2025".into(),
        html: format!("<p>Nilai: 1.234,5 – é</p>\n<img src=\"cid:grafik1@talenta\">{}", "<td>x</td>".repeat(300)),
        text: "Nilai: 1.234,5 – é\n.titik di awal\nFrom sini\n\n.\nselesai".into(),
        images: vec![Image {
            cid: "grafik1@talenta".into(),
            png: vec![0x89, b'P', b'N', b'G', 13, 10, 0, 255],
            alt: "Grafik: 37,4 %".into(),
        }],
        attachments: vec![
            Attachment {
                name: "rekap-merit-2025-12.pdf".into(),
                mime_type: "application/pdf".into(),
                bytes: b"%PDF-1.7\n\xff".repeat(99),
            },
            Attachment {
                name: "lampiran é \u{2013} data.xlsx".into(),
                mime_type: XLSX.into(),
                bytes: vec![0, 13, 10, 46, 13, 10],
            },
        ],
        message_id: "<0123456789abcdef@talenta.kalteng.go.id>".into(),
        date: "2026-01-05T00:30:00Z".parse().unwrap(),
        list: None,
        confidential: false,
    }
}

fn read(mime: &[u8]) -> Message<'_> {
    MessageParser::default().parse(mime).unwrap()
}

/// The types of the parts, nested.
fn tree(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let own = part
        .content_type()
        .map(|it| format!("{}/{}", it.ctype(), it.subtype().unwrap_or_default()))
        .unwrap_or_default();
    match &part.body {
        PartType::Multipart(ids) => {
            let children: Vec<String> = ids.iter().map(|id| tree(message, message.part(*id).unwrap())).collect();
            format!("{own}({})", children.join(" "))
        }
        _ => own,
    }
}

#[test]
fn the_tree_is_the_one_that_mail_programs_expect() {
    let composed = compose(&letter()).unwrap();
    let message = read(&composed.mime);
    let expected = format!(
        "multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png)) application/pdf {XLSX})"
    );
    assert_eq!(tree(&message, message.root_part()), expected);
    let bare = Letter { images: vec![], attachments: vec![], html: "<p>x</p>".into(), ..letter() };
    let composed = compose(&bare).unwrap();
    let message = read(&composed.mime);
    assert_eq!(tree(&message, message.root_part()), "multipart/alternative(text/plain text/html)");
}

#[test]
fn texts_and_files_come_out_as_they_went_in() {
    let letter = letter();
    let composed = compose(&letter).unwrap();
    let message = read(&composed.mime);
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_string();
    assert_eq!(lines(&message.body_text(0).unwrap()), letter.text);
    assert_eq!(lines(&message.body_html(0).unwrap()), letter.html);
    let files: Vec<&MessagePart<'_>> =
        message.parts.iter().filter(|it| matches!(it.body, PartType::Binary(_) | PartType::InlineBinary(_))).collect();
    assert_eq!(files.len(), 3);
    assert_eq!(files[0].contents(), letter.images[0].png);
    assert_eq!(files[0].content_id(), Some("grafik1@talenta"));
    assert_eq!(files[0].content_description(), Some("Grafik: 37,4 %"));
    for (file, attachment) in files[1..].iter().zip(&letter.attachments) {
        assert_eq!(file.contents(), attachment.bytes);
        assert_eq!(file.attachment_name(), Some(attachment.name.as_str()));
    }
}

#[test]
fn headers_are_those_of_a_report_and_no_others() {
    let composed = compose(&letter()).unwrap();
    let message = read(&composed.mime);
    let names: Vec<&str> = message.headers_raw().map(|(name, _)| name).collect();
    let expected = [
        "Date",
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    ];
    assert_eq!(names, expected);
    let head = String::from_utf8(composed.mime.clone()).unwrap();
    assert!(head.starts_with("Date: Mon, 5 Jan 2026 07:30:00 +0700\r\n"), "{}", head.lines().next().unwrap());
    assert_eq!(message.subject(), Some(letter().subject.as_str()));
    assert_eq!(message.message_id(), Some("0123456789abcdef@talenta.kalteng.go.id"));
    assert_eq!(message.to().unwrap().first().unwrap().name(), Some("Kepala BKD, Palangka Raya"));
    assert_eq!(message.from().unwrap().first().unwrap().name(), Some("Talenta — BKD Provinsi"));
    assert_eq!(
        (composed.sender.as_str(), composed.recipient.as_str()),
        ("bounce+17@kalteng.go.id", "kepala@bkd.kalteng.go.id")
    );
    assert!(composed.mime.split(|byte| *byte == b'\n').all(|line| line.len() <= 99), "short lines everywhere");
    let list = ListHeaders {
        id: "<merit.kalteng.go.id>".into(),
        unsubscribe: "<https://talenta.kalteng.go.id/u/x>".into(),
        one_click: true,
    };
    let mime = compose(&Letter { list: Some(list), ..letter() }).unwrap().mime;
    assert_eq!(read(&mime).header_raw("List-Unsubscribe-Post").map(str::trim), Some("List-Unsubscribe=One-Click"));
    let broken = ListHeaders { id: "<é>".into(), unsubscribe: "x".into(), one_click: false };
    assert_eq!(compose(&Letter { list: Some(broken), ..letter() }), Err(Error::Header { header: "List-Id" }));
}

#[test]
fn the_same_letter_makes_the_same_bytes() {
    let one = compose(&letter()).unwrap();
    assert_eq!(one, compose(&letter()).unwrap());
    assert_eq!(one.sha256, Digest::of(&one.mime));
    let other = Letter { message_id: "<other@talenta>".into(), ..letter() };
    assert_ne!(one.mime, compose(&other).unwrap().mime);
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = |change: &dyn Fn(&mut Letter)| {
        let mut changed = letter();
        change(&mut changed);
        compose(&changed).expect_err("a wrong letter")
    };
    assert!(matches!(wrong(&|it| it.to.address = "budi".into()), Error::Address { field: "to", .. }));
    assert!(matches!(wrong(&|it| it.bounce = Some("é@x.id".into())), Error::Address { field: "bounce", .. }));
    for id in ["x@y", "<x>", "<x@y>\r\nBcc: z@z.id", "<@y>", "<x y@z>", "<é@z>"] {
        assert!(matches!(wrong(&|it| it.message_id = id.into()), Error::MessageId { .. }), "{id}");
    }
    for name in ["", "../x.pdf", "a\r\nb.pdf", "a\"b.pdf", ".pdf", "c:\\x", &"x".repeat(121)] {
        assert!(matches!(wrong(&|it| it.attachments[0].name = name.into()), Error::AttachmentName { .. }), "{name}");
    }
    assert!(matches!(wrong(&|it| it.attachments[0].mime_type = "pdf\r\nX: y".into()), Error::MediaType { .. }));
    assert!(matches!(wrong(&|it| it.html = "<p>".into()), Error::Image { .. }));
    assert!(matches!(wrong(&|it| it.images.clear()), Error::Image { .. }));
    assert!(matches!(wrong(&|it| it.images.push(it.images[0].clone())), Error::Image { .. }));
    assert!(matches!(wrong(&|it| it.images[0].cid = "a>\r\nX: y".into()), Error::Image { .. }));
}

proptest! {
    #[test]
    fn no_text_adds_a_header_or_a_recipient(
        text in "[\\PC\r\n\t\0\u{202e}<>\",;:=?@.]{0,60}",
        trick in prop::sample::select(vec!["\r\nBcc: x@y.id", "\n\n<b>", "\r\n.\r\nMAIL FROM:<>", "=?utf-8?q?x?=", "\u{2028}Bcc: x@y.id"]),
    ) {
        let text = format!("{text}{trick}{text}");
        let mut changed = letter();
        changed.subject = text.clone();
        changed.from.name = Some(text.clone());
        changed.to.name = Some(text.clone());
        changed.text = text.clone();
        changed.images[0].alt = text;
        let composed = compose(&changed).unwrap();
        let message = read(&composed.mime);
        prop_assert_eq!(message.headers_raw().count(), 10);
        prop_assert!(message.bcc().is_none());
        prop_assert_eq!(message.to().unwrap().iter().count(), 1);
        prop_assert_eq!(message.to().unwrap().first().unwrap().address(), Some("kepala@bkd.kalteng.go.id"));
        prop_assert_eq!(unfit(&composed.mime), None);
    }
}
