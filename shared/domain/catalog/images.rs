//! The pictures of an item: keys of objects, in order.

/// At most three distinct keys, the first of them the one that lists show. A key is 1 to 200
/// visible ASCII characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images(Vec<String>);

/// Keys that cannot be an item's pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidImages {
    #[error("an item has at most {IMAGES_MAX} images")]
    TooMany,
    /// Which, from 0.
    #[error("an image key must be 1 to {KEY_CHARS_MAX} visible ASCII characters")]
    BadKey(usize),
    /// Which, from 0: the second of the two.
    #[error("an image is named twice")]
    Twice(usize),
}

pub const IMAGES_MAX: usize = 3;
const KEY_CHARS_MAX: usize = 200;

impl Images {
    pub fn new(keys: Vec<String>) -> Result<Self, InvalidImages> {
        if keys.len() > IMAGES_MAX {
            return Err(InvalidImages::TooMany);
        }
        for (index, key) in keys.iter().enumerate() {
            if !is_key(key) {
                return Err(InvalidImages::BadKey(index));
            }
            if keys.iter().take(index).any(|earlier| earlier == key) {
                return Err(InvalidImages::Twice(index));
            }
        }
        Ok(Self(keys))
    }

    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// The one that lists show.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }
}

fn is_key(key: &str) -> bool {
    (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(keys: &[&str]) -> Result<Images, InvalidImages> {
        Images::new(keys.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn up_to_three_keys_in_order() {
        let (longest, longer) = ("k".repeat(200), "k".repeat(201));
        for (keys, outcome) in [
            (vec![], Ok(None)),
            (vec!["catalog/a.webp"], Ok(Some("catalog/a.webp"))),
            (vec!["c", "a", "b"], Ok(Some("c"))),
            (vec!["a", "A"], Ok(Some("a"))),
            (vec![&longest], Ok(Some(longest.as_str()))),
            (vec!["a", "b", "c", "d"], Err(InvalidImages::TooMany)),
            (vec!["a", "b", "c", ""], Err(InvalidImages::TooMany)),
            (vec!["a", ""], Err(InvalidImages::BadKey(1))),
            (vec!["a b"], Err(InvalidImages::BadKey(0))),
            (vec!["사진"], Err(InvalidImages::BadKey(0))),
            (vec!["a\n"], Err(InvalidImages::BadKey(0))),
            (vec![&longer], Err(InvalidImages::BadKey(0))),
            (vec!["a", "b", "a"], Err(InvalidImages::Twice(2))),
        ] {
            let made = images(&keys);
            assert_eq!(made.as_ref().map(Images::first).map_err(|error| *error), outcome);
            assert!(made.is_err() || made.unwrap().keys() == keys);
        }
    }
}
