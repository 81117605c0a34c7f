use hyper::rt::Executor;

/// Runs what HTTP/2 connections have to do beside themselves on the thread they are on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalExecutor;

impl<F> Executor<F> for LocalExecutor
where
    F: Future<Output = ()> + 'static,
{
    fn execute(&self, future: F) {
        // A task is moved several times while it is made, and with it whatever is not in a box.
        drop(tokio::task::spawn_local(Box::pin(future)));
    }
}
