//! The context's problems, worded once.

use domain::catalog::{Images, InvalidImages, InvalidReleasePrice, InvalidTag, ReleasePrice, Tag};
use kernel::{Won, codes};
use platform::Problem;
use store::catalog::LinkError;

pub fn item_not_found() -> Problem {
    Problem::new(codes::CATALOG_ITEM_NOT_FOUND, "The catalogue has no item with this id.")
}

pub fn model_taken() -> Problem {
    Problem::new(codes::MODEL_TAKEN, "Another item of the catalogue has this model number.")
}

pub fn tag_not_found() -> Problem {
    Problem::new(codes::TAG_NOT_FOUND, "No tag has this name. Create it first.")
}

pub fn stale() -> Problem {
    Problem::new(codes::STALE_VERSION, "The item is no longer at the version in If-Match.")
}

/// A release price of a request.
pub fn price(won: Won) -> Result<ReleasePrice, Problem> {
    ReleasePrice::try_from(won).map_err(|error: InvalidReleasePrice| {
        Problem::field("/releasePrice", "invalid", format!("{error}."))
    })
}

/// The image keys of a request.
pub fn images(keys: Vec<String>) -> Result<Images, Problem> {
    Images::new(keys).map_err(|error| {
        let pointer = match error {
            InvalidImages::TooMany => "/images".to_owned(),
            InvalidImages::BadKey(index) | InvalidImages::Twice(index) => {
                format!("/images/{index}")
            }
        };
        Problem::field(pointer, "invalid", format!("{error}."))
    })
}

/// A tag's name in a path.
pub fn tag(name: &str) -> Result<Tag, Problem> {
    name.parse().map_err(|error: InvalidTag| Problem::field("path", "invalid", format!("{error}.")))
}

/// Why a tag was not put on an item, or not taken off.
pub fn link(error: LinkError) -> Problem {
    match error {
        LinkError::NoItem => item_not_found(),
        LinkError::NoTag => tag_not_found(),
        LinkError::Linked => Problem::rejected(codes::TAG_LINKED, &error),
        LinkError::TooMany => Problem::rejected(codes::TOO_MANY_TAGS, &error),
        LinkError::Store(error) => error.into(),
    }
}
