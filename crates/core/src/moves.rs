//! A run of pointer moves as columns, one record: docs/format.md §9.1, `pointermoves`.
//!
//! What a device reports a thousand times a second differs little from one time to the next. Side by side, times, positions and
//! raw movements take a byte each, most of them the same few, and that is what zstd codes best.

use std::collections::VecDeque;

use zeroize::Zeroize;

use crate::clock::Time;
use crate::error::{Error, Result};
use crate::event::{PointerAction, PointerEvent, RawDelta};
use crate::frame::Position;
use crate::wire::{Reader, Writer, invalid};

/// Most moves in one record.
pub(crate) const MAX_MOVES: usize = 4096;

/// Powers of 1000 nanoseconds that a record may count time in, by their number in the form.
const UNITS: [u64; 3] = [1, 1_000, 1_000_000];
const UNIT_BITS: u8 = 3;
/// Raw movements are counted in whole device units.
const WHOLE: u8 = 1 << 2;
/// Raw movements are differences from the one before: what an absolute device reports are positions.
const DIFFERENCES: u8 = 1 << 3;
/// What a raw movement is counted in otherwise: 1/256 of the device's unit.
const FRACTIONS: i64 = 256;

/// Moves of one kind, that wait to become one record.
#[derive(Default)]
pub(crate) struct Moves {
    pub(crate) injected: bool,
    pub(crate) raw: bool,
    times: Vec<u64>,
    xs: Vec<i32>,
    ys: Vec<i32>,
    raw_xs: Vec<i32>,
    raw_ys: Vec<i32>,
}

impl Moves {
    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Whether a move of this kind can join.
    pub(crate) fn takes(&self, injected: bool, raw: bool) -> bool {
        self.is_empty() || self.len() < MAX_MOVES && self.injected == injected && self.raw == raw
    }

    /// Adds a move that [`Moves::takes`].
    pub(crate) fn push(&mut self, time: Time, position: Position, injected: bool, raw: Option<RawDelta>) {
        (self.injected, self.raw) = (injected, raw.is_some());
        if self.times.capacity() == 0 {
            self.reserve();
        }
        self.times.push(time.as_nanos());
        self.xs.push(position.x);
        self.ys.push(position.y);
        if let Some(raw) = raw {
            self.raw_xs.push(raw.x);
            self.raw_ys.push(raw.y);
        }
    }

    /// All it will need: a column that grew would leave what it held where it was.
    fn reserve(&mut self) {
        self.times.reserve_exact(MAX_MOVES);
        for column in [&mut self.xs, &mut self.ys, &mut self.raw_xs, &mut self.raw_ys] {
            column.reserve_exact(MAX_MOVES);
        }
    }

    /// The only move, where there is one alone.
    pub(crate) fn single(&self) -> Option<(Time, PointerEvent)> {
        let (&[time], &[x], &[y]) = (&self.times[..], &self.xs[..], &self.ys[..]) else { return None };
        let raw = self.raw_xs.first().zip(self.raw_ys.first()).map(|(x, y)| RawDelta { x: *x, y: *y });
        let action = PointerAction::Move { raw };
        Some((Time::from_nanos(time), PointerEvent { position: Position { x, y }, injected: self.injected, action }))
    }

    pub(crate) fn first(&self) -> Time {
        Time::from_nanos(self.times.first().copied().unwrap_or_default())
    }

    pub(crate) fn last(&self) -> Option<(Time, Position)> {
        let position = Position { x: *self.xs.last()?, y: *self.ys.last()? };
        Some((Time::from_nanos(*self.times.last()?), position))
    }

    /// Writes the columns. `before` is where the pointer was before the first move.
    pub(crate) fn encode(&self, before: Position, body: &mut Writer<'_>) {
        let gaps = || self.times.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        let unit = (1..UNITS.len()).rev().find(|unit| gaps().all(|gap| gap % UNITS[*unit] == 0)).unwrap_or(0);
        let plain = || self.raw_xs.iter().chain(&self.raw_ys).map(|value| i64::from(*value));
        let stepped = differences(&self.raw_xs, 0).chain(differences(&self.raw_ys, 0));
        let whole = self.raw && plain().all(|value| value % FRACTIONS == 0);
        let scale = if whole { FRACTIONS } else { 1 };
        let plain_length: usize = plain().map(|value| length(value / scale)).sum();
        let as_differences = stepped.map(|step| length(step / scale)).sum::<usize>() < plain_length;
        // At most two.
        let form = unit as u8 | if whole { WHOLE } else { 0 } | if as_differences { DIFFERENCES } else { 0 };
        body.u8(form);
        gaps().for_each(|gap| body.uvarint(gap / UNITS[unit]));
        differences(&self.xs, before.x).for_each(|step| body.svarint(step));
        differences(&self.ys, before.y).for_each(|step| body.svarint(step));
        for column in [&self.raw_xs, &self.raw_ys] {
            if as_differences {
                differences(column, 0).for_each(|step| body.svarint(step / scale));
            } else {
                column.iter().for_each(|value| body.svarint(i64::from(*value) / scale));
            }
        }
    }

    /// Empties it; nothing of what it held stays in its memory, which is kept.
    pub(crate) fn clear(&mut self) {
        self.times.as_mut_slice().zeroize();
        self.times.clear();
        for column in [&mut self.xs, &mut self.ys, &mut self.raw_xs, &mut self.raw_ys] {
            column.as_mut_slice().zeroize();
            column.clear();
        }
    }
}

impl Drop for Moves {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Each value less the one before, the first less `start`.
fn differences(values: &[i32], start: i32) -> impl Iterator<Item = i64> {
    let before = std::iter::once(start).chain(values.iter().copied());
    values.iter().zip(before).map(|(value, before)| i64::from(*value) - i64::from(before))
}

/// How many bytes a value takes as a `svarint`.
fn length(value: i64) -> usize {
    let zigzag = (value.wrapping_shl(1) ^ (value >> 63)).cast_unsigned();
    (64 - (zigzag | 1).leading_zeros() as usize).div_ceil(7)
}

/// Reads the columns, behind the flags: the moves of one record, the first at `first`, from `before` on.
///
/// # Errors
/// `FormatInvalid`; then none of the moves is good.
pub(crate) fn decode(
    first: Time,
    before: Position,
    kind: Kind,
    body: &mut Reader<'_>,
) -> Result<VecDeque<(Time, PointerEvent)>> {
    let Kind { count, injected, raw } = kind;
    let form = body.u8()?;
    let allowed = if raw { UNIT_BITS | WHOLE | DIFFERENCES } else { UNIT_BITS };
    let unit = UNITS.get(usize::from(form & UNIT_BITS)).copied().filter(|_| form & !allowed == 0);
    let unit = unit.ok_or_else(|| invalid("has moves of an unknown form"))?;
    let times = decode_times(first, unit, count, body)?;
    let xs = decode_steps(before.x, 1, count, body)?;
    let ys = decode_steps(before.y, 1, count, body)?;
    let scale = if form & WHOLE != 0 { FRACTIONS } else { 1 };
    let mut raw_column = || match (raw, form & DIFFERENCES != 0) {
        (false, _) => Ok(Vec::new()),
        (true, true) => decode_steps(0, scale, count, body),
        (true, false) => (0..count).map(|_| scaled(body.svarint()?, scale)).collect(),
    };
    let (raw_xs, raw_ys) = (raw_column()?, raw_column()?);
    let mut raws = raw_xs.into_iter().zip(raw_ys).map(|(x, y)| RawDelta { x, y });
    let moves = times.into_iter().zip(xs.into_iter().zip(ys)).map(|(time, (x, y))| {
        let action = PointerAction::Move { raw: raws.next() };
        (time, PointerEvent { position: Position { x, y }, injected, action })
    });
    Ok(moves.collect())
}

/// What all moves of a record have in common.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    /// 2 to [`MAX_MOVES`].
    pub(crate) count: usize,
    pub(crate) injected: bool,
    pub(crate) raw: bool,
}

fn decode_times(first: Time, unit: u64, count: usize, body: &mut Reader<'_>) -> Result<Vec<Time>> {
    let mut times = vec![first];
    let mut nanos = first.as_nanos();
    for _ in 1..count {
        let next = body.uvarint()?.checked_mul(unit).and_then(|gap| nanos.checked_add(gap));
        nanos =
            next.filter(|nanos| *nanos <= Time::MAX.as_nanos()).ok_or_else(|| invalid("has a time over its limit"))?;
        times.push(Time::from_nanos(nanos));
    }
    Ok(times)
}

/// Values by their differences from the one before, each counted in `scale`.
fn decode_steps(start: i32, scale: i64, count: usize, body: &mut Reader<'_>) -> Result<Vec<i32>> {
    let mut sum = i64::from(start);
    let mut values = Vec::with_capacity(count);
    for _ in 0..count {
        sum = sum.checked_add(body.svarint()?).ok_or_else(too_large)?;
        values.push(scaled(sum, scale)?);
    }
    Ok(values)
}

fn scaled(value: i64, scale: i64) -> Result<i32> {
    value.checked_mul(scale).and_then(|value| i32::try_from(value).ok()).ok_or_else(too_large)
}

fn too_large() -> Error {
    invalid("has a movement over its limit")
}
