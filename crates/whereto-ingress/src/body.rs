//! Contents of messages: concrete types, so that hyper needs no boxes.

mod idle;
mod request;
mod response;

pub(crate) use idle::IdleTimer;
pub(crate) use request::{BodyError, Progress, RequestBody};
pub(crate) use response::ResponseBody;
