//! Pods.

use serde_json::{Value, json};

use super::{Maker, key, meta};

impl Maker {
    pub(super) fn pods(&mut self) -> Vec<Value> {
        let mut pods: Vec<Value> = Vec::new();
        for number in 0..self.chance.below(12) {
            let namespace = self.namespace();
            let name = match self.chance.below(3) {
                0 => format!("web-{}", self.chance.below(5)),
                1 => format!("p.{number}"),
                _ => format!("pod-{number}"),
            };
            if pods.iter().any(|pod| key(pod) == (namespace.as_str(), name.as_str())) {
                continue;
            }
            let mut spec = json!({"nodeName": "node-0", "containers": [{"name": "c", "image": "c"}]});
            if self.chance.percent(30) {
                spec["hostname"] = json!("h1");
                spec["subdomain"] = json!("web");
            }
            let mut pod = json!({
                "apiVersion": "v1", "kind": "Pod", "metadata": meta(&namespace, &name), "spec": spec,
            });
            let phase = *self.chance.pick(&["Running", "Running", "Running", "Pending", "Succeeded", "Failed"]);
            let mut status = json!({"phase": phase});
            if self.chance.percent(90) {
                let (v4, v6) = (self.address_v4(), self.address_v6());
                let (first, second) = if self.chance.percent(60) { (v4, v6) } else { (v6, v4) };
                let both = self.chance.percent(40);
                status["podIP"] = json!(first);
                status["podIPs"] = if both { json!([{"ip": first}, {"ip": second}]) } else { json!([{"ip": first}]) };
            }
            pod["status"] = status;
            pods.push(pod);
        }
        pods
    }
}
