//! Conversions to and from hickory-proto, whose names and records others speak. Only these allocate.

use hickory_proto::ProtoError;
use hickory_proto::rr::{self, RData, rdata};

use crate::name::{Name, NameRef};
use crate::record::{RecordData, RecordName, RecordRef};
use crate::record_type::RecordType;

impl TryFrom<NameRef<'_>> for rr::Name {
    type Error = ProtoError;

    fn try_from(name: NameRef<'_>) -> Result<Self, ProtoError> {
        Self::from_labels(name.labels())
    }
}

impl TryFrom<RecordName<'_>> for rr::Name {
    type Error = ProtoError;

    fn try_from(name: RecordName<'_>) -> Result<Self, ProtoError> {
        name.to_name().as_ref().try_into()
    }
}

impl From<&rr::Name> for Name {
    /// A relative name is taken for an absolute one.
    fn from(name: &rr::Name) -> Self {
        let mut wire = Vec::with_capacity(name.len() + 1);
        for label in name.iter() {
            wire.push(label.len() as u8);
            wire.extend_from_slice(label);
        }
        wire.push(0);
        Self::from_trusted_wire(wire)
    }
}

impl From<RecordType> for rr::RecordType {
    fn from(record_type: RecordType) -> Self {
        record_type.0.into()
    }
}

impl From<rr::RecordType> for RecordType {
    fn from(record_type: rr::RecordType) -> Self {
        Self(record_type.into())
    }
}

impl TryFrom<&RecordRef<'_>> for rr::Record {
    type Error = ProtoError;

    fn try_from(record: &RecordRef<'_>) -> Result<Self, ProtoError> {
        Ok(Self::from_rdata(record.owner.try_into()?, record.ttl, (&record.data).try_into()?))
    }
}

impl TryFrom<&RecordData<'_>> for RData {
    type Error = ProtoError;

    fn try_from(data: &RecordData<'_>) -> Result<Self, ProtoError> {
        Ok(match data {
            RecordData::A(v4) => Self::A(rdata::A(*v4)),
            RecordData::Aaaa(v6) => Self::AAAA(rdata::AAAA(*v6)),
            RecordData::Cname(name) => Self::CNAME(rdata::CNAME((*name).try_into()?)),
            RecordData::Ns(name) => Self::NS(rdata::NS((*name).try_into()?)),
            RecordData::Ptr(name) => Self::PTR(rdata::PTR((*name).try_into()?)),
            RecordData::Srv { priority, weight, port, target } => {
                Self::SRV(rdata::SRV::new(*priority, *weight, *port, (*target).try_into()?))
            }
            RecordData::Soa(soa) => Self::SOA(rdata::SOA::new(
                soa.mname.try_into()?,
                soa.rname.try_into()?,
                soa.serial,
                soa.refresh.cast_signed(),
                soa.retry.cast_signed(),
                soa.expire.cast_signed(),
                soa.minimum,
            )),
            RecordData::Txt(text) => Self::TXT(rdata::TXT::new(vec![(*text).to_owned()])),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for text in [".", "web.shop.svc.cluster.local.", r"a\.b.\000x."] {
            let name: Name = text.parse().unwrap();
            let theirs: rr::Name = name.as_ref().try_into().unwrap();
            assert_eq!(Name::from(&theirs).as_wire(), name.as_wire(), "{text}");
        }
    }

    #[test]
    fn types_go_there_and_back() {
        for code in [1, 28, 33, 65, 255, 65280] {
            assert_eq!(RecordType::from(rr::RecordType::from(RecordType(code))), RecordType(code));
        }
    }
}
