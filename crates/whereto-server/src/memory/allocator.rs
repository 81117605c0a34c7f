//! The one thing that has to be asked of the C library itself: no crate offers it.
#![allow(unsafe_code)]

/// Whether the allocator keeps what is freed between what is not. musl's gives pages back as they become free.
pub(super) const KEEPS_FREED: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// Gives all pages back to the system that nothing lies in.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim(3) may be called at any time, by any thread ("MT-Safe"), and touches no memory in use. Where another
    // allocator serves this process, it finds little and does no harm.
    unsafe {
        libc::malloc_trim(0);
    }
}
