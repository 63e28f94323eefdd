//! What the carriers and the provider remember.

use std::collections::BTreeMap;

use kernel::Instant;

/// What happens to a parcel: an event, as its carrier would tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParcelStep {
    Announce,
    PickUp,
    Move,
    SendOut,
    Miss,
    Deliver,
    Lose,
    /// Back to its sender.
    Return,
}

/// What becomes of the notices of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeMode {
    #[default]
    AtOnce,
    Twice,
    /// When [`super::Parcels::hasten`] is called.
    Late,
    Lost,
}

/// A notice on its way to whoever watches a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelNotice {
    pub url: String,
    pub carrier: String,
    pub number: String,
}

/// How a step looks.
pub(super) struct StepLine {
    /// What its button sends.
    pub press: &'static str,
    pub label: &'static str,
    pub code: &'static str,
    /// As the carrier names it.
    pub name: &'static str,
}

impl ParcelStep {
    pub const ALL: &[Self] = &[
        Self::Announce,
        Self::PickUp,
        Self::Move,
        Self::SendOut,
        Self::Miss,
        Self::Deliver,
        Self::Lose,
        Self::Return,
    ];

    pub(super) const fn line(self) -> StepLine {
        let (press, label, code, name) = match self {
            Self::Announce => ("announce", "announced", "INFORMATION_RECEIVED", "운송장 등록"),
            Self::PickUp => ("pick-up", "scanned", "AT_PICKUP", "집화처리"),
            Self::Move => ("move", "in transit", "IN_TRANSIT", "간선상차"),
            Self::SendOut => ("send-out", "out for delivery", "OUT_FOR_DELIVERY", "배송출발"),
            Self::Miss => ("miss", "nobody there", "ATTEMPT_FAIL", "미배달"),
            Self::Deliver => ("deliver", "delivered", "DELIVERED", "배송완료"),
            Self::Lose => ("lose", "lost", "EXCEPTION", "분실"),
            Self::Return => ("return", "returned", "UNKNOWN", "반송"),
        };
        StepLine { press, label, code, name }
    }
}

impl NoticeMode {
    pub(super) const ALL: &[Self] = &[Self::AtOnce, Self::Twice, Self::Late, Self::Lost];

    /// What its button sends and says.
    pub(super) const fn press(self) -> &'static str {
        match self {
            Self::AtOnce => "notices: at once",
            Self::Twice => "notices: twice",
            Self::Late => "notices: late",
            Self::Lost => "notices: lost",
        }
    }
}

/// Which parcel: the carrier as the provider names it, and the number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ParcelName {
    pub carrier: String,
    pub number: String,
}

impl ParcelName {
    pub fn new(carrier: &str, number: &str) -> Self {
        Self { carrier: carrier.to_owned(), number: number.to_owned() }
    }
}

#[derive(Debug, Default)]
pub(super) struct FakeParcel {
    pub events: Vec<FakeEvent>,
    /// Nobody is sent notices of it.
    pub is_silent: bool,
    /// Whoever looks it up is told another number's parcel.
    pub is_mixed_up: bool,
}

#[derive(Debug)]
pub(super) struct FakeEvent {
    pub at: Instant,
    pub code: &'static str,
    pub name: String,
}

#[derive(Debug)]
pub(super) struct FakeWatch {
    pub url: String,
    pub of: ParcelName,
    pub until: Instant,
}

#[derive(Debug, Default)]
pub(super) struct Book {
    pub parcels: BTreeMap<ParcelName, FakeParcel>,
    pub watches: Vec<FakeWatch>,
    pub mode: NoticeMode,
    pub due: Vec<ParcelNotice>,
    pub late: Vec<ParcelNotice>,
    /// How notices were answered, in order.
    pub sent: Vec<String>,
}

impl Book {
    /// The parcel, which is there from now on.
    pub fn parcel(&mut self, name: &ParcelName) -> &mut FakeParcel {
        self.parcels.entry(name.clone()).or_default()
    }

    /// The same watch again changes until when it lasts.
    pub fn watch(&mut self, watch: FakeWatch) {
        let _there = self.parcel(&watch.of);
        self.watches.retain(|other| other.url != watch.url || other.of != watch.of);
        self.watches.push(watch);
    }

    /// Adds an event, and the notices that it makes.
    pub fn tell(&mut self, name: &ParcelName, event: FakeEvent) {
        let now = event.at;
        let parcel = self.parcel(name);
        parcel.events.push(event);
        if parcel.is_silent {
            return;
        }
        self.watches.retain(|watch| watch.until > now);
        for watch in self.watches.iter().filter(|watch| watch.of == *name) {
            let ParcelName { carrier, number } = name.clone();
            let notice = ParcelNotice { url: watch.url.clone(), carrier, number };
            match self.mode {
                NoticeMode::AtOnce => self.due.push(notice),
                NoticeMode::Twice => self.due.extend([notice.clone(), notice]),
                NoticeMode::Late => self.late.push(notice),
                NoticeMode::Lost => {}
            }
        }
    }
}
