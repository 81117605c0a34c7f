//! Which of upstream's fields are read. A field that upstream gains breaks the build of this test: decide, and add it.

use k8s_openapi::api::apps::v1 as apps;
use k8s_openapi::api::batch::v1 as batch;
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::api::discovery::v1 as discovery;
use k8s_openapi::api::networking::v1 as networking;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use k8s_source::objects::upstream_fields;
use serde::de::{self, Deserializer, Visitor};

/// Destructures a struct without `..` and lists what is done with each field.
macro_rules! fields {
    ($name:ident: $path:path { read: [$($read:ident),*], ignored: [$($ignored:ident),*] }) => {
        #[allow(dead_code, unused_variables, reason = "it is there to be compiled")]
        fn $name(upstream: &$path) {
            let $path { $($read,)* $($ignored,)* } = upstream;
        }
    };
}

fields!(service: core::Service { read: [metadata, spec, status], ignored: [] });
fields!(service_status: core::ServiceStatus { read: [load_balancer], ignored: [conditions] });
fields!(load_balancer_status: core::LoadBalancerStatus { read: [ingress], ignored: [] });
fields!(load_balancer_ingress: core::LoadBalancerIngress { read: [hostname, ip], ignored: [ip_mode, ports] });
fields!(service_spec: core::ServiceSpec {
    read: [
        cluster_ip, cluster_ips, external_name, ip_families, ip_family_policy, ports, publish_not_ready_addresses, selector,
        session_affinity, session_affinity_config, type_
    ],
    ignored: [
        allocate_load_balancer_node_ports, external_ips, external_traffic_policy, health_check_node_port, internal_traffic_policy,
        load_balancer_class, load_balancer_ip, load_balancer_source_ranges, traffic_distribution
    ]
});
fields!(session_affinity_config: core::SessionAffinityConfig { read: [client_ip], ignored: [] });
fields!(client_ip_config: core::ClientIPConfig { read: [timeout_seconds], ignored: [] });
fields!(service_port: core::ServicePort { read: [app_protocol, name, node_port, port, protocol, target_port], ignored: [] });
fields!(endpoint_slice: discovery::EndpointSlice { read: [address_type, endpoints, metadata, ports], ignored: [] });
fields!(endpoint: discovery::Endpoint {
    read: [addresses, conditions, hostname, target_ref, zone],
    ignored: [deprecated_topology, hints, node_name]
});
fields!(endpoint_conditions: discovery::EndpointConditions { read: [ready, serving, terminating], ignored: [] });
fields!(endpoint_port: discovery::EndpointPort { read: [name, port, protocol], ignored: [app_protocol] });
fields!(object_reference: core::ObjectReference {
    read: [name],
    ignored: [api_version, field_path, kind, namespace, resource_version, uid]
});
fields!(namespace: core::Namespace { read: [metadata], ignored: [spec, status] });
fields!(object_meta: ObjectMeta {
    read: [annotations, creation_timestamp, deletion_timestamp, labels, name, namespace, owner_references, resource_version, uid],
    ignored: [
        deletion_grace_period_seconds, finalizers, generate_name, generation, managed_fields, self_link
    ]
});
fields!(endpoints: core::Endpoints { read: [metadata, subsets], ignored: [] });
fields!(endpoint_subset: core::EndpointSubset { read: [addresses, not_ready_addresses, ports], ignored: [] });
fields!(endpoint_address: core::EndpointAddress { read: [hostname, ip, target_ref], ignored: [node_name] });
fields!(container_port: core::ContainerPort { read: [container_port, name, protocol], ignored: [host_ip, host_port] });
fields!(host_alias: core::HostAlias { read: [hostnames, ip], ignored: [] });
fields!(pod_dns_config: core::PodDNSConfig { read: [nameservers, options, searches], ignored: [] });
fields!(pod_dns_config_option: core::PodDNSConfigOption { read: [name, value], ignored: [] });
fields!(owner_reference: OwnerReference { read: [kind, name], ignored: [api_version, block_owner_deletion, controller, uid] });
fields!(pod_template_spec: core::PodTemplateSpec { read: [metadata, spec], ignored: [] });
fields!(job_template_spec: batch::JobTemplateSpec { read: [spec], ignored: [metadata] });
fields!(deployment: apps::Deployment { read: [metadata, spec], ignored: [status] });
fields!(replica_set: apps::ReplicaSet { read: [metadata, spec], ignored: [status] });
fields!(stateful_set: apps::StatefulSet { read: [metadata, spec], ignored: [status] });
fields!(daemon_set: apps::DaemonSet { read: [metadata, spec], ignored: [status] });
fields!(job: batch::Job { read: [metadata, spec], ignored: [status] });
fields!(cron_job: batch::CronJob { read: [metadata, spec], ignored: [status] });
fields!(ingress: networking::Ingress { read: [metadata, spec, status], ignored: [] });
fields!(ingress_status: networking::IngressStatus { read: [load_balancer], ignored: [] });
fields!(ingress_load_balancer_status: networking::IngressLoadBalancerStatus { read: [ingress], ignored: [] });
fields!(ingress_load_balancer_ingress: networking::IngressLoadBalancerIngress { read: [hostname, ip], ignored: [ports] });
fields!(ingress_spec: networking::IngressSpec { read: [default_backend, ingress_class_name, rules, tls], ignored: [] });
fields!(ingress_rule: networking::IngressRule { read: [host, http], ignored: [] });
fields!(http_ingress_rule_value: networking::HTTPIngressRuleValue { read: [paths], ignored: [] });
fields!(http_ingress_path: networking::HTTPIngressPath { read: [backend, path, path_type], ignored: [] });
fields!(ingress_backend: networking::IngressBackend { read: [resource, service], ignored: [] });
fields!(ingress_service_backend: networking::IngressServiceBackend { read: [name, port], ignored: [] });
fields!(service_backend_port: networking::ServiceBackendPort { read: [name, number], ignored: [] });
fields!(typed_local_object_reference: core::TypedLocalObjectReference { read: [api_group, kind, name], ignored: [] });
fields!(ingress_tls: networking::IngressTLS { read: [hosts, secret_name], ignored: [] });
fields!(ingress_class: networking::IngressClass { read: [metadata, spec], ignored: [] });
fields!(ingress_class_spec: networking::IngressClassSpec { read: [controller], ignored: [parameters] });
fields!(secret: core::Secret { read: [data, metadata, string_data, type_], ignored: [immutable] });

/// Takes down the fields that a struct asks for.
struct Asked(Vec<&'static str>);

#[derive(Debug)]
struct Stop(Vec<&'static str>);

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self(Vec::new())
    }
}

impl<'de> Deserializer<'de> for Asked {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop(self.0))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stop> {
        Err(Stop(fields.to_vec()))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn asked<T: for<'de> de::Deserialize<'de>>() -> Vec<&'static str> {
    match T::deserialize(Asked(Vec::new())) {
        Err(Stop(fields)) => sorted(&fields),
        Ok(_) => panic!("a struct asks for its fields"),
    }
}

fn sorted(fields: &[&'static str]) -> Vec<&'static str> {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    fields
}

#[test]
fn the_known_names_are_upstreams() {
    macro_rules! same {
        ($($name:literal: $path:ty,)*) => {$(
            assert_eq!(sorted(upstream_fields($name).unwrap()), asked::<$path>(), $name);
        )*};
    }
    same! {
        "Service": core::Service, "ServiceSpec": core::ServiceSpec, "ServicePort": core::ServicePort,
        "SessionAffinityConfig": core::SessionAffinityConfig, "ClientIPConfig": core::ClientIPConfig,
        "ServiceStatus": core::ServiceStatus, "LoadBalancerStatus": core::LoadBalancerStatus,
        "LoadBalancerIngress": core::LoadBalancerIngress, "HostIP": core::HostIP,
        "EndpointSlice": discovery::EndpointSlice, "Endpoint": discovery::Endpoint,
        "EndpointConditions": discovery::EndpointConditions, "EndpointPort": discovery::EndpointPort,
        "ObjectReference": core::ObjectReference, "Namespace": core::Namespace, "ObjectMeta": ObjectMeta,
        "Endpoints": core::Endpoints, "EndpointSubset": core::EndpointSubset, "EndpointAddress": core::EndpointAddress,
        "Pod": core::Pod, "PodSpec": core::PodSpec, "PodStatus": core::PodStatus, "PodCondition": core::PodCondition,
        "PodIP": core::PodIP, "Container": core::Container, "ContainerPort": core::ContainerPort,
        "HostAlias": core::HostAlias, "PodDNSConfig": core::PodDNSConfig,
        "PodDNSConfigOption": core::PodDNSConfigOption, "OwnerReference": OwnerReference, "Workload": apps::Deployment,
        "Ingress": networking::Ingress, "IngressSpec": networking::IngressSpec, "IngressRule": networking::IngressRule,
        "HTTPIngressRuleValue": networking::HTTPIngressRuleValue, "HTTPIngressPath": networking::HTTPIngressPath,
        "IngressBackend": networking::IngressBackend, "IngressServiceBackend": networking::IngressServiceBackend,
        "ServiceBackendPort": networking::ServiceBackendPort, "IngressTLS": networking::IngressTLS,
        "TypedLocalObjectReference": core::TypedLocalObjectReference, "IngressClass": networking::IngressClass,
        "IngressClassSpec": networking::IngressClassSpec, "Secret": core::Secret,
        "PodTemplateSpec": core::PodTemplateSpec, "JobTemplateSpec": batch::JobTemplateSpec, "JobSpec": batch::JobSpec,
    }
}

/// One struct of ours reads all kinds of workloads.
#[test]
fn a_workload_has_the_fields_of_all() {
    for whole in [
        asked::<apps::ReplicaSet>(),
        asked::<apps::StatefulSet>(),
        asked::<apps::DaemonSet>(),
        asked::<batch::Job>(),
        asked::<batch::CronJob>(),
    ] {
        assert_eq!(whole, asked::<apps::Deployment>());
    }
    let mut fields = asked::<apps::DeploymentSpec>();
    fields.extend(asked::<apps::ReplicaSetSpec>());
    fields.extend(asked::<apps::StatefulSetSpec>());
    fields.extend(asked::<apps::DaemonSetSpec>());
    fields.extend(asked::<batch::JobSpec>());
    fields.extend(asked::<batch::CronJobSpec>());
    fields.sort_unstable();
    fields.dedup();
    assert_eq!(sorted(upstream_fields("WorkloadSpec").unwrap()), fields);
}

#[test]
fn our_names_are_among_upstreams() {
    macro_rules! within {
        ($($name:ident)*) => {$(
            let known = upstream_fields(stringify!($name)).unwrap();
            for field in asked::<k8s_source::objects::$name>() {
                // v1beta1 of EndpointSlice and of Ingress are not upstream's any more.
                let old = match stringify!($name) {
                    "Endpoint" => &["topology"][..],
                    "IngressSpec" => &["backend"],
                    "IngressBackend" => &["serviceName", "servicePort"],
                    _ => &[],
                };
                assert!(known.contains(&field) || old.contains(&field), "{}.{field}", stringify!($name));
            }
        )*};
    }
    within! {
        Service ServiceSpec SessionAffinityConfig ClientIPConfig ServiceStatus LoadBalancerStatus LoadBalancerIngress HostIP ServicePort EndpointSlice Endpoint EndpointConditions EndpointPort ObjectReference Namespace ObjectMeta
        Endpoints EndpointSubset EndpointAddress Pod PodSpec PodStatus PodCondition PodIP Container ContainerPort
        ServiceImport ServiceImportSpec ServiceImportPort HostAlias PodDNSConfig PodDNSConfigOption OwnerReference
        Workload WorkloadSpec JobTemplateSpec JobSpec PodTemplateSpec KubeletConfiguration
        Ingress IngressSpec IngressRule HTTPIngressRuleValue HTTPIngressPath IngressBackend IngressServiceBackend ServiceBackendPort
        TypedLocalObjectReference IngressTLS IngressClass IngressClassSpec Secret
    }
}
