//! Rectangles: fewer of them.

use understudy_core::frame::Rect;

/// Each rectangle costs a request; more than this are joined whatever that adds.
const LIMIT: usize = 48;
/// Two rectangles are joined when that adds at most this many pixels.
const SLACK: u64 = 64 * 64;

/// Joins rectangles that lie close together; drops what is outside.
pub(super) fn join(rects: impl IntoIterator<Item = Rect>, bounds: Rect) -> Vec<Rect> {
    let mut rects: Vec<Rect> = rects.into_iter().filter_map(|rect| rect.intersect(bounds)).collect();
    rects.sort_by_key(|rect| (rect.y, rect.x));
    let mut joined: Vec<Rect> = Vec::new();
    for rect in rects {
        let near = |other: &&mut Rect| {
            let both = area(other.around(rect));
            both <= area(**other) + area(rect) + SLACK
        };
        match joined.iter_mut().rev().take(LIMIT).find(near) {
            Some(other) => *other = other.around(rect),
            None => joined.push(rect),
        }
    }
    while joined.len() > LIMIT {
        joined = joined.chunks(2).map(|pair| pair.iter().copied().reduce(Rect::around).unwrap_or_default()).collect();
    }
    // Joined ones may have grown into others; a little is grabbed twice, but never the whole screen more than once.
    let total: u64 = joined.iter().copied().map(area).sum();
    if total > area(bounds) { vec![bounds] } else { joined }
}

fn area(rect: Rect) -> u64 {
    u64::from(rect.width) * u64::from(rect.height)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Rect = Rect { x: 0, y: 0, width: 1000, height: 800 };

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn what_lies_close_is_joined_and_what_is_outside_dropped() {
        let rects = [
            rect(0, 0, 10, 10),
            rect(12, 0, 10, 10),
            rect(500, 500, 10, 10),
            rect(-5, 790, 10, 50),
            rect(2000, 0, 5, 5),
        ];
        assert_eq!(join(rects, BOUNDS), [rect(0, 0, 22, 10), rect(500, 500, 10, 10), rect(0, 790, 5, 10)]);
    }

    #[test]
    fn many_rectangles_become_few_that_cover_them() {
        let rects: Vec<Rect> = (0..400).map(|at| rect(at % 20 * 50, at / 20 * 40, 3, 3)).collect();
        let joined = join(rects.clone(), BOUNDS);
        assert!(joined.len() <= LIMIT);
        for rect in rects {
            assert!(joined.iter().any(|joined| joined.intersect(rect) == Some(rect)));
        }
    }
}
