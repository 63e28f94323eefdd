//! Pieces of an `OpenAPI` document.

use utoipa::openapi::{
    ObjectBuilder, PathItem, Ref, RefOr, Response, Type, header::HeaderBuilder, path::Operation,
};

/// Every operation of a path.
pub(super) fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    [get, post, put, patch, delete].into_iter().filter_map(Option::as_mut)
}

pub(super) fn add_header(response: &mut Response, name: &str, description: &str) {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let header = HeaderBuilder::new().schema(Some(text)).description(Some(description)).build();
    response.headers.entry(name.to_owned()).or_insert(RefOr::T(header));
}

/// A reference to something under `components`.
pub(super) fn component<T>(kind: &str, name: &str) -> RefOr<T> {
    RefOr::Ref(Ref::new(format!("#/components/{kind}/{name}")))
}
