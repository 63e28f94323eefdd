//! Carriers: which there are, how each numbers its parcels, and what one says of a parcel.
//!
//! Promises: a [`TrackingNumber`] has its carrier's format, and two spellings of one number are
//! equal; the state of a parcel follows from the carrier's own events alone, in whatever order they
//! come. What a state means for a trade is decided by [`crate::trade::carried`].

mod number;
mod tracking;

pub use number::{InvalidTrackingNumber, TrackingNumber};
pub use tracking::{ParcelState, Tracking, TrackingEvent};

#[cfg(test)]
mod tests;

/// Whoever carries goods. Only these are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    CjLogistics,
    Epost,
    Hanjin,
    Lotte,
    Logen,
    Kdexp,
}

/// How a carrier's numbers are known from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NumberFormat {
    /// How many digits there may be.
    lengths: &'static [usize],
    /// The last digit is the rest of the others divided by seven.
    is_checked: bool,
}

/// One line of the table.
struct Line {
    id: &'static str,
    name: &'static str,
    format: NumberFormat,
}

const fn line(
    id: &'static str,
    name: &'static str,
    lengths: &'static [usize],
    is_checked: bool,
) -> Line {
    Line { id, name, format: NumberFormat { lengths, is_checked } }
}

impl Carrier {
    pub const ALL: &[Self] =
        &[Self::CjLogistics, Self::Epost, Self::Hanjin, Self::Lotte, Self::Logen, Self::Kdexp];

    /// The table. CJ, Hanjin and Lotte as the provider of look-ups checks them itself; Korea Post
    /// as shops do. Of Logen (eleven digits in shops' lists, any at the provider) and Kyungdong
    /// nobody says it for certain, so that only the absurd is refused.
    const fn line(self) -> Line {
        match self {
            Self::CjLogistics => line("kr.cjlogistics", "CJ대한통운", &[10, 12], false),
            Self::Epost => line("kr.epost", "우체국택배", &[13], false),
            Self::Hanjin => line("kr.hanjin", "한진택배", &[12, 14], false),
            Self::Lotte => line("kr.lotte", "롯데택배", &[12], true),
            Self::Logen => line("kr.logen", "로젠택배", &[10, 11], false),
            Self::Kdexp => line("kr.kdexp", "경동택배", &[8, 9, 10, 11, 12, 13, 14, 15, 16], false),
        }
    }

    /// The provider's name of it, and ours, like `kr.cjlogistics`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.line().id
    }

    /// What people call it, like `CJ대한통운`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.line().name
    }

    /// The one with this [`Carrier::id`].
    #[must_use]
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|carrier| carrier.id() == id)
    }

    const fn format(self) -> NumberFormat {
        self.line().format
    }
}
