//! The smallest and largest value of a quantity under linear equations over quantities that are not negative: what a
//! patient reader can work out. A dense simplex, small systems only.

const EPS: f64 = 1e-7;

/// Equations Σ coefficient·x = constant over x ≥ 0, in a form from which every quantity can be bounded.
pub struct System {
    rows: Vec<Vec<f64>>,
    basis: Vec<usize>,
    n: usize,
}

impl System {
    /// Solves for a first point; nothing when the equations contradict each other.
    pub fn new(n: usize, equations: &[(Vec<(usize, f64)>, f64)]) -> Option<Self> {
        let m = equations.len();
        let mut rows = vec![vec![0.0; n + m + 1]; m];
        for (r, (terms, constant)) in equations.iter().enumerate() {
            let sign = if *constant < 0.0 { -1.0 } else { 1.0 };
            for (at, coefficient) in terms {
                rows[r][*at] += sign * coefficient;
            }
            rows[r][n + r] = 1.0;
            rows[r][n + m] = sign * constant;
        }
        let mut system = Self { rows, basis: (n..n + m).collect(), n: n + m };
        let artificial: Vec<(usize, f64)> = (n..n + m).map(|at| (at, -1.0)).collect();
        if system.maximum(&artificial)? < -EPS {
            return None;
        }
        system.drop_artificial(n);
        Some(system)
    }

    /// Between what values quantity `at` can lie; no upper end when it is unbounded.
    pub fn bounds(&mut self, at: usize) -> (f64, Option<f64>) {
        let low = self.maximum(&[(at, -1.0)]).map_or(0.0, |it| -it);
        (low, self.maximum(&[(at, 1.0)]))
    }

    /// Artificial quantities are 0 now: they leave the basis, or their equation says nothing new and goes.
    fn drop_artificial(&mut self, n: usize) {
        let mut r = 0;
        while r < self.rows.len() {
            if self.basis[r] >= n {
                match (0..n).find(|at| self.rows[r][*at].abs() > EPS) {
                    Some(at) => self.pivot(r, at),
                    None => {
                        self.rows.swap_remove(r);
                        self.basis.swap_remove(r);
                        continue;
                    }
                }
            }
            r += 1;
        }
        for row in &mut self.rows {
            let constant = row[self.n];
            row.truncate(n);
            row.push(constant);
        }
        self.n = n;
    }

    /// The largest value of an objective from where the system stands; nothing when there is no largest. Bland's rule.
    fn maximum(&mut self, objective: &[(usize, f64)]) -> Option<f64> {
        let mut gain = vec![0.0; self.n + 1];
        objective.iter().for_each(|(at, coefficient)| gain[*at] = *coefficient);
        for (row, basic) in self.rows.iter().zip(&self.basis) {
            let cost = gain[*basic];
            if cost != 0.0 {
                gain.iter_mut().zip(row).for_each(|(gain, cell)| *gain -= cost * cell);
            }
        }
        while let Some(enter) = (0..self.n).find(|at| gain[*at] > EPS) {
            let ratio = |r: usize| self.rows[r][self.n] / self.rows[r][enter];
            let leaving = (0..self.rows.len()).filter(|r| self.rows[*r][enter] > EPS);
            let leave = leaving.min_by(|a, b| {
                let tie = self.basis[*a].cmp(&self.basis[*b]);
                if (ratio(*a) - ratio(*b)).abs() < EPS { tie } else { ratio(*a).total_cmp(&ratio(*b)) }
            })?;
            self.pivot(leave, enter);
            let cost = gain[enter];
            gain.iter_mut().zip(&self.rows[leave]).for_each(|(gain, cell)| *gain -= cost * cell);
        }
        Some(-gain[self.n])
    }

    fn pivot(&mut self, leave: usize, enter: usize) {
        let by = self.rows[leave][enter];
        self.rows[leave].iter_mut().for_each(|cell| *cell /= by);
        let pivot = self.rows[leave].clone();
        let filled: Vec<usize> = (0..pivot.len()).filter(|at| pivot[*at] != 0.0).collect();
        for (r, row) in self.rows.iter_mut().enumerate() {
            let factor = row[enter];
            if r != leave && factor.abs() > 1e-12 {
                filled.iter().for_each(|at| row[*at] -= factor * pivot[*at]);
                row[enter] = 0.0;
            }
        }
        self.basis[leave] = enter;
    }
}

#[test]
fn bounds_of_a_table_with_published_margins() {
    // Rows 7 and 9, columns 6 and 10: the first cell lies between 0 and 6, its neighbours follow.
    let cells =
        [vec![(0, 1.0), (1, 1.0)], vec![(2, 1.0), (3, 1.0)], vec![(0, 1.0), (2, 1.0)], vec![(1, 1.0), (3, 1.0)]];
    let equations: Vec<_> = cells.into_iter().zip([7.0, 9.0, 6.0, 10.0]).collect();
    let mut system = System::new(4, &equations).unwrap();
    let found: Vec<_> =
        (0..4).map(|at| system.bounds(at)).map(|(low, high)| (low.round(), high.unwrap().round())).collect();
    assert_eq!(found, [(0.0, 6.0), (1.0, 7.0), (0.0, 6.0), (3.0, 9.0)]);
    assert!(System::new(1, &[(vec![(0, 1.0)], 3.0), (vec![(0, 1.0)], 4.0)]).is_none());
    assert_eq!(System::new(2, &[(vec![(0, 1.0), (1, -1.0)], 3.0)]).unwrap().bounds(0), (3.0, None));
}
