//! Which of an upstream's endpoints a request goes to: pure functions of what is known of the endpoints and of a number.
//!
//! Nothing here counts, remembers or draws lots, but for [`EndpointHealth`], which an embedder owns: who chooses brings the numbers of requests
//! in flight and a seed. So a choice can be repeated, and several processes with the same endpoints choose alike where they should.

mod affinity;
mod balance;
mod hash;
mod health;
mod view;

pub use affinity::{AffinityCookie, NoAffinityCookie, client_key};
pub use balance::{Balance, HashBound};
pub use health::{EjectionOptions, EndpointHealth, EndpointOutcome, HealthChange};
pub use view::EndpointView;
