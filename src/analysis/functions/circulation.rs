//! Which further figures must be withheld so that no small one can be computed from the others. Refuses to know what a
//! figure means: it sees a circulation, where at every node what flows in flows out.
//!
//! Every published figure is an edge (a cell flows from its row to its column, a total from the column to the margin, the
//! grand total back). What is published is fixed; a withheld figure can be any value that keeps the balance. It moves
//! freely by `s` exactly when it lies on a cycle of withheld edges that can carry `s` more in one direction. For each edge
//! that must be withheld we look for the cheapest such cycle and withhold what it needs (Cox 1995, network methods for
//! complementary suppression; Kelly, Golden & Assad 1992), until every withheld edge has one.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

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
        let room = edges[at].down.max(edges[at].up).min(width);
        let cycle = (1..=room).rev().find_map(|shift| network.cycle(at, shift));
        for i in cycle.unwrap_or_default() {
            if !network.free[i] {
                network.free[i] = true;
                uncovered.push_back(i);
            }
        }
    }
    network.free
}

struct Network<'a> {
    edges: &'a [Edge],
    /// By node: edges that touch it.
    touching: Vec<Vec<usize>>,
    /// Whether the figure of an edge is withheld.
    free: Vec<bool>,
}

impl<'a> Network<'a> {
    fn new(edges: &'a [Edge], nodes: usize) -> Self {
        let mut touching = vec![Vec::new(); nodes];
        for (i, edge) in edges.iter().enumerate() {
            touching[edge.from].push(i);
            touching[edge.to].push(i);
        }
        Self { edges, touching, free: edges.iter().map(|edge| edge.state != State::Open).collect() }
    }

    /// The other edges of the cheapest cycle through `at` that carries `shift`, in whichever direction costs less.
    fn cycle(&self, at: usize, shift: u64) -> Option<Vec<usize>> {
        let edge = self.edges[at];
        let more = (edge.up >= shift).then(|| self.path(edge.to, edge.from, at, shift)).flatten();
        let less = (edge.down >= shift).then(|| self.path(edge.from, edge.to, at, shift)).flatten();
        [more, less].into_iter().flatten().min_by_key(|(cost, _)| *cost).map(|(_, path)| path)
    }

    /// The cheapest way for `shift` from one node to another without edge `but` (Dijkstra).
    fn path(&self, from: usize, to: usize, but: usize, shift: u64) -> Option<(u64, Vec<usize>)> {
        let mut best: Vec<Option<u64>> = vec![None; self.touching.len()];
        let mut came: Vec<Option<(usize, usize)>> = vec![None; self.touching.len()];
        let mut open = BinaryHeap::from([Reverse((0u64, from))]);
        best[from] = Some(0);
        while let Some(Reverse((cost, node))) = open.pop() {
            if best[node].is_some_and(|known| known < cost) {
                continue;
            }
            if node == to {
                break;
            }
            for &i in self.touching[node].iter().filter(|i| **i != but) {
                let Some(next) = self.beyond(i, node, shift) else { continue };
                let reached = cost.saturating_add(if self.free[i] { 0 } else { self.edges[i].cost.max(1) });
                if best[next].is_none_or(|known| reached < known) {
                    best[next] = Some(reached);
                    came[next] = Some((node, i));
                    open.push(Reverse((reached, next)));
                }
            }
        }
        let cost = best[to]?;
        let (mut path, mut node) = (Vec::new(), to);
        while let Some((before, i)) = came[node].filter(|_| node != from) {
            path.push(i);
            node = before;
        }
        Some((cost, path))
    }

    /// Where `shift` gets to from `node` over edge `i`: along it where the figure can rise, against it where it can fall.
    fn beyond(&self, i: usize, node: usize, shift: u64) -> Option<usize> {
        let edge = self.edges[i];
        if !self.free[i] && edge.down == 0 {
            return None;
        }
        let along = edge.from == node && edge.up >= shift;
        let against = edge.to == node && edge.down >= shift;
        if along { Some(edge.to) } else { against.then_some(edge.from) }
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
        /// Every withheld figure can take another value that keeps all balances and stays within its room.
        #[test]
        fn every_withheld_figure_can_move(cells in prop::collection::vec(prop::collection::vec(0u64..12, 3), 2..6)) {
            let (edges, nodes) = table(&cells, 5);
            let hidden = withheld(&edges, nodes, 5);
            let network = Network { free: hidden.clone(), ..Network::new(&edges, nodes) };
            for i in (0..edges.len()).filter(|i| hidden[*i]) {
                let moved = network.cycle(i, 5).expect("a withheld figure with unbounded room moves by 5");
                prop_assert!(moved.iter().all(|other| hidden[*other]));
            }
        }
    }
}
