use testkit::TestApp;

use super::{HTML, SCRIPT, STYLE};
use crate::FUNCTIONS;

#[tokio::test]
async fn the_page_may_run_its_own_script_and_style_and_nothing_else() {
    let app = TestApp::start(FUNCTIONS).await;
    let reply = app.get("/docs").send().await.expect(200);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!policy.contains("unsafe"));
    assert_eq!(reply.text(), *HTML);
}

#[test]
fn what_is_hashed_is_what_stands_between_the_tags() {
    let between = |begin: &str, end: &str| {
        let (_, rest) = HTML.split_once(begin).unwrap();
        rest.split_once(end).unwrap().0.to_owned()
    };
    assert_eq!(between("<style>", "</style>"), STYLE);
    assert_eq!(between("<script>", "</script>"), SCRIPT);
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    for link in ["http://", "https://", "@import", "import("] {
        assert!(!HTML.contains(link), "{link}");
    }
    assert!(!STYLE.contains("url("));
}
