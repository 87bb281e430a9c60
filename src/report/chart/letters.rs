//! How wide letters of the house's font are, so that labels can be placed before they are drawn. Refuses other fonts.

/// Advance widths of Inter Regular, U+0020 to U+007E, in thousandths of the size.
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    281, 278, 403, 631, 638, 812, 639, 222, 362, 362, 500, 659, 280, 460, 276, 357, 625, 464, 605,
    636, 642, 608, 624, 571, 616, 624, 276, 280, 659, 659, 659, 507, 936, 676, 651, 727, 719, 598,
    587, 743, 740, 264, 543, 652, 562, 889, 753, 761, 635, 761, 639, 638, 642, 741, 676, 949, 642,
    665, 625, 362, 357, 362, 469, 452, 497, 564, 621, 558, 621, 582, 361, 609, 591, 237, 237, 544,
    237, 869, 585, 597, 609, 609, 372, 523, 364, 581, 557, 812, 540, 557, 541, 362, 327, 362, 659,
];
/// The same of Inter SemiBold.
#[rustfmt::skip]
const SEMIBOLD: [u16; 95] = [
    248, 309, 396, 643, 649, 844, 663, 213, 393, 393, 543, 673, 295, 466, 290, 379, 667, 481, 621,
    652, 666, 632, 648, 587, 646, 648, 290, 295, 673, 673, 673, 544, 999, 724, 657, 744, 724, 608,
    586, 755, 744, 275, 561, 677, 566, 906, 741, 775, 643, 776, 651, 649, 660, 734, 724, 1007, 690,
    705, 653, 393, 379, 393, 481, 468, 497, 575, 630, 577, 630, 593, 377, 625, 613, 261, 261, 569,
    261, 898, 610, 608, 625, 625, 397, 549, 380, 608, 576, 837, 562, 576, 562, 393, 358, 393, 673,
];
/// Letters outside that range: signs and letters with marks are about as wide as this.
const OTHER: u16 = 620;

/// The width of a letter at size 1.
pub fn letter(c: char, weight: u16) -> f64 {
    let table = if weight > 500 { &SEMIBOLD } else { &REGULAR };
    let thousandths = match c {
        '\u{a0}' => table[0],
        '–' => 500,
        '‹' | '›' | '·' => 360,
        c => (c as usize).checked_sub(32).and_then(|i| table.get(i)).copied().unwrap_or(OTHER),
    };
    f64::from(thousandths) / 1000.0
}

/// The width every figure gets, so that columns of numbers stand on their decimal comma.
pub fn figure(weight: u16) -> f64 {
    ('0'..='9').map(|c| letter(c, weight)).fold(0.0, f64::max)
}

/// How wide a text is.
pub fn width_of(words: &str, size: f64, weight: u16) -> f64 {
    words.chars().map(|c| if c.is_ascii_digit() { figure(weight) } else { letter(c, weight) }).sum::<f64>() * size
}

/// The text, cut to a width with an ellipsis where it does not fit.
pub fn fitted(words: &str, room: f64, size: f64, weight: u16) -> String {
    if width_of(words, size, weight) <= room {
        return words.to_string();
    }
    let mut kept = String::new();
    for c in words.chars() {
        if width_of(&kept, size, weight) + (letter(c, weight) + letter('…', weight)) * size > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// The text in lines of at most a width, at most `most` of them; the last one is cut.
pub fn wrapped(words: &str, room: f64, size: f64, weight: u16, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ').filter(|it| !it.is_empty()) {
        match lines.last_mut() {
            Some(line) if width_of(&format!("{line} {word}"), size, weight) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    if lines.len() > most {
        let rest = lines.split_off(most.max(1) - 1).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| fitted(line, room, size, weight)).collect()
}
