//! Numbers as people write them, and parcels as carriers tell of them.

use kernel::Instant;

use super::{
    Carrier::{self, CjLogistics, Epost, Hanjin, Kdexp, Logen, Lotte},
    InvalidTrackingNumber, ParcelState, Tracking, TrackingEvent, TrackingNumber,
};

#[test]
fn the_table_of_carriers() {
    let lines: Vec<String> = Carrier::ALL
        .iter()
        .map(|carrier| {
            let format = carrier.format();
            let check = if format.is_checked { " checked" } else { "" };
            format!("{} {} {:?}{check}", carrier.id(), carrier.name(), format.lengths)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "kr.cjlogistics CJ대한통운 [10, 12]",
            "kr.epost 우체국택배 [13]",
            "kr.hanjin 한진택배 [12, 14]",
            "kr.lotte 롯데택배 [12] checked",
            "kr.logen 로젠택배 [10, 11]",
            "kr.kdexp 경동택배 [8, 9, 10, 11, 12, 13, 14, 15, 16]",
        ]
    );
    for carrier in Carrier::ALL {
        assert_eq!(Carrier::by_id(carrier.id()), Some(*carrier));
    }
    for bad in ["", "cjlogistics", "KR.CJLOGISTICS", "kr.cjlogistics ", "us.ups", "CJ대한통운"]
    {
        assert_eq!(Carrier::by_id(bad), None, "{bad}");
    }
}

#[test]
fn every_way_of_writing_a_number_is_one_number() {
    for (carrier, text, digits) in [
        (CjLogistics, "688712345678", "688712345678"),
        (CjLogistics, "6887-1234-5678", "688712345678"),
        (CjLogistics, " 6887 1234 5678 ", "688712345678"),
        (CjLogistics, "６８８７１２３４５６７８", "688712345678"),
        (CjLogistics, "６８８７－１２３４－５６７８", "688712345678"),
        (CjLogistics, "6887\u{2013}1234\u{3000}5678", "688712345678"),
        (CjLogistics, "6887\u{a0}1234\u{2212}5678", "688712345678"),
        (CjLogistics, "0000000001", "0000000001"),
        (Epost, "6890012345678", "6890012345678"),
        (Hanjin, "401234567890", "401234567890"),
        (Hanjin, "40123456789012", "40123456789012"),
        (Lotte, "231234567896", "231234567896"),
        (Lotte, "2312-3456-7896", "231234567896"),
        (Logen, "91234567890", "91234567890"),
        (Logen, "9123456789", "9123456789"),
        (Kdexp, "12345678", "12345678"),
        (Kdexp, "1234567890123456", "1234567890123456"),
    ] {
        let number = TrackingNumber::parse(carrier, text).unwrap();
        assert_eq!((number.carrier(), number.digits()), (carrier, digits), "{text}");
        assert_eq!(TrackingNumber::parse(carrier, digits), Ok(number));
    }
}

#[test]
fn the_same_digits_of_two_carriers_are_two_numbers() {
    let of = |carrier| TrackingNumber::parse(carrier, "231234567896").unwrap();
    assert_ne!(of(CjLogistics), of(Lotte));
}

#[test]
fn what_is_no_number_of_this_carrier() {
    use InvalidTrackingNumber::{CheckDigit, Length, Letters};
    let length = |carrier| Length { carrier };
    let huge = "1".repeat(100_000);
    let spaced = " ".repeat(30) + "688712345678";
    for (carrier, text, why) in [
        (CjLogistics, "", length(CjLogistics)),
        (CjLogistics, " - ", length(CjLogistics)),
        (CjLogistics, "1", length(CjLogistics)),
        (CjLogistics, "68871234567", length(CjLogistics)),
        (CjLogistics, "6887123456789", length(CjLogistics)),
        (CjLogistics, &huge, length(CjLogistics)),
        (CjLogistics, &spaced, length(CjLogistics)),
        (CjLogistics, "68871234567a", Letters),
        (CjLogistics, "-68871234567+", Letters),
        (CjLogistics, "6887.1234.5678", Letters),
        (CjLogistics, "6887\t12345678", Letters),
        (CjLogistics, "688712345678\0", Letters),
        (CjLogistics, "688712345678\n", Letters),
        // Digits of other scripts are not what a carrier prints.
        (CjLogistics, "٦٨٨٧١٢٣٤٥٦٧٨", Letters),
        (CjLogistics, "⑥⑧⑧712345678", Letters),
        (CjLogistics, "6887\u{200b}12345678", Letters),
        (CjLogistics, "6887\u{202e}12345678", Letters),
        (Epost, "EE123456789KR", Letters),
        (Epost, "688712345678", length(Epost)),
        (Hanjin, "4012345678901", length(Hanjin)),
        (Lotte, "231234567890", CheckDigit { carrier: Lotte }),
        (Lotte, "231234567899", CheckDigit { carrier: Lotte }),
        (Lotte, "23123456789", length(Lotte)),
        (Logen, "912345678901", length(Logen)),
        (Kdexp, "1234567", length(Kdexp)),
        (Kdexp, "12345678901234567", length(Kdexp)),
    ] {
        assert_eq!(TrackingNumber::parse(carrier, text), Err(why), "{text:.60}");
    }
}

#[test]
fn a_refusal_says_what_would_be_right() {
    let why = |carrier, text| TrackingNumber::parse(carrier, text).unwrap_err().to_string();
    for (carrier, text, said) in [
        (CjLogistics, "1", "a tracking number of CJ대한통운 has 10 or 12 digits"),
        (Epost, "1", "a tracking number of 우체국택배 has 13 digits"),
        (Kdexp, "1", "a tracking number of 경동택배 has 8, 9, 10, 11, 12, 13, 14, 15 or 16 digits"),
        (CjLogistics, "x", "a tracking number has digits, spaces and hyphens only"),
        (Lotte, "231234567890", "there is no such tracking number of 롯데택배: check its digits"),
    ] {
        assert_eq!(why(carrier, text), said);
    }
}

use ParcelState::{
    Announced, AttemptFailed, AwaitingPickup, Delivered, Exception, InTransit, Lost,
    OutForDelivery, PickedUp, Returned, Unknown,
};

fn minute(minute: i64) -> Instant {
    Instant::from_millis(minute * 60_000)
}

/// Events at these minutes; `None`: no time was told.
fn tracking(events: &[(Option<i64>, ParcelState)]) -> Tracking {
    let number = TrackingNumber::parse(CjLogistics, "688712345678").unwrap();
    let event = |(at, state): &(Option<i64>, ParcelState)| TrackingEvent {
        at: at.map(minute),
        state: *state,
        name: String::new(),
    };
    Tracking::new(number, events.iter().map(event).collect())
}

#[test]
fn where_a_parcel_stands_follows_from_its_events() {
    for (states, stands) in [
        (&[][..], None),
        (&[Announced], Some(Announced)),
        (&[Unknown], Some(Unknown)),
        (&[Unknown, PickedUp], Some(PickedUp)),
        (&[PickedUp, InTransit, OutForDelivery, Delivered], Some(Delivered)),
        // Told late, or by mistake.
        (&[PickedUp, Announced], Some(PickedUp)),
        (&[Delivered, OutForDelivery], Some(Delivered)),
        (&[Delivered, Lost], Some(Delivered)),
        (&[InTransit, Unknown], Some(InTransit)),
        // Tried again, and fetched.
        (&[OutForDelivery, AttemptFailed], Some(AttemptFailed)),
        (&[AttemptFailed, OutForDelivery], Some(OutForDelivery)),
        (&[AwaitingPickup, Delivered], Some(Delivered)),
        // Found again.
        (&[Lost, InTransit], Some(InTransit)),
        (&[Lost, Delivered], Some(Delivered)),
        (&[Lost, Unknown], Some(Lost)),
        (&[InTransit, Exception], Some(Exception)),
        (&[Exception, InTransit], Some(InTransit)),
    ] {
        let events: Vec<_> =
            (0..).zip(states).map(|(at, state): (i64, &ParcelState)| (Some(at), *state)).collect();
        assert_eq!(tracking(&events).state(), stands, "{states:?}");
    }
}

/// A parcel that went back was delivered, to its sender: the seller would have been paid for it.
#[test]
fn what_is_delivered_after_it_was_returned_is_delivered_to_its_sender() {
    let back = [PickedUp, Returned, InTransit, OutForDelivery, Delivered];
    let events: Vec<_> = (0..).zip(back).map(|(at, state)| (Some(at), state)).collect();
    assert_eq!(tracking(&events).state(), Some(Returned));
    let kept = [(Some(1), Delivered), (Some(2), Returned)];
    assert_eq!(tracking(&kept).state(), Some(Delivered));
}

#[test]
fn events_are_put_in_order_by_their_times() {
    let shuffled = tracking(&[
        (Some(3), Delivered),
        (Some(1), PickedUp),
        (None, Unknown),
        (Some(2), InTransit),
    ]);
    let states: Vec<_> = shuffled.events().iter().map(|event| event.state).collect();
    assert_eq!(states, [PickedUp, Unknown, InTransit, Delivered]);
    // Those of one minute stay as they were told.
    let told = [(Some(1), OutForDelivery), (Some(1), AttemptFailed)];
    assert_eq!(tracking(&told).state(), Some(AttemptFailed));
}

#[test]
fn what_was_told_of_an_earlier_parcel_does_not_count() {
    let old = tracking(&[(Some(1), PickedUp), (Some(9), Delivered), (None, Delivered)]);
    assert_eq!(old.state(), Some(Delivered));
    let since = old.since(minute(10));
    assert_eq!((since.state(), since.first_scan()), (None, None));
    // From the very millisecond on.
    assert_eq!(old.since(minute(9)).first_scan(), Some(minute(9)));
    let after = Instant::from_millis(minute(9).millis() + 1);
    assert_eq!(old.since(after).state(), None);
}

#[test]
fn a_number_that_was_given_out_is_no_scan() {
    assert_eq!(tracking(&[(Some(1), Announced)]).first_scan(), None);
    // Calling a pick-up off is an exception; no carrier had the parcel.
    assert_eq!(tracking(&[(Some(1), Announced), (Some(2), Exception)]).first_scan(), None);
    let scanned = [(Some(1), Announced), (None, PickedUp), (Some(3), InTransit)];
    assert_eq!(tracking(&scanned).first_scan(), Some(minute(3)));
    assert_eq!(tracking(&[(None, PickedUp)]).first_scan(), None);
    for state in [PickedUp, InTransit, OutForDelivery, AttemptFailed, AwaitingPickup, Delivered] {
        assert_eq!(tracking(&[(Some(5), state)]).first_scan(), Some(minute(5)), "{state:?}");
    }
    for state in [Returned, Lost] {
        assert_eq!(tracking(&[(Some(5), state)]).first_scan(), Some(minute(5)), "{state:?}");
    }
}

#[test]
fn every_state_has_a_name_of_its_own() {
    for state in ParcelState::ALL {
        assert_eq!(ParcelState::parse(state.as_str()), Some(*state));
    }
    assert_eq!(ParcelState::ALL.len(), 11);
    for bad in ["", "Delivered", "delivered ", "DELIVERED"] {
        assert_eq!(ParcelState::parse(bad), None, "{bad}");
    }
}
