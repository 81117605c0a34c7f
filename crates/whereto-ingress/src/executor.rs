use hyper::rt::Executor;

/// Runs what HTTP/2 connections have to do beside themselves on the thread they are on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalExecutor;

impl<F> Executor<F> for LocalExecutor
where
    F: Future + 'static,
{
    fn execute(&self, future: F) {
        // Its result is told where it is waited for.
        drop(tokio::task::spawn_local(async move {
            future.await;
        }));
    }
}
