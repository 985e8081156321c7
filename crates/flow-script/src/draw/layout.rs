//! Where each box stands: rows from top to bottom, boxes of a row beside each other so that arrows
//! cross little.
//!
//! Layers by longest way, order by the middle of the neighbours (Sugiyama and others, 1981), then
//! boxes pulled toward their neighbours without touching. All arrows of [`super::boxes`] go down, so
//! that no ring has to be broken. Read next: `svg.rs`.

use super::boxes::{Boxes, Look};

pub(super) const LINE: f64 = 17.0;
const PADDING: f64 = 9.0;
const BETWEEN: f64 = 26.0;
const ROWS_APART: f64 = 34.0;
const MARGIN: f64 = 24.0;
const ROUNDS: usize = 8;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    /// The middle of the box.
    pub(super) x: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

pub(super) struct Layout {
    pub(super) spots: Vec<Spot>,
    /// Each arrow's bends, from box to box.
    pub(super) arrows: Vec<Vec<(f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Boxes, and the bends of long arrows, which take a place in the rows they pass.
struct Rows {
    rows: Vec<Vec<usize>>,
    spots: Vec<Spot>,
    up: Vec<Vec<usize>>,
    down: Vec<Vec<usize>>,
}

pub(super) fn layout(boxes: &Boxes) -> Layout {
    let count = boxes.items.len();
    let row_of = rows_of(boxes);
    let mut rows = Rows {
        rows: vec![Vec::new(); row_of.iter().max().map_or(0, |last| last + 1)],
        spots: boxes.items.iter().map(size).collect(),
        up: vec![Vec::new(); count],
        down: vec![Vec::new(); count],
    };
    for (item, row) in row_of.iter().enumerate() {
        rows.rows[*row].push(item);
    }
    let mut paths = Vec::new();
    for (from, to) in &boxes.arrows {
        let mut path = vec![*from];
        for row in row_of[*from] + 1..row_of[*to] {
            let bend = rows.spots.len();
            rows.spots.push(Spot { width: 14.0, ..Spot::default() });
            rows.up.push(Vec::new());
            rows.down.push(Vec::new());
            rows.rows[row].push(bend);
            path.push(bend);
        }
        path.push(*to);
        for pair in path.windows(2) {
            rows.down[pair[0]].push(pair[1]);
            rows.up[pair[1]].push(pair[0]);
        }
        paths.push(path);
    }
    rows.order();
    rows.stand();
    finish(rows, &paths, count)
}

fn size(item: &super::boxes::Item) -> Spot {
    let longest = item.lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
    let letters = longest.max(item.name.chars().count() + if item.look == Look::Human { 19 } else { 3 });
    let rows = item.lines.len() + usize::from(!item.name.is_empty());
    let small = matches!(item.look, Look::Answer | Look::Sign);
    #[allow(clippy::cast_precision_loss, reason = "a few letters and lines")]
    let (letters, rows) = (letters as f64, rows as f64);
    let width = letters * if small { 6.7 } else { 7.2 } + 2.0 * PADDING;
    Spot { width: width.max(60.0), height: rows * LINE + 2.0 * PADDING, ..Spot::default() }
}

/// The row of each box: one below the lowest that leads to it.
fn rows_of(boxes: &Boxes) -> Vec<usize> {
    let mut row = vec![0; boxes.items.len()];
    // Every way is at most as long as there are boxes; rows only grow, so this settles.
    for _ in 0..boxes.items.len() {
        let mut changed = false;
        for (from, to) in &boxes.arrows {
            if row[*to] <= row[*from] {
                row[*to] = row[*from] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    row
}

impl Rows {
    fn order(&mut self) {
        for round in 0..ROUNDS {
            let downward = round % 2 == 0;
            let count = self.rows.len();
            for step in 1..count {
                let row = if downward { step } else { count - 1 - step };
                let beside = if downward { row - 1 } else { row + 1 };
                let mut place = vec![0.0; self.spots.len()];
                for (at, item) in self.rows[beside].iter().enumerate() {
                    #[allow(clippy::cast_precision_loss, reason = "a few boxes")]
                    (place[*item] = at as f64);
                }
                let near = if downward { &self.up } else { &self.down };
                let mut keyed: Vec<(f64, usize)> = self.rows[row]
                    .iter()
                    .enumerate()
                    .map(|(at, item)| {
                        #[allow(clippy::cast_precision_loss, reason = "a few boxes")]
                        let stay = at as f64;
                        (middle(near[*item].iter().map(|other| place[*other])).unwrap_or(stay), *item)
                    })
                    .collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.rows[row] = keyed.into_iter().map(|(_, item)| item).collect();
            }
        }
    }

    /// Puts boxes side by side, then pulls each row toward its neighbours.
    fn stand(&mut self) {
        for row in 0..self.rows.len() {
            self.pack(row, |_, _| None);
        }
        for round in 0..ROUNDS {
            let downward = round % 2 == 0;
            for step in 0..self.rows.len() {
                let row = if downward { step } else { self.rows.len() - 1 - step };
                self.pack(row, |rows, item| {
                    let near = if downward { &rows.up[item] } else { &rows.down[item] };
                    middle(near.iter().map(|other| rows.spots[*other].x))
                });
            }
        }
    }

    fn pack(&mut self, row: usize, wish: impl Fn(&Self, usize) -> Option<f64>) {
        let items = self.rows[row].clone();
        let wishes: Vec<f64> = items.iter().map(|item| wish(self, *item).unwrap_or(self.spots[*item].x)).collect();
        // From the left each box stands as near to its wish as the one before it allows; then the
        // row as a whole is moved to where its boxes wish on average.
        let mut edge = f64::NEG_INFINITY;
        for (item, wished) in items.iter().zip(&wishes) {
            let half = self.spots[*item].width / 2.0;
            let x = wished.max(edge + half);
            self.spots[*item].x = x;
            edge = x + half + BETWEEN;
        }
        let moved = items.iter().zip(&wishes).map(|(item, wished)| wished - self.spots[*item].x);
        if let Some(by) = middle(moved) {
            items.iter().for_each(|item| self.spots[*item].x += by);
        }
    }
}

fn middle(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

fn finish(mut rows: Rows, paths: &[Vec<usize>], count: usize) -> Layout {
    let left = rows.spots.iter().map(|spot| spot.x - spot.width / 2.0).fold(f64::INFINITY, f64::min);
    let mut top = MARGIN;
    for row in &rows.rows {
        let height = row.iter().map(|item| rows.spots[*item].height).fold(0.0, f64::max);
        for item in row {
            let spot = &mut rows.spots[*item];
            spot.x += MARGIN - left;
            spot.top = top;
            if *item >= count {
                spot.height = height;
            }
        }
        top += height + ROWS_APART;
    }
    let arrows = paths.iter().map(|path| bends(&rows.spots, path)).collect();
    let width = rows.spots.iter().map(|spot| spot.x + spot.width / 2.0).fold(0.0, f64::max) + MARGIN;
    rows.spots.truncate(count);
    Layout { spots: rows.spots, arrows, width, height: top - ROWS_APART + MARGIN }
}

fn bends(spots: &[Spot], path: &[usize]) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for (at, item) in path.iter().enumerate() {
        let spot = spots[*item];
        if at > 0 {
            points.push((spot.x, spot.top));
        }
        if at + 1 < path.len() {
            points.push((spot.x, spot.top + spot.height));
        }
    }
    points
}
