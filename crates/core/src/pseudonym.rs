//! Who a contributor is to others: a pseudonym in each receipt, and in each released copy another one (docs/format.md §12, §18).

use crate::canonical::Bytes;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Identity;
use crate::receipt::{DAY, Receipt};
use crate::recipient::PublicKey;
use crate::sign::VerifyKey;

/// How many days a pseudonym is used.
const PERIOD: u64 = 30;

// No two of these begin alike: no pseudonym of one kind can be one of another.
const TO_CONTROLLER: &str = "understudy/1 contributor";
const TO_RECIPIENT: &str = "understudy/1 pseudonym";
const TO_MYSELF: &str = "understudy/1 own copy";

impl Identity {
    /// The contributor in receipts for this controller, or for none, that are issued at such a time, in seconds since 1970.
    ///
    /// # Errors
    /// `FormatInvalid` for a time that no receipt can have.
    pub fn consenting(&self, controller: Option<&VerifyKey>, issued: u64) -> Result<Self> {
        let controller = controller.map_or(&[][..], |key| &key.0[..]);
        self.derived(TO_CONTROLLER, &[controller, &period(issued)?.to_le_bytes()])
    }

    /// The contributor in copies for this recipient, of recordings that began at such a time, in seconds since 1970.
    ///
    /// # Errors
    /// `FormatInvalid` for a time that no recording can have.
    pub fn releasing(&self, recipient: &PublicKey, started: u64) -> Result<Self> {
        self.derived(TO_RECIPIENT, &[&recipient.0.0, &period(started)?.to_le_bytes()])
    }

    /// Who opens the copy whose receipt has this id, if it is one that the contributor released to themselves.
    ///
    /// # Errors
    /// `Internal` when hashing fails.
    pub fn own_copy(&self, id: &Bytes<16>) -> Result<Self> {
        self.derived(TO_MYSELF, &[&id.0])
    }

    /// The contributor as this receipt names them, if they are who has this identity.
    ///
    /// # Errors
    /// As [`Identity::consenting`].
    pub fn under(&self, receipt: &Receipt) -> Result<Self> {
        match receipt.recipients() {
            [recipient] if receipt.is_released() => self.releasing(recipient, receipt.issued()),
            _ => self.consenting(receipt.controller().map(|controller| &controller.sign), receipt.issued()),
        }
    }

    /// Who opens what was recorded or released under this receipt, if it is sealed to who has this identity: the contributor under
    /// their pseudonym; a recipient by the key that they gave out.
    ///
    /// # Errors
    /// As [`Identity::consenting`].
    pub fn opening(&self, receipt: &Receipt) -> Result<Self> {
        match receipt.recipients() {
            _ if !receipt.is_released() => self.under(receipt),
            [recipient] if *recipient == self.open_key().public() => Ok(self.again()),
            _ => self.own_copy(receipt.id()),
        }
    }
}

/// Which period a time is in: periods are the same for everybody, and say nothing of when somebody began.
fn period(seconds: u64) -> Result<u32> {
    let too_late = |_| Error::new(ErrorKind::FormatInvalid, "a time that is too late for a pseudonym");
    u32::try_from(seconds / DAY / PERIOD).map_err(too_late)
}
