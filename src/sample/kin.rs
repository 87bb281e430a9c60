//! Families: parents, spouses and children that people declare, and pairs of relatives who work for the same government, some along the chain of command, some undeclared. Refuses to say which pairs matter: rules do.

use crate::sample::dice::Dice;
use crate::sample::make::years;
use crate::sample::names;
use crate::sample::person::Relative;
use crate::sample::world::World;
use chrono::{Days, NaiveDate};

/// Makes one pair of people kin; whether it could.
type Join = fn(&mut World, &mut Dice) -> bool;

/// Gives everybody a family and joins some of them.
pub fn relate(world: &mut World) {
    let mut dice = world.dice("keluarga");
    for place in 0..world.people.len() {
        let relatives = household(world, place, &mut dice);
        world.people[place].relatives = relatives;
    }
    let count = world.people.len();
    let ways: [(Join, usize); 3] = [(marry, 12), (siblings, 9), (parent_and_child, 4)];
    for (join, permille) in ways {
        let goal = (count * permille).div_ceil(1000);
        let mut joined = 0;
        for _ in 0..goal * 25 {
            joined += usize::from(join(world, &mut dice));
            if joined == goal {
                break;
            }
        }
    }
}

fn relative(hubungan: &'static str, nama: String, man: bool, lahir: Option<NaiveDate>) -> Relative {
    Relative { hubungan, nama, lahir, man, employee: None }
}

fn household(world: &World, place: usize, dice: &mut Dice) -> Vec<Relative> {
    let person = &world.people[place];
    let family = names::family_of(person.custom, &person.nama).map(str::to_string);
    let mut all: Vec<Relative> = Vec::with_capacity(5);
    let before = |dice: &mut Dice| {
        let age = dice.between(21, 38);
        let day = years(person.lahir, -i32::try_from(age).unwrap_or(25)) + Days::new(dice.below(300) as u64);
        dice.chance(0.85).then_some(day)
    };
    if dice.chance(0.86) {
        let name = names::full_name(dice, person.custom, true, family.as_deref());
        all.push(relative("AYAH", name, true, before(dice)));
    }
    if dice.chance(0.84) {
        let name = names::full_name(dice, person.custom, false, None);
        all.push(relative("IBU", name, false, before(dice)));
    }
    if person.kawin == 0 && dice.chance(0.9) {
        let name = names::full_name(dice, person.custom, !person.man, None);
        let born = person.lahir + Days::new(dice.below(2000) as u64) - Days::new(1000);
        all.push(relative(if person.man { "ISTRI" } else { "SUAMI" }, name, !person.man, Some(born)));
    }
    let children = if person.kawin == 3 { 0 } else { dice.below(4) };
    for _ in 0..children {
        let man = dice.chance(0.5);
        let clan = family.as_deref().filter(|_| person.man);
        let name = names::full_name(dice, person.custom, man, clan);
        let age = dice.between(23, 36);
        let born = years(person.lahir, i32::try_from(age).unwrap_or(27)) + Days::new(dice.below(300) as u64);
        let known = all.iter().any(|it| it.hubungan == "ANAK" && it.nama == name);
        if born < world.end && !known {
            all.push(relative("ANAK", name, man, Some(born)));
        }
    }
    all
}

/// Three times in ten a head and somebody below; else any two.
fn pair(world: &World, dice: &mut Dice) -> Option<(usize, usize)> {
    let count = world.people.len();
    let first = dice.below(count);
    if dice.chance(0.3) {
        let heads: Vec<usize> = world.units.iter().filter_map(|it| it.head).collect();
        let head = *heads.get(dice.below(heads.len()))?;
        let below: Vec<usize> = (0..count).filter(|it| world.boss(*it) == Some(head)).collect();
        return Some((head, *below.get(dice.below(below.len()))?));
    }
    let second = dice.below(count);
    (first != second).then_some((first, second))
}

fn declare(world: &mut World, who: usize, hubungan: &'static str, other: usize, with_nip: bool) {
    let (nama, man, lahir) = {
        let other = &world.people[other];
        (other.nama.clone(), other.man, other.lahir)
    };
    let list = &mut world.people[who].relatives;
    list.retain(|it| !(it.hubungan == hubungan && (hubungan != "SAUDARA" && hubungan != "ANAK" || it.nama == nama)));
    let employee = with_nip.then_some(other);
    list.push(Relative { hubungan, nama, lahir: Some(lahir), man, employee });
}

fn is_tied(world: &World, who: usize, hubungan: &[&str]) -> bool {
    world.people[who].relatives.iter().any(|it| it.employee.is_some() && hubungan.contains(&it.hubungan))
}

/// Whether it came about.
fn marry(world: &mut World, dice: &mut Dice) -> bool {
    let Some((first, second)) = pair(world, dice) else { return false };
    let (a, b) = (&world.people[first], &world.people[second]);
    let gap = (a.lahir - b.lahir).num_days().abs();
    let tied = |who| is_tied(world, who, &["ISTRI", "SUAMI"]);
    if a.man == b.man || a.kawin != 0 || b.kawin != 0 || gap > 5000 || tied(first) || tied(second) {
        return false;
    }
    let word = |man: bool| if man { "SUAMI" } else { "ISTRI" };
    let (of_first, of_second) = (word(b.man), word(a.man));
    let declared = dice.chance(0.85);
    declare(world, first, of_first, second, declared);
    declare(world, second, of_second, first, dice.chance(0.75));
    true
}

/// Whether it came about.
fn siblings(world: &mut World, dice: &mut Dice) -> bool {
    let Some((first, second)) = pair(world, dice) else { return false };
    let gap = (world.people[first].lahir - world.people[second].lahir).num_days().abs();
    if !(330..5500).contains(&gap) || is_tied(world, second, &["AYAH", "IBU", "SAUDARA", "ANAK"]) {
        return false;
    }
    let parents: Vec<Relative> =
        world.people[first].relatives.iter().filter(|it| matches!(it.hubungan, "AYAH" | "IBU")).cloned().collect();
    if parents.len() != 2 {
        return false;
    }
    rename(world, second, first, dice);
    let list = &mut world.people[second].relatives;
    list.retain(|it| !matches!(it.hubungan, "AYAH" | "IBU"));
    list.extend(parents);
    if dice.chance(0.6) {
        declare(world, first, "SAUDARA", second, true);
        let both = dice.chance(0.7);
        declare(world, second, "SAUDARA", first, both);
    }
    true
}

/// Whether it came about.
fn parent_and_child(world: &mut World, dice: &mut Dice) -> bool {
    let Some((first, second)) = pair(world, dice) else { return false };
    let ordered = world.people[first].lahir < world.people[second].lahir;
    let (parent, child) = if ordered { (first, second) } else { (second, first) };
    let gap = (world.people[child].lahir - world.people[parent].lahir).num_days();
    if !(7300..13_500).contains(&gap) || is_tied(world, child, &["AYAH", "IBU", "SAUDARA"]) {
        return false;
    }
    rename(world, child, parent, dice);
    let word = if world.people[parent].man { "AYAH" } else { "IBU" };
    declare(world, child, word, parent, dice.chance(0.8));
    declare(world, parent, "ANAK", child, dice.chance(0.7));
    true
}

/// A name that fits the family, in the mail address too.
fn rename(world: &mut World, who: usize, like: usize, dice: &mut Dice) {
    let (custom, family) = {
        let model = &world.people[like];
        let family = names::family_of(model.custom, &model.nama).filter(|_| model.man).map(str::to_string);
        (model.custom, family)
    };
    let former = world.people[who].nama.clone();
    let declared_elsewhere = world.people.iter().any(|it| it.relatives.iter().any(|kin| kin.employee == Some(who)));
    if declared_elsewhere {
        return;
    }
    let person = &mut world.people[who];
    person.custom = custom;
    person.nama = names::full_name(dice, custom, person.man, family.as_deref());
    let address = |name: &str| name.to_lowercase().replace(' ', ".").replace('’', "");
    person.email = person.email.replacen(&address(&former), &address(&person.nama), 1);
}
