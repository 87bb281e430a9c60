//! Every kind of picture: what it writes, what it keeps back, and that nothing leaves the page.

use super::*;
use crate::model::chart::{AxisSpec, GridSpec, Look, PartSpec, PointSpec, PromiseSpec, RowSpec, SeriesSpec};
use crate::model::chart::{StackSpec, StepSpec};
use crate::model::report::Format;

fn spec(picture: Picture, format: Format) -> ChartSpec {
    ChartSpec {
        name: "uji".into(),
        when: "true".into(),
        data: String::new(),
        picture,
        format,
        status: Some("status".into()),
        n: Some("n".into()),
        own: Some("sendiri".into()),
        highlight: Some("sorot".into()),
        half: false,
        mail: true,
        title: String::new(),
        subtitle: String::new(),
        alt: String::new(),
    }
}

fn reference() -> Option<Reference> {
    Some(Reference { value: String::new(), label: "Kalteng".into() })
}

fn rows() -> Picture {
    Picture::Dot(RowSpec {
        label: "nama".into(),
        value: "bagian".into(),
        interval: Some(("bawah".into(), "atas".into())),
        beside: vec![],
        reference: reference(),
        as_given: false,
    })
}

fn drawn(spec: &ChartSpec, rows: &[Value], at: Option<f64>) -> Drawn {
    let texts = Texts { title: String::new(), subtitle: String::new(), alt: String::new() };
    draw(spec, rows, texts, at, "‹5")
}

/// The words of a picture in the order they are drawn, and where each begins.
fn words(svg: &str) -> Vec<String> {
    let text = regex::Regex::new(r#"<text x="([0-9. -]+)" y="([0-9.-]+)"[^>]*>([^<]*)</text>"#).unwrap();
    text.captures_iter(svg).map(|it| it[3].to_string()).filter(|it| !it.is_empty()).collect()
}

/// Everything a picture says, for a snapshot, after a check that no coordinate leaves the page.
fn told(title: &str, spec: &ChartSpec, rows: &[Value], at: Option<f64>) -> String {
    let drawn = drawn(spec, rows, at);
    let number = regex::Regex::new(r#"(?:x|x1|x2|cx)="(-?[0-9.]+)"#).unwrap();
    for (svg, width) in [(&drawn.print, if spec.half { 310.0 } else { 640.0 }), (&drawn.mail, 516.0)] {
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{title}");
        for found in number.captures_iter(svg) {
            let x: f64 = found[1].parse().unwrap();
            assert!((-10.1..=width + 10.1).contains(&x), "{title}: {x} is off the page");
        }
    }
    format!("== {title}\n{}\n-- {}\n", drawn.lines, words(&drawn.print).join(" | "))
}

fn units() -> Vec<Value> {
    let unit = |nama: &str, n: u32, bagian: f64, status: &str| {
        json!({"nama": nama, "n": n, "bagian": bagian, "bawah": bagian - 0.05, "atas": bagian + 0.05, "status": status,
               "sendiri": nama == "Kapuas", "sorot": bagian < 0.3})
    };
    vec![
        unit("Kapuas", 1600, 0.66, "ADA"),
        unit("Barito Utara", 400, 0.63, "ADA"),
        unit("Seruyan", 70, 0.6, "ADA"),
        unit("Pulang Pisau", 300, 0.2, "ADA"),
        unit("Sukamara", 90, 0.99, "DISAMARKAN"),
        json!({"nama": "Lamandau", "n": null, "bagian": null, "bawah": null, "atas": null, "status": "TIDAK_ADA", "sendiri": false, "sorot": false}),
        unit("A & <B>", 500, 0.64, "ADA"),
    ]
}

#[test]
fn what_every_picture_says() {
    let column = |key: &str| key.to_string();
    let mut all = vec![told("dot", &spec(rows(), Format::Share), &units(), Some(0.62))];
    let funnel = PointSpec { label: column("nama"), value: column("bagian"), reference: reference().unwrap() };
    all.push(told("funnel", &spec(Picture::Funnel(funnel), Format::Share), &units(), Some(0.62)));
    all.push(told("ninebox", &spec(Picture::Ninebox(grid()), Format::Whole), &boxes(), None));
    let series = SeriesSpec {
        label: column("nama"),
        period: column("periode"),
        value: column("bagian"),
        reference: reference(),
    };
    all.push(told("line", &spec(Picture::Line(series.clone()), Format::Share), &months(), Some(0.5)));
    all.push(told("multiples", &spec(Picture::Multiples(series), Format::Share), &months(), Some(0.5)));
    let part = |key: &str, look, of: Option<&str>| PartSpec {
        key: column(key),
        label: key.to_uppercase(),
        of: of.map(column),
        look,
    };
    let whole = StackSpec {
        label: column("nama"),
        parts: vec![part("a", Look::Good, None), part("b", Look::Open, None), part("c", Look::Attention, None)],
        beside: vec![],
    };
    let parts = [
        json!({"nama": "Pendidikan", "a": 40, "b": 20, "c": 10, "ma": 50, "mb": 30, "status": "ADA"}),
        json!({"nama": "Usia", "a": 0, "b": 0, "c": 0, "ma": 50, "mb": 30, "status": "ADA"}),
        json!({"nama": "Kinerja", "a": 91, "b": 92, "c": 93, "ma": 50, "mb": 30, "status": "DISAMARKAN"}),
    ];
    all.push(told("stacked", &spec(Picture::Stacked(whole), Format::Whole), &parts, None));
    let lanes = StackSpec {
        label: column("nama"),
        parts: vec![part("a", Look::Plain, Some("ma")), part("b", Look::Plain, Some("mb"))],
        beside: vec![],
    };
    all.push(told("lanes", &spec(Picture::Stacked(lanes), Format::Index), &parts, None));
    let steps = StepSpec { label: column("nama"), value: column("a"), of: column("ma"), total: "Indeks".into() };
    all.push(told("waterfall", &spec(Picture::Waterfall(steps), Format::Index), &parts[..2], None));
    all.push(told("bullet", &spec(Picture::Bullet(card()), Format::Text), &promises(), None));
    insta::assert_snapshot!(all.join("\n"));
    assert!(!all.concat().contains("99,0") && !all.concat().contains("93"), "a withheld figure is drawn");
}

fn grid() -> GridSpec {
    let axis = |key: &str, order: [&str; 3]| AxisSpec {
        key: key.into(),
        title: key.to_uppercase(),
        order: order.map(String::from).to_vec(),
    };
    GridSpec {
        label: "nama".into(),
        value: "n".into(),
        share: "bagian".into(),
        across: axis("kinerja", ["DI_BAWAH", "SESUAI", "DI_ATAS"]),
        up: axis("potensi", ["RENDAH", "MENENGAH", "TINGGI"]),
    }
}

fn boxes() -> Vec<Value> {
    vec![
        json!({"nama": "Kotak 9", "kinerja": "DI_ATAS", "potensi": "TINGGI", "n": 120, "bagian": 0.12, "status": "ADA", "sorot": true}),
        json!({"nama": "Kotak 5", "kinerja": "SESUAI", "potensi": "MENENGAH", "n": 380, "bagian": 0.38, "status": "ADA"}),
        json!({"nama": "Kotak 1", "kinerja": "DI_BAWAH", "potensi": "RENDAH", "n": 93, "bagian": 0.09, "status": "DISAMARKAN"}),
        json!({"nama": "Belum dinilai kompetensinya", "kinerja": null, "potensi": null, "n": 500, "bagian": 0.5, "status": "ADA"}),
    ]
}

fn months() -> Vec<Value> {
    let row = |nama: &str, periode: &str, bagian: Option<f64>| json!({"nama": nama, "periode": periode, "bagian": bagian, "n": 500, "status": "ADA", "sendiri": nama == "Kapuas"});
    vec![
        row("Kapuas", "2025-08", Some(0.4)),
        row("Kapuas", "2025-09", Some(0.45)),
        row("Kapuas", "2025-11", Some(0.52)),
        row("Kapuas", "2025-12", Some(0.55)),
        row("Kalteng", "2025-08", Some(0.5)),
        row("Kalteng", "2025-12", Some(0.56)),
        row("Seruyan", "2025-12", None),
    ]
}

fn card() -> PromiseSpec {
    PromiseSpec {
        label: "nama".into(),
        value: "nilai".into(),
        path: "jalur".into(),
        target: "target".into(),
        due: "tenggat".into(),
        state: "keadaan".into(),
        direction: Some("arah".into()),
        unit: Some("satuan".into()),
    }
}

fn promises() -> Vec<Value> {
    let row = |nama: &str, nilai: Option<f64>, jalur: f64, target: f64, keadaan: &str, satuan: &str, status: &str| {
        json!({"nama": nama, "nilai": nilai, "jalur": jalur, "target": target, "tenggat": "2026-12-31",
               "keadaan": keadaan, "satuan": satuan, "status": status, "arah": if target > 50.0 { "NAIK" } else { "TURUN" }})
    };
    vec![
        row("ASN dengan sedikitnya 20 JP", Some(60.851), 62.6, 75.0, "TERTINGGAL", "%", "ADA"),
        row("Asesmen pejabat berlaku", Some(86.0), 66.0, 90.0, "SESUAI_JALUR", "%", "ADA"),
        row("Predikat sangat baik", Some(12.9), 34.6, 25.0, "TERCAPAI", "%", "ADA"),
        row("Plt lebih dari enam bulan", None, 3.63, 0.0, "BELUM_DAPAT_DINILAI", "", "ADA"),
        row("Kerabat dalam rantai komando", Some(93.0), 4.84, 0.0, "SESUAI_JALUR", "", "DISAMARKAN"),
    ]
}

#[test]
fn half_a_page_is_enough_for_every_picture() {
    let series =
        SeriesSpec { label: "nama".into(), period: "periode".into(), value: "bagian".into(), reference: reference() };
    let funnel = PointSpec { label: "nama".into(), value: "bagian".into(), reference: reference().unwrap() };
    let cases = [
        (rows(), units()),
        (Picture::Funnel(funnel), units()),
        (Picture::Ninebox(grid()), boxes()),
        (Picture::Line(series.clone()), months()),
        (Picture::Multiples(series), months()),
        (Picture::Bullet(card()), promises()),
    ];
    for (picture, rows) in cases {
        let half = ChartSpec { half: true, ..spec(picture, Format::Share) };
        told("half", &half, &rows, Some(0.5));
        assert!(drawn(&half, &[], None).print.contains("tidak ada data"));
    }
}

#[test]
fn the_greatest_stands_first_and_a_withheld_unit_has_no_mark() {
    let drawn = drawn(&spec(rows(), Format::Share), &units(), Some(0.5)).print;
    let place = |word: &str| drawn.find(word).unwrap_or_else(|| panic!("{word} is missing: {drawn}"));
    assert!(place(">Kapuas<") < place("A &amp; &lt;B&gt;") && place("A &amp; &lt;B&gt;") < place(">Sukamara<"));
    assert_eq!((drawn.matches("<circle").count(), drawn.matches("<path").count()), (4, 1));
}

#[test]
fn bars_start_at_zero() {
    let Picture::Dot(rows) = rows() else { panic!("not dots") };
    let drawn = drawn(&spec(Picture::Bar(rows), Format::Share), &units(), None).print;
    assert!(drawn.contains(">0 %<"));
    assert_eq!(drawn.matches("<circle").count(), 0);
}

#[test]
fn a_funnel_tells_its_sentences_who_stands_outside() {
    let funnel = PointSpec { label: "nama".into(), value: "bagian".into(), reference: reference().unwrap() };
    let facts = facts(&spec(Picture::Funnel(funnel), Format::Share), &units(), Some(0.62));
    assert_eq!(facts["di_atas"], json!([]));
    assert_eq!(facts["dilebarkan"], json!(true));
}
