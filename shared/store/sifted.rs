//! Lists with a filter that no index knows: one partition, read in its order, and what does not fit
//! left out.
//!
//! Promises: one call looks at no more than [`LOOKS`] times [`LOOK_ITEMS`] items, so that a page
//! may be short, or empty, while `next` says that there is more; nothing is told twice or left out
//! by what changes between two pages, for the order is the partition's. For partitions of one user.

use crate::{Item, Page, Query, Store, StoreError};

/// How many items are read at a time.
const LOOK_ITEMS: u32 = 100;
/// How many reads a page is worth.
const LOOKS: u32 = 4;

impl Store {
    /// A page of what `fits`, as many as the query's limit says.
    pub(crate) async fn query_where(
        &self,
        query: Query,
        fits: impl Fn(&Item) -> bool,
    ) -> Result<Page<Item>, StoreError> {
        let wanted = usize::try_from(query.limit()).unwrap_or(usize::MAX);
        let mut query = query.reading(LOOK_ITEMS);
        let mut found: Vec<Item> = Vec::new();
        for _ in 0..LOOKS {
            let page = self.query(query.clone()).await?;
            for item in page.items.into_iter().filter(&fits) {
                if found.len() == wanted {
                    let next = found.last().map(|last| query.position_of(last));
                    return Ok(Page { items: found, next });
                }
                found.push(item);
            }
            if page.next.is_none() {
                return Ok(Page { items: found, next: None });
            }
            query = query.after(page.next);
        }
        Ok(Page { items: found, next: query.reached() })
    }
}
