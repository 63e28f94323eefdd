//! Hooks at the wire, for simulations only: one sees every call, one breaks the product on purpose.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::Response;
use serde_json::Value;
use store::Table;

use crate::fault::FaultKind;

/// What becomes of a call whose body a saboteur has seen, and perhaps changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// The body, as it is now, goes to the service.
    None,
    /// Nothing happens, and the caller is told success: `{}`.
    Skip,
    /// It happens twice; the caller is told the second answer.
    Twice,
    /// It happens; a condition that failed is told as success, and so is a failed invocation.
    Swallow,
}

/// Sees every call in the order of its effects. Runs within the call: it must be quick.
pub trait Witness: Send + Sync + 'static {
    /// A call has arrived and the fault, if any, is drawn; nothing has happened yet.
    fn asked(&self, action: &str, tables: &[Table], body: &Value, fault: Option<FaultKind>);
    /// What came of it, `None` when nothing happened. The caller is not told when it is `lost`.
    fn answered(&self, action: &str, answer: Option<&Response<Bytes>>, lost: bool);
}

pub(crate) type Saboteur = dyn Fn(&str, &mut Value) -> Sabotage + Send + Sync;

/// The hooks of one cloud; none at first.
#[derive(Default)]
pub(crate) struct Hooks {
    saboteur: RwLock<Option<Arc<Saboteur>>>,
    witness: RwLock<Option<Arc<dyn Witness>>>,
}

impl Hooks {
    /// Lets the saboteur, if any, see and change the body.
    pub fn sabotage(&self, action: &str, body: &mut Value) -> Sabotage {
        let saboteur = self.saboteur.read().unwrap_or_else(PoisonError::into_inner).clone();
        saboteur.map_or(Sabotage::None, |saboteur| saboteur(action, body))
    }

    pub fn witness(&self) -> Option<Arc<dyn Witness>> {
        self.witness.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_saboteur(&self, saboteur: Arc<Saboteur>) {
        *self.saboteur.write().unwrap_or_else(PoisonError::into_inner) = Some(saboteur);
    }

    pub fn set_witness(&self, witness: Arc<dyn Witness>) {
        *self.witness.write().unwrap_or_else(PoisonError::into_inner) = Some(witness);
    }
}
