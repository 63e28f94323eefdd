use platform::{Secret, Secrets, secrets::SecretsManager};

use super::{folder::Folder, *};

#[tokio::test]
async fn every_secret_is_there_and_a_new_value_is_read_from_then_on() {
    let bench = Bench::new();
    let service = SecretsManager::new(&bench.cloud.sdk_config());
    let now = Instant::from_millis(START);
    let mut secrets = Secrets::default();
    for secret in Secret::ALL {
        let text = service.value(&format!("jangteo-{}", secret.name()), now).await.unwrap();
        secrets.read(secret, &text).unwrap();
    }
    assert!(secrets == Secrets::local());
    let name = "jangteo-signing";
    service.put_value(name, "{}", "token-1", now).await.unwrap();
    // The same again is done already; the token stands for this value alone.
    service.put_value(name, "{}", "token-1", now).await.unwrap();
    assert!(service.put_value(name, "[]", "token-1", now).await.is_err());
    assert_eq!(service.value(name, now).await.unwrap(), "{}");
    let missing = service.value("jangteo-other", now).await.unwrap_err().to_string();
    assert!(missing.contains("ResourceNotFoundException"), "{missing}");
    assert!(service.put_value("jangteo-other", "{}", "token-2", now).await.is_err());
}

#[tokio::test]
async fn a_value_that_was_put_survives_a_restart() {
    let folder = Folder::new("secrets");
    let name = "jangteo-sealing";
    let now = Instant::from_millis(START);
    {
        let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
        let service = SecretsManager::new(&bench.cloud.sdk_config());
        service.put_value(name, "{}", "token-1", now).await.unwrap();
    }
    let bench = Bench::with(DataPlace::Folder(folder.0.clone()));
    let service = SecretsManager::new(&bench.cloud.sdk_config());
    assert_eq!(service.value(name, now).await.unwrap(), "{}");
    let other = service.value("jangteo-signing", now).await.unwrap();
    assert!(Secrets::default().read(Secret::Signing, &other).is_ok());
}
