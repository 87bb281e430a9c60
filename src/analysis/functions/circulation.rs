//! Which further figures must be withheld so that no small one can be computed from the others. Refuses to know what a
//! figure means: it sees a circulation, where at every node what flows in flows out.
//!
//! Every published figure is an edge (a cell flows from its row to its column, a total from the column to the margin, the
//! grand total back). What is published is fixed; a withheld figure can be any value that keeps the balance: as much more as
//! withheld edges can carry from its end back to its start, as much less as they can carry the other way (two maximal
//! flows). Where that interval is narrower than it must be, we withhold the cheapest edges that widen it, until every
//! withheld edge is covered (Cox 1995; Kelly, Golden & Assad 1992: network methods for complementary suppression).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// How much dearer a cover made of several ways is than one: each of them withholds figures that then need more cover.
const PIECEMEAL: u64 = 3;

/// Whether a figure may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It may, unless another needs its cover.
    Open,
    /// It must not: it and its possible values need cover.
    Closed,
    /// Nobody publishes it, so it covers others at no cost and needs no cover itself.
    Unpublished,
}

/// One figure.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// Node it flows out of.
    pub from: usize,
    /// Node it flows into.
    pub to: usize,
    /// How far the figure could be lower, whatever else is published.
    pub down: u64,
    /// How far it could be higher.
    pub up: u64,
    /// Whether it may be shown.
    pub state: State,
    /// What is lost by withholding it.
    pub cost: u64,
}

/// For every edge whether it is withheld, so that each withheld figure has an interval at least `width` wide, or as wide
/// as its own room allows. An open figure without room below (a zero) is never withheld: everybody may know it.
pub fn withheld(edges: &[Edge], nodes: usize, width: u64) -> Vec<bool> {
    let mut network = Network::new(edges, nodes);
    let closed = edges.iter().enumerate().filter(|(_, edge)| edge.state == State::Closed);
    let mut uncovered: VecDeque<usize> = closed.map(|(i, _)| i).collect();
    while let Some(at) = uncovered.pop_front() {
        let wanted = edges[at].down.saturating_add(edges[at].up).min(width);
        while let Some(more) = network.widen(at, wanted) {
            for i in more.into_iter().filter(|i| !network.free[*i]).collect::<Vec<_>>() {
                network.free[i] = true;
                uncovered.push_back(i);
            }
        }
    }
    network.free
}

/// How far each figure can still rise and fall.
#[derive(Clone)]
struct Rooms {
    up: Vec<u64>,
    down: Vec<u64>,
}

impl Rooms {
    /// Moves an edge by `shift`; what moved can move back. `u64::MAX` is no limit and stays none.
    fn shift(&mut self, i: usize, along: bool, shift: u64) {
        let (less, more) = if along { (&mut self.up, &mut self.down) } else { (&mut self.down, &mut self.up) };
        less[i] = if less[i] == u64::MAX { u64::MAX } else { less[i] - shift };
        more[i] = more[i].saturating_add(shift);
    }
}

struct Network<'a> {
    edges: &'a [Edge],
    /// By node: edges that touch it.
    touching: Vec<Vec<usize>>,
    /// Whether the figure of an edge is withheld.
    free: Vec<bool>,
}

/// A way through the network: its cost, and its edges with whether they rise.
type Way = (u64, Vec<(usize, bool)>);

impl<'a> Network<'a> {
    fn new(edges: &'a [Edge], nodes: usize) -> Self {
        let mut touching = vec![Vec::new(); nodes];
        for (i, edge) in edges.iter().enumerate() {
            touching[edge.from].push(i);
            touching[edge.to].push(i);
        }
        Self { edges, touching, free: edges.iter().map(|edge| edge.state != State::Open).collect() }
    }

    /// Edges to withhold so that `at` gets nearer to an interval of `wanted`; nothing when it is wide enough or stays as it is.
    fn widen(&self, at: usize, wanted: u64) -> Option<Vec<usize>> {
        let sides = [true, false].map(|rises| (rises, self.reach(at, rises, wanted)));
        let have: u64 = sides.iter().map(|(_, (moved, _))| moved).sum();
        let lacking = wanted.checked_sub(have).filter(|lacking| *lacking > 0)?;
        let mut best: Option<Way> = None;
        let mut offer = |way: Option<Way>, times: u64| {
            let Some((cost, way)) = way else { return false };
            let cost = cost.saturating_mul(times);
            if cost > 0 && best.as_ref().is_none_or(|(known, _)| cost < *known) {
                best = Some((cost, way));
            }
            true
        };
        for (rises, (moved, rooms)) in &sides {
            let own = if *rises { self.edges[at].up } else { self.edges[at].down };
            // A way that carries all of it covers what it withholds as well.
            if own >= wanted {
                offer(self.way(at, *rises, wanted, &self.rooms(), false), 1);
            }
            for shift in 1..=lacking.min(own.saturating_sub(*moved)) {
                if !offer(self.way(at, *rises, shift, rooms, false), PIECEMEAL * lacking.div_ceil(shift)) {
                    break;
                }
            }
        }
        best.map(|(_, way)| way.into_iter().map(|(i, _)| i).collect())
    }

    fn rooms(&self) -> Rooms {
        let edges = self.edges.iter();
        Rooms { up: edges.clone().map(|it| it.up).collect(), down: edges.map(|it| it.down).collect() }
    }

    /// How far `at` can rise (or fall), at most `wanted`, over withheld edges, and the rooms that are left then.
    fn reach(&self, at: usize, rises: bool, wanted: u64) -> (u64, Rooms) {
        let mut rooms = self.rooms();
        let own = if rises { self.edges[at].up } else { self.edges[at].down };
        let (limit, mut moved) = (own.min(wanted), 0);
        while moved < limit {
            let Some((_, way)) = self.way(at, rises, 1, &rooms, true) else { break };
            let carries = way.iter().map(|(i, along)| if *along { rooms.up[*i] } else { rooms.down[*i] }).min();
            let shift = carries.unwrap_or(1).min(limit - moved);
            way.iter().for_each(|(i, along)| rooms.shift(*i, *along, shift));
            moved += shift;
        }
        (moved, rooms)
    }

    /// The cheapest way that closes a cycle through `at` and carries `shift` (Dijkstra); over withheld edges only, or over all.
    fn way(&self, at: usize, rises: bool, shift: u64, rooms: &Rooms, withheld_only: bool) -> Option<Way> {
        let edge = self.edges[at];
        let (from, to) = if rises { (edge.to, edge.from) } else { (edge.from, edge.to) };
        let mut best: Vec<Option<u64>> = vec![None; self.touching.len()];
        let mut came: Vec<Option<(usize, usize, bool)>> = vec![None; self.touching.len()];
        let mut open = BinaryHeap::from([Reverse((0u64, from))]);
        best[from] = Some(0);
        while let Some(Reverse((cost, node))) = open.pop() {
            if best[node].is_some_and(|known| known < cost) {
                continue;
            }
            if node == to {
                break;
            }
            for &i in self.touching[node].iter().filter(|i| **i != at) {
                let free = self.free[i];
                if !free && (withheld_only || self.edges[i].down == 0) {
                    continue;
                }
                let reached = cost.saturating_add(if free { 0 } else { self.edges[i].cost.max(1) });
                let along = (self.edges[i].from == node && rooms.up[i] >= shift).then_some((self.edges[i].to, true));
                let against =
                    (self.edges[i].to == node && rooms.down[i] >= shift).then_some((self.edges[i].from, false));
                for (next, rises) in along.into_iter().chain(against) {
                    if best[next].is_none_or(|known| reached < known) {
                        best[next] = Some(reached);
                        came[next] = Some((node, i, rises));
                        open.push(Reverse((reached, next)));
                    }
                }
            }
        }
        let cost = best[to]?;
        let (mut way, mut node) = (Vec::new(), to);
        while let Some((before, i, rises)) = came[node].filter(|_| node != from) {
            way.push((i, rises));
            node = before;
        }
        Some((cost, way))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A table of rows by columns with all margins published, cells first (row by row), then row, column and grand totals.
    fn table(cells: &[Vec<u64>], small: u64) -> (Vec<Edge>, usize) {
        let (rows, columns) = (cells.len(), cells[0].len());
        let (top, bottom) = (rows + columns, rows + columns + 1);
        let edge = |from, to, value: u64, cost| {
            let state = if value > 0 && value < small { State::Closed } else { State::Open };
            Edge { from, to, down: value, up: u64::MAX, state, cost }
        };
        let mut edges = Vec::new();
        for (r, row) in cells.iter().enumerate() {
            edges.extend(row.iter().enumerate().map(|(c, v)| edge(r, rows + c, *v, *v)));
        }
        edges.extend(cells.iter().enumerate().map(|(r, row)| edge(top, r, row.iter().sum(), 1_000_000)));
        edges.extend((0..columns).map(|c| edge(rows + c, bottom, cells.iter().map(|row| row[c]).sum(), 1_000_000)));
        edges.push(edge(bottom, top, cells.iter().flatten().sum(), 1_000_000_000));
        (edges, rows + columns + 2)
    }

    #[test]
    fn a_lone_small_cell_takes_the_cheapest_rectangle_with_it() {
        let (edges, nodes) = table(&[vec![3, 40, 50], vec![60, 10, 70], vec![80, 20, 90]], 5);
        let hidden: Vec<usize> = (0..edges.len()).filter(|i| withheld(&edges, nodes, 5)[*i]).collect();
        assert_eq!(hidden, [0, 1, 3, 4]);
    }

    #[test]
    fn nothing_small_nothing_withheld_and_zeroes_stay() {
        let (edges, nodes) = table(&[vec![0, 40], vec![60, 10]], 5);
        assert!(withheld(&edges, nodes, 5).iter().all(|it| !it));
        let (edges, nodes) = table(&[vec![0, 40, 3], vec![60, 10, 9], vec![7, 8, 0]], 5);
        let hidden = withheld(&edges, nodes, 5);
        assert!(!hidden[0] && !hidden[8] && hidden[2]);
    }

    #[test]
    fn a_single_unit_withholds_its_total() {
        let edges = [(0, 1, 3), (1, 0, 3)].map(|(from, to, value)| Edge {
            from,
            to,
            down: value,
            up: 97,
            state: if from == 0 { State::Closed } else { State::Open },
            cost: 1,
        });
        assert_eq!(withheld(&edges, 2, 5), [true, true]);
    }

    proptest! {
        /// Every withheld figure can take other values that keep all balances, over an interval of five.
        #[test]
        fn every_withheld_figure_can_move(cells in prop::collection::vec(prop::collection::vec(0u64..12, 3), 2..6)) {
            let (edges, nodes) = table(&cells, 5);
            let hidden = withheld(&edges, nodes, 5);
            let network = Network { free: hidden.clone(), ..Network::new(&edges, nodes) };
            for i in (0..edges.len()).filter(|i| hidden[*i]) {
                let (up, down) = (network.reach(i, true, 5).0, network.reach(i, false, 5).0);
                prop_assert!(up + down >= 5, "edge {i} moves {down} down and {up} up in {cells:?}");
            }
        }
    }

    #[test]
    fn several_withheld_cells_cover_each_other_together() {
        // 8 of 20, 3 of 12, 6 of 15: none can move by ten against one other, all can against two; the total stays.
        let cell = |value, of, state| Edge { from: 0, to: 1, down: value, up: of - value, state, cost: of };
        let total = Edge { from: 1, to: 0, down: 17, up: 30, state: State::Open, cost: 4_700 };
        let edges = [cell(8, 20, State::Closed), cell(3, 12, State::Closed), cell(6, 15, State::Closed), total];
        assert_eq!(withheld(&edges, 2, 10), [true, true, true, false]);
    }
}
