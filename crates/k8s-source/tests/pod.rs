//! What Pods are given, from manifests.
#![cfg(all(feature = "pod", feature = "manifests"))]

use k8s_resolv_conf::pod::{DnsPolicy, PodDns};
use k8s_source::manifests::{Event, ManifestOptions, ManifestSource, NamespacePolicy, PodOrigins, Summary};
use k8s_source::objects::WorkloadKind;
use k8s_source::{Consumer, Kind, ObjectChange, PodConsumer};
use object_change::{Delta, Diagnostic, ObjectKey};

fn load(text: &str) -> (PodConsumer, Vec<String>) {
    let mut pods = PodConsumer::default();
    let (told, _) = load_into(&mut pods, text, ManifestOptions::default().with_pod_origins(PodOrigins::Read));
    (pods, told)
}

fn load_into(consumer: &mut dyn Consumer, text: &str, options: ManifestOptions) -> (Vec<String>, Summary) {
    let mut told = Vec::new();
    let mut source = ManifestSource::new([""; 0], options).with_text("pods.yaml", text.as_bytes());
    let summary = source.load(consumer, &mut |event| {
        if let Event::Found(located) = event {
            told.push(located.to_string());
        }
    });
    (told, summary)
}

const EVERYTHING: &str = r#"
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, uid: "1234", ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: web, uid: "9"}]}
spec:
  dnsPolicy: None
  dnsConfig:
    nameservers: [192.0.2.53]
    searches: [corp.example]
    options: [{name: ndots, value: "2"}, {name: rotate}]
  hostNetwork: true
  hostAliases: [{ip: 192.0.2.7, hostnames: [legacy, old]}]
  hostname: front
  subdomain: web
  hostnameOverride: other
  setHostnameAsFQDN: true
  enableServiceLinks: false
  containers: []
status: {podIP: 10.244.0.7, podIPs: [{ip: 10.244.0.7}, {ip: "fd00::7"}]}
"#;

#[test]
fn every_field_is_taken_over() {
    let (pods, told) = load(EVERYTHING);
    // Two of them do not go with hostnameOverride.
    let refused = |why: &str| {
        format!(
            "pods.yaml:2: error: Pod shop/web-0: spec.hostnameOverride: Forbidden: may not be specified when {why} is true"
        )
    };
    assert_eq!(told, [refused("setHostnameAsFQDN"), refused("hostNetwork")]);
    let pod = pods.pod(&ObjectKey::new("shop", "web-0")).unwrap();
    let PodDns { dns_policy, dns_config, host_network, host_aliases, ips, enable_service_links, .. } = &pod.dns;
    assert_eq!((dns_policy, *host_network, *enable_service_links), (&DnsPolicy::None, true, false));
    let config = dns_config.as_ref().unwrap();
    assert_eq!((&*config.nameservers[0], &*config.searches[0]), ("192.0.2.53", "corp.example"));
    let options: Vec<_> = config.options.iter().map(|option| (&*option.name, option.value.as_deref())).collect();
    assert_eq!(options, [("ndots", Some("2")), ("rotate", None)]);
    assert_eq!((&*host_aliases[0].ip, &*host_aliases[0].hostnames[1]), ("192.0.2.7", "old"));
    assert_eq!(ips.iter().map(|ip| &**ip).collect::<Vec<_>>(), ["10.244.0.7", "fd00::7"]);
    assert_eq!((&*pod.dns.uid, &*pod.dns.hostname, &*pod.dns.subdomain), ("1234", "front", "web"));
    assert_eq!((pod.dns.hostname_override.as_deref(), pod.dns.set_hostname_as_fqdn), (Some("other"), true));
    assert_eq!((&*pod.owners[0].kind, &*pod.owners[0].name), ("StatefulSet", "web"));
}

#[test]
fn what_is_absent_is_the_apis_default() {
    let (pods, told) = load("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [], dnsConfig: {}}\n");
    assert_eq!(told, Vec::<String>::new());
    let pod = pods.pod(&ObjectKey::new("default", "a")).unwrap();
    let mut expected = PodDns::new("default", "a");
    expected.dns_config = Some(Default::default());
    assert_eq!(pod.dns, expected);
}

#[test]
fn workloads_make_pods_of_their_templates() {
    let template = "template: {spec: {dnsPolicy: Default, hostname: fixed}}";
    for (kind, api, spec, name, hostname, subdomain) in [
        (WorkloadKind::Deployment, "apps/v1", template.to_owned(), "web", "fixed", ""),
        (WorkloadKind::ReplicaSet, "apps/v1", template.to_owned(), "web", "fixed", ""),
        (WorkloadKind::DaemonSet, "apps/v1", template.to_owned(), "web", "fixed", ""),
        (WorkloadKind::Job, "batch/v1", template.to_owned(), "web", "fixed", ""),
        (WorkloadKind::CronJob, "batch/v1", format!("jobTemplate: {{spec: {{{template}}}}}"), "web", "fixed", ""),
        // initIdentity of Kubernetes' StatefulSet controller (pkg/controller/statefulset/stateful_set_utils.go).
        (
            WorkloadKind::StatefulSet,
            "apps/v1",
            format!("serviceName: headless, {template}"),
            "web-0",
            "web-0",
            "headless",
        ),
    ] {
        let text = format!(
            "apiVersion: {api}\nkind: {}\nmetadata: {{name: web, namespace: shop}}\nspec: {{{spec}}}\n",
            kind.name()
        );
        let (pods, told) = load(&text);
        assert_eq!(told, Vec::<String>::new(), "{kind:?}");
        let dns = &pods.workload(kind, &ObjectKey::new("shop", "web")).unwrap().dns;
        assert_eq!((&*dns.name, &*dns.hostname, &*dns.subdomain), (name, hostname, subdomain), "{kind:?}");
        assert_eq!(dns.dns_policy, DnsPolicy::Default, "{kind:?}");
    }
}

#[test]
fn a_templates_faults_stand_in_the_template() {
    let (_, told) = load(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec: {jobTemplate: {spec: {template: {spec: {dnsPolicy: None, \
         dnsconfig: {}}}}}}\n",
    );
    assert_eq!(
        told,
        [
            "pods.yaml:1: warning: CronJob default/nightly: spec.jobTemplate.spec.template.spec.dnsconfig: unknown field",
            "pods.yaml:1: error: CronJob default/nightly: spec.jobTemplate.spec.template.spec.dnsConfig: Required value: must provide \
             `dnsConfig` when `dnsPolicy` is None"
        ]
    );
}

#[test]
fn kubelets_settings_need_no_name() {
    let (pods, told) = load(
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.10, nonsense]\nclusterDomain: \
         cluster.local\nresolvConf: ''\nmaxPods: 110\n",
    );
    assert_eq!(
        told,
        [
            "pods.yaml:1: error: KubeletConfiguration kubelet: clusterDNS[1]: \"nonsense\" is not an IP address: it is not used"
        ]
    );
    let (key, settings) = pods.kubelets().next().unwrap();
    assert_eq!(key.to_string(), "kubelet");
    assert_eq!((settings.cluster_dns.len(), &*settings.cluster_domain), (1, "cluster.local"));
    assert_eq!(settings.resolv_conf.as_deref(), Some(""));
}

#[test]
fn services_are_linked_by_their_first_address() {
    let service = |name: &str, spec: &str| {
        format!("apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{{spec}}}\n---\n")
    };
    let text =
        service("a", "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1'], ports: [{port: 80, name: http}]")
            + &service("b", "clusterIP: None, ports: [{port: 80}]")
            + &service("c", "type: ExternalName, externalName: a.example")
            + &service("d", "ports: [{port: 53, protocol: UDP}]");
    let (pods, _) = load(&text);
    let linked: Vec<(&str, &str, usize)> =
        pods.services().map(|(key, service)| (&*key.name, &*service.cluster_ip, service.ports.len())).collect();
    // The last was given one by the source.
    assert_eq!(linked[..3], [("a", "10.96.0.1", 1), ("b", "None", 1), ("c", "", 0)]);
    assert!(linked[3].1.starts_with("10.96."), "{linked:?}");
}

/// A consumer that only looks at which kinds are told.
#[derive(Default)]
struct Kinds {
    told: Vec<Kind>,
    namespaces: Vec<String>,
}

impl Consumer for Kinds {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Synced(_) => {}
            ObjectChange::Namespace(Delta::Upsert(key, _)) => self.namespaces.push(key.to_string()),
            other => self.told.push(other.kind()),
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}

#[test]
fn they_are_told_only_where_asked_for_and_change_nothing_else() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: elsewhere}\n---\napiVersion: \
                kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
    for (origins, told, skipped) in [
        (PodOrigins::Skip, vec![], 2),
        (PodOrigins::Read, vec![Kind::Workload(WorkloadKind::Deployment), Kind::KubeletConfiguration], 0),
    ] {
        let mut kinds = Kinds::default();
        let options = ManifestOptions::default().with_pod_origins(origins).with_namespaces(NamespacePolicy::Implied);
        let (_, summary) = load_into(&mut kinds, text, options);
        assert_eq!((kinds.told, summary.skipped), (told, skipped));
        assert_eq!(kinds.namespaces, Vec::<String>::new(), "a workload makes no namespace exist");
    }
}

#[test]
fn a_removed_object_is_gone() {
    let mut pods = load(EVERYTHING).0;
    pods.apply(ObjectChange::Pod(Delta::Delete(ObjectKey::new("shop", "web-0"))));
    assert_eq!(pods.pods().len(), 0);
}
