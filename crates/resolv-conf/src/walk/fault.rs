//! What a reply is to a resolver, and what a candidate without addresses lacked.

use super::outcome::{AresError, Eai, Failure, GoError, HickoryError};
use super::wire::{Rcode, Reply};
use crate::{MuslVersion, NameFault, StubResolver};

/// A reply, as far as resolvers tell them apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    Addresses,
    /// Answers without an address: an alias that leads nowhere.
    NoAddress,
    NoData,
    NxDomain,
    ServFail,
    Refused,
    NotImp,
    FormErr,
    Other,
    /// NOERROR without any record, without AA and RA.
    Lame,
}

impl Class {
    /// `lame` where the resolver looks for that.
    pub(super) fn of(reply: &Reply, lame: bool) -> Self {
        match reply.rcode {
            Rcode::NoError if !reply.addresses.is_empty() => Self::Addresses,
            Rcode::NoError if reply.answers > 0 => Self::NoAddress,
            Rcode::NoError if lame && !reply.authoritative && !reply.recursion_available && reply.additional == 0 => {
                Self::Lame
            }
            Rcode::NoError => Self::NoData,
            Rcode::NxDomain => Self::NxDomain,
            Rcode::ServFail => Self::ServFail,
            Rcode::Refused => Self::Refused,
            Rcode::NotImp => Self::NotImp,
            Rcode::FormErr => Self::FormErr,
            Rcode::Other(_) => Self::Other,
        }
    }

    /// What is wrong with it, if it has no addresses.
    pub(super) fn fault(self) -> Option<Fault> {
        Some(match self {
            Self::Addresses => return None,
            Self::NoAddress => Fault::NoAddress,
            Self::NoData => Fault::NoData,
            Self::NxDomain => Fault::NxDomain,
            Self::ServFail => Fault::ServFail,
            Self::Refused => Fault::Refused,
            Self::NotImp => Fault::NotImp,
            Self::FormErr => Fault::FormErr,
            Self::Other => Fault::Other,
            Self::Lame => Fault::Lame,
        })
    }
}

/// Why a query, a candidate or a lookup has no addresses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    NxDomain,
    NoData,
    NoAddress,
    ServFail,
    Refused,
    NotImp,
    FormErr,
    Other,
    Lame,
    Timeout,
    /// hickory: of both servers.
    Truncated,
    Unreachable,
    NoServer,
    Name(NameFault),
}

impl Fault {
    /// In the resolver's words.
    pub(super) fn failure(self, resolver: StubResolver) -> Failure {
        match resolver {
            StubResolver::Glibc(_) => Failure::Getaddrinfo(self.glibc()),
            StubResolver::Musl(version) => Failure::Getaddrinfo(self.musl(version)),
            StubResolver::Go => Failure::Go(self.go()),
            StubResolver::CAres => Failure::CAres(self.c_ares()),
            StubResolver::Hickory => Failure::Hickory(self.hickory()),
        }
    }

    /// h_errno, as get_nss_addresses of sysdeps/posix/getaddrinfo.c (nss/getaddrinfo.c since 2.39) turns it into a result: TRY_AGAIN and
    /// NO_DATA have one of their own.
    fn glibc(self) -> Eai {
        match self {
            Self::NoData => Eai::NoData,
            Self::ServFail | Self::Timeout | Self::Unreachable | Self::NoServer => Eai::Again,
            _ => Eai::NoName,
        }
    }

    fn musl(self, version: MuslVersion) -> Eai {
        match self {
            Self::NoData | Self::NoAddress if version == MuslVersion::V1_2_3 => Eai::NoName,
            Self::NoData | Self::NoAddress => Eai::NoData,
            Self::NxDomain | Self::Name(_) => Eai::NoName,
            _ => Eai::Again,
        }
    }

    fn go(self) -> GoError {
        match self {
            Self::NxDomain | Self::NoData | Self::NoAddress => GoError::NoSuchHost,
            Self::ServFail => GoError::ServerMisbehaving { temporary: true },
            Self::Timeout => GoError::Timeout,
            Self::Unreachable | Self::NoServer => GoError::ConnectionRefused,
            Self::Lame => GoError::LameReferral,
            Self::Name(_) => GoError::CannotMarshal,
            _ => GoError::ServerMisbehaving { temporary: false },
        }
    }

    fn c_ares(self) -> AresError {
        match self {
            Self::NxDomain => AresError::NotFound,
            Self::ServFail => AresError::ServFail,
            Self::Refused => AresError::Refused,
            Self::NotImp => AresError::NotImp,
            Self::FormErr => AresError::FormErr,
            Self::Timeout | Self::Truncated => AresError::Timeout,
            Self::Unreachable => AresError::ConnectionRefused,
            Self::NoServer => AresError::NoServer,
            Self::Name(_) => AresError::BadName,
            // ares_dns_query_reply_tostatus: an unknown code is success, and has no addresses.
            Self::NoData | Self::NoAddress | Self::Lame | Self::Other => AresError::NoData,
        }
    }

    fn hickory(self) -> HickoryError {
        match self {
            Self::NxDomain | Self::Name(NameFault::Reserved) => HickoryError::NxDomain,
            Self::NoData | Self::NoAddress | Self::Lame => HickoryError::NoRecordsFound,
            Self::ServFail => HickoryError::ServFail,
            Self::Refused => HickoryError::Refused,
            Self::NotImp => HickoryError::NotImp,
            Self::FormErr => HickoryError::FormErr,
            Self::Other => HickoryError::Other,
            Self::Timeout => HickoryError::Timeout,
            Self::Truncated => HickoryError::Truncated,
            Self::Unreachable => HickoryError::Io,
            Self::NoServer => HickoryError::NoConnections,
            Self::Name(fault) => HickoryError::Name(fault),
        }
    }
}
