use crate::tests::fixture::Floor;

#[tokio::test]
async fn the_chart_is_a_picture_that_may_be_kept_for_a_minute() {
    let floor = Floor::open().await;
    let empty = floor.view("chart.svg").await.expect(200);
    assert_eq!(empty.header("content-type"), Some("image/svg+xml; charset=utf-8"));
    assert_eq!(empty.header("cache-control"), Some("public, max-age=60"));
    assert!(empty.text().contains("체결 내역이 없습니다"));
    floor.publish(&floor.paid(1, 123_000, floor.now())).await;
    floor.run_until_idle().await;
    for query in ["", "?bucket=day", "?bucket=hour"] {
        let chart = floor.view(&format!("chart.svg{query}")).await.expect(200).text();
        assert!(chart.contains("<title id=\"title\">에어 조던 1 270 시세</title>"), "{chart}");
        assert!(chart.contains("종가 123,000원, 체결 1건"), "{chart}");
    }
}

#[tokio::test]
async fn what_nobody_can_draw() {
    let floor = Floor::open().await;
    for query in ["bucket=week", "from=2026-11-20T00:00:00Z", "bucket=day&bucket=hour"] {
        floor.view(&format!("chart.svg?{query}")).await.expect_problem(400, "invalid-request");
    }
    for (option, status, code) in [("275", 400, "invalid-request"), ("290", 404, "not-traded")] {
        let path = format!("/v1/catalog/{}/options/{option}/chart.svg", floor.item);
        floor.get(&path).send().await.expect_problem(status, code);
    }
}
