use aws_sdk_dynamodb::types::AttributeValue;

use super::*;

/// Partitions of sort keys, read by hand as the tables are: in order, `limit` and one more, with a
/// word on whether there is more.
struct Shelf(Vec<Vec<&'static str>>);

impl Shelf {
    fn read(&self, spread: &Spread) -> Vec<Page<Item>> {
        self.0.iter().map(|keys| page(keys, spread)).collect()
    }

    /// All of it, page by page.
    fn all(&self, newest_first: bool, limit: u32) -> Vec<Vec<String>> {
        let mut pages = Vec::new();
        let mut after = None;
        loop {
            let spread = spread(PageOf { newest_first, limit, after });
            let page = spread.merged(self.read(&spread));
            pages.push(page.items.iter().map(|item| spread.key_of(item).unwrap()).collect());
            after = page.next;
            if after.is_none() {
                return pages;
            }
        }
    }
}

fn spread(page: PageOf) -> Spread {
    let until = END.to_owned();
    Spread { table: Table::Trade, index: 5, partitions: Vec::new(), until, page }
}

fn page(keys: &[&'static str], spread: &Spread) -> Page<Item> {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    let reached = spread.reached();
    if spread.page.newest_first {
        keys.reverse();
        keys.retain(|key| reached.is_none_or(|reached| *key <= reached));
    } else {
        keys.retain(|key| reached.is_none_or(|reached| *key >= reached));
    }
    let wanted = usize::try_from(spread.page.limit).unwrap() + 1;
    // As the tables do: a page that is full says that there may be more.
    let next = (keys.len() >= wanted).then(|| Position(BTreeMap::new()));
    keys.truncate(wanted);
    let item = |key: &&str| Item::from([("gsi5sk".to_owned(), AttributeValue::S((*key).into()))]);
    Page { items: keys.iter().map(item).collect(), next }
}

#[test]
fn every_item_once_and_in_order_whatever_the_page_and_the_shelf() {
    let shelves = [
        Shelf(vec![vec![], vec![], vec![]]),
        Shelf(vec![vec!["1", "4", "7"], vec!["2", "5"], vec!["3", "6", "8", "9"]]),
        Shelf(vec![vec!["1", "2", "3", "4", "5", "6", "7"], vec![], vec!["8", "9"]]),
        Shelf(vec![vec!["8", "9"], vec!["1", "2", "3"], vec!["5"]]),
    ];
    for shelf in shelves {
        let mut all: Vec<String> = shelf.0.concat().iter().map(|key| (*key).to_owned()).collect();
        all.sort();
        for limit in 1..=10 {
            let pages = shelf.all(false, limit);
            assert!(pages.iter().all(|page| page.len() <= usize::try_from(limit).unwrap()));
            assert_eq!(pages.concat(), all, "{:?} by {limit}", shelf.0);
            let mut newest = shelf.all(true, limit).concat();
            newest.reverse();
            assert_eq!(newest, all, "{:?} by {limit}, newest first", shelf.0);
        }
    }
}

/// A partition that a read cut short of the limit hides nothing behind its end.
#[test]
fn nothing_is_shown_from_behind_the_end_of_a_partition_that_has_more() {
    let spread = spread(PageOf { newest_first: false, limit: 5, after: None });
    let item = |key: &str| Item::from([("gsi5sk".to_owned(), AttributeValue::S(key.into()))]);
    let cut = Page { items: vec![item("1")], next: Some(Position(BTreeMap::new())) };
    let whole = Page { items: vec![item("0"), item("2")], next: None };
    let page = spread.merged(vec![cut, whole]);
    let shown: Vec<_> = page.items.iter().map(|item| spread.key_of(item).unwrap()).collect();
    assert_eq!(shown, ["0", "1"]);
    assert!(page.next.is_some());
}
