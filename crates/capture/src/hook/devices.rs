//! The input devices: which are XTEST's, how their axes move the pointer, which axes scroll.

use std::collections::HashMap;

use understudy_core::error::Result;
use understudy_core::event::{RawDelta, Wheel};
use understudy_core::frame::Size;
use x11rb::protocol::xinput::{
    ConnectionExt as _, DeviceClassData, DeviceId, DeviceType, EventMask, Fp3232, ScrollType, ValuatorMode, XIEventMask,
};

use super::motion::Step;
use super::raw::{Axis, RawMotion};
use crate::x11::{Link, answer, send};

/// Every device, in requests; no device, in events.
pub(super) const ALL: DeviceId = 0;
const ALL_MASTERS: DeviceId = 1;
const DETENT: f64 = 120.0;

#[derive(Default)]
pub(super) struct Devices(HashMap<u16, Device>);

struct Device {
    master: bool,
    xtest: bool,
    /// How the first two axes, which move the pointer, count: their ranges where they are absolute.
    ranges: [Option<(f64, f64)>; 2],
    scrolls: Vec<Scroll>,
}

struct Scroll {
    axis: u16,
    vertical: bool,
    /// Of one detent.
    increment: f64,
    absolute: bool,
    last: Option<f64>,
    /// Parts of 1/120 detents that were not reported yet.
    rest: f64,
}

/// What one raw movement holds.
pub(super) struct Moved {
    pub(super) step: Option<(Step, RawDelta)>,
    pub(super) wheel: Option<Wheel>,
}

/// Asks for what is to be recorded. What is not recorded is not listened to.
pub(super) fn listen(link: &Link, pointer: bool, keyboard: bool) -> Result<()> {
    let mut devices = XIEventMask::HIERARCHY | XIEventMask::DEVICE_CHANGED;
    let mut masters = XIEventMask::default();
    if keyboard {
        devices |= XIEventMask::KEY_PRESS;
        masters |= XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_KEY_RELEASE;
    }
    if pointer {
        masters |= XIEventMask::RAW_MOTION | XIEventMask::RAW_BUTTON_PRESS | XIEventMask::RAW_BUTTON_RELEASE;
    }
    let masks =
        [EventMask { deviceid: ALL, mask: vec![devices] }, EventMask { deviceid: ALL_MASTERS, mask: vec![masters] }];
    send(link.conn.xinput_xi_select_events(link.root(), &masks)).map(drop)
}

impl Devices {
    pub(super) fn query(link: &Link) -> Result<Self> {
        let reply = answer(send(link.conn.xinput_xi_query_device(ALL))?)?;
        let infos = reply.map(|reply| reply.infos).unwrap_or_default();
        Ok(Self(infos.into_iter().map(|info| (info.deviceid, Device::new(&info))).collect()))
    }

    /// Whether software made what this device reports.
    pub(super) fn injects(&self, source: DeviceId) -> bool {
        self.0.get(&source).is_some_and(|device| device.xtest)
    }

    pub(super) fn is_slave(&self, device: DeviceId) -> bool {
        self.0.get(&device).is_some_and(|device| !device.master)
    }

    /// What a raw movement says, by what its device is.
    pub(super) fn read(&mut self, motion: RawMotion<'_>, size: Size) -> Moved {
        let Some(device) = self.0.get_mut(&motion.source) else {
            return Moved { step: None, wheel: None };
        };
        let (mut x, mut y) = (None, None);
        let mut wheel = Wheel { delta_x: 0, delta_y: 0, smooth: false };
        for axis in motion.axes() {
            match axis.number {
                0 => x = Some(axis),
                1 => y = Some(axis),
                _ => device.scroll(axis, &mut wheel),
            }
        }
        let turned = wheel.delta_x != 0 || wheel.delta_y != 0;
        Moved { step: device.step(x, y, size), wheel: turned.then_some(wheel) }
    }
}

impl Device {
    fn new(info: &x11rb::protocol::xinput::XIDeviceInfo) -> Self {
        let mut device = Self {
            master: matches!(info.type_, DeviceType::MASTER_POINTER | DeviceType::MASTER_KEYBOARD),
            xtest: info.name.windows(6).any(|part| part == b"XTEST "),
            ranges: [None; 2],
            scrolls: Vec::new(),
        };
        let mut absolute = Vec::new();
        for class in &info.classes {
            match &class.data {
                DeviceClassData::Valuator(axis) if axis.mode == ValuatorMode::ABSOLUTE => {
                    absolute.push(axis.number);
                    let (min, max) = (number(axis.min), number(axis.max));
                    if let Some(range) = device.ranges.get_mut(usize::from(axis.number))
                        && min < max
                    {
                        *range = Some((min, max));
                    }
                }
                DeviceClassData::Scroll(scroll) => device.scrolls.push(Scroll {
                    axis: scroll.number,
                    vertical: scroll.scroll_type == ScrollType::VERTICAL,
                    increment: number(scroll.increment),
                    absolute: false,
                    last: None,
                    rest: 0.0,
                }),
                _ => {}
            }
        }
        for scroll in &mut device.scrolls {
            scroll.absolute = absolute.contains(&scroll.axis);
        }
        device
    }

    /// How the pointer follows the first two axes.
    fn step(&self, x: Option<Axis>, y: Option<Axis>, size: Size) -> Option<(Step, RawDelta)> {
        if x.is_none() && y.is_none() {
            return None;
        }
        let raw = |axis: Option<Axis>| axis.map_or(0, |axis| fraction(axis.raw));
        let value = |axis: Option<Axis>| axis.map(|axis| number(axis.value));
        let step = match self.ranges {
            _ if self.xtest => Step::Fake(value(x).unwrap_or(0.0), value(y).unwrap_or(0.0)),
            [Some(across), Some(down)] => {
                Step::To(scale(value(x), across, size.width), scale(value(y), down, size.height))
            }
            _ => Step::By(value(x).unwrap_or(0.0), value(y).unwrap_or(0.0)),
        };
        Some((step, RawDelta { x: raw(x), y: raw(y) }))
    }

    fn scroll(&mut self, axis: Axis, wheel: &mut Wheel) {
        for scroll in self.scrolls.iter_mut().filter(|scroll| scroll.axis == axis.number) {
            let (delta, smooth) = scroll.turn(number(axis.value));
            wheel.smooth |= smooth;
            if scroll.vertical { wheel.delta_y += delta } else { wheel.delta_x += delta }
        }
    }
}

impl Scroll {
    /// How far the axis turned, in 1/120 detents, and whether that is not a whole number of detents.
    fn turn(&mut self, value: f64) -> (i32, bool) {
        let delta = if self.absolute { self.last.replace(value).map_or(0.0, |last| value - last) } else { value };
        if self.increment == 0.0 {
            return (0, false);
        }
        let detents = delta / self.increment;
        let whole = (detents * DETENT + self.rest).trunc();
        self.rest += detents * DETENT - whole;
        (whole as i32, (detents - detents.round()).abs() > 1e-6)
    }
}

fn number(value: Fp3232) -> f64 {
    f64::from(value.integral) + f64::from(value.frac) / 4_294_967_296.0
}

/// In 1/256.
fn fraction(value: Fp3232) -> i32 {
    value.integral.saturating_mul(256).saturating_add((value.frac >> 24) as i32)
}

/// From a device's range to the desktop, as the server does.
fn scale(value: Option<f64>, (min, max): (f64, f64), length: u32) -> Option<f64> {
    value.map(|value| (value - min) / (max - min) * f64::from(length.max(1) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scroll(absolute: bool) -> Scroll {
        Scroll { axis: 3, vertical: true, increment: 15.0, absolute, last: None, rest: 0.0 }
    }

    #[test]
    fn a_detent_is_120() {
        assert_eq!(scroll(false).turn(15.0), (120, false));
        assert_eq!(scroll(false).turn(-30.0), (-240, false));
        let mut smooth = scroll(false);
        let turned: i32 = (0..150).map(|_| smooth.turn(0.1).0).sum();
        assert!((119..=120).contains(&turned), "{turned}");
    }

    #[test]
    fn an_absolute_axis_counts_from_where_it_was() {
        let mut scroll = scroll(true);
        assert_eq!(scroll.turn(1000.0).0, 0);
        assert_eq!(scroll.turn(1015.0), (120, false));
        assert_eq!(scroll.turn(1000.0), (-120, false));
    }

    #[test]
    fn an_absolute_device_covers_the_desktop() {
        assert_eq!(scale(Some(0.0), (0.0, 65535.0), 1920), Some(0.0));
        assert_eq!(scale(Some(65535.0), (0.0, 65535.0), 1920), Some(1919.0));
        assert_eq!(fraction(Fp3232 { integral: -1, frac: 1 << 31 }), -128);
    }
}
