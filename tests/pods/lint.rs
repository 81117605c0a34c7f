//! `whereto lint` where Pods come in.

use crate::common::{Folder, service, stdout, whereto};

#[test]
fn kubelets_have_to_agree_with_the_cluster() {
    let folder = Folder::new("agreement");
    let kubelet = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDNS: [10.96.0.11, 169.254.20.10]\nclusterDomain: other.example\n---\n";
    let dns = service("kube-dns", "10.96.0.10").replace("namespace: shop", "namespace: kube-system");
    let file = folder.write("all.yaml", &(kubelet.to_owned() + &dns));
    let lint = stdout(&whereto(&["lint", "--manifests", &file]));
    assert_eq!(
        lint,
        "warning: KubeletConfiguration kubelet: clusterDNS: 10.96.0.11 is not an address of Service kube-system/kube-dns, which has \
         10.96.0.10\nwarning: KubeletConfiguration kubelet: clusterDomain: other.example is not a zone of the DNS server \
         (cluster.local): search lists lead nowhere\n"
    );
    let flags = folder.write("dns.yaml", &dns);
    let lint = |args: &[&str]| stdout(&whereto(&[&["lint", "--manifests", &flags], args].concat()));
    assert_eq!(lint(&["--cluster-dns", "10.96.0.10", "--cluster-domain", "cluster.local"]), "");
    assert!(
        lint(&["--cluster-dns", "10.96.0.12"])
            .starts_with("warning: option --cluster-dns: 10.96.0.12 is not an address")
    );
    assert_eq!(lint(&["--zone", "other.example", "--cluster-domain", "other.example."]), "");
    assert!(
        lint(&["--cluster-domain", "other.example"])
            .starts_with("warning: option --cluster-domain: other.example is not a zone")
    );
}
