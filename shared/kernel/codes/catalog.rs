//! Problem codes of `catalog`.

use crate::problem::{ProblemCode, problem};

pub const CATALOG_ITEM_NOT_FOUND: ProblemCode = problem(404, "catalog-item-not-found", "There is no such catalogue item", "존재하지 않는 상품입니다");
pub const MODEL_TAKEN: ProblemCode = problem(409, "model-taken", "Another item has this model number", "이미 등록된 모델 번호입니다");
pub const ITEM_HAS_ORDERS: ProblemCode = problem(409, "item-has-orders", "The item has open orders", "진행 중인 주문이 있는 상품입니다");
pub const OPTION_EXISTS: ProblemCode = problem(409, "option-exists", "The item has this option already", "이미 등록된 옵션입니다");
pub const TAG_NOT_FOUND: ProblemCode = problem(404, "tag-not-found", "There is no such tag", "존재하지 않는 태그입니다");
pub const TAG_EXISTS: ProblemCode = problem(409, "tag-exists", "There is such a tag already", "이미 등록된 태그입니다");
pub const TAG_LINKED: ProblemCode = problem(409, "tag-linked", "The item has this tag already", "이미 연결된 태그입니다");
pub const TOO_MANY_TAGS: ProblemCode = problem(409, "too-many-tags", "An item has at most 10 tags", "태그는 10개까지 연결할 수 있습니다");

pub(super) const ALL: &[ProblemCode] = &[
    CATALOG_ITEM_NOT_FOUND, MODEL_TAKEN, ITEM_HAS_ORDERS, OPTION_EXISTS, TAG_NOT_FOUND,
    TAG_EXISTS, TAG_LINKED, TOO_MANY_TAGS,
];
