use futures::future::join_all;

use crate::tests::fixture::Floor;

#[tokio::test]
async fn an_alert_is_deleted_once_and_by_its_owner() {
    let floor = Floor::open().await;
    let [anna, bora] = [floor.trader().await, floor.trader().await];
    floor.alert(&anna, 100_000).await.expect(201);
    floor.delete_alert(&bora, 100_000).await.expect_problem(404, "alert-not-found");
    floor.delete_alert(&anna, 101_000).await.expect_problem(404, "alert-not-found");
    let replies = join_all((0..4).map(|_| floor.delete_alert(&anna, 100_000))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status() == 204).count(), 1);
    for reply in replies.into_iter().filter(|reply| reply.status() != 204) {
        reply.expect_problem(404, "alert-not-found");
    }
    assert!(floor.waiting(&anna).await.is_empty());
}

#[tokio::test]
async fn what_names_no_alert() {
    let floor = Floor::open().await;
    let anna = floor.trader().await;
    let delete = |below: String| {
        let path = format!("/v1/exchange/alerts/{below}");
        floor.delete(&path).bearer(&anna.user.token).send()
    };
    for price in [
        "0",
        "999",
        "1500",
        "-1000",
        "aaa",
        "1e3",
        "01000",
        "+1000",
        "970000001000",
        "99999999999999999999",
    ] {
        let reply = delete(format!("{}/270/{price}", floor.item)).await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "path/price", "{price}");
    }
    let reply = delete(format!("{}/huge/1000", floor.item)).await;
    assert_eq!(
        reply.expect_problem(400, "invalid-request").json()["errors"][0]["pointer"],
        "path/option"
    );
    delete("x/270/1000".to_owned()).await.expect_problem(400, "invalid-request");
}
