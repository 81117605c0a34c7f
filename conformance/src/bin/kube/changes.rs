//! A seeded script that changes a cluster.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use whereto_conformance::chance::Chance;
use whereto_conformance::cluster::{GIVEN_NAMESPACES, OWN_ADDRESS, generate};
use whereto_conformance::control_plane::{Api, JSON, MERGE, path};

/// Changes objects of one API server.
pub(crate) struct Changes<'a> {
    api: &'a Api,
    chance: Chance,
    seed: u64,
    objects: Vec<Value>,
    /// Changes that were made, and those that the API server refused.
    pub(crate) done: usize,
    pub(crate) refused: usize,
}

/// What the last changes made: who knows it knows all that was before, in each kind.
#[derive(Clone, Debug)]
pub(crate) struct Marker {
    pub(crate) namespace: String,
    pub(crate) address: String,
}

impl<'a> Changes<'a> {
    pub(crate) fn new(api: &'a Api, seed: u64) -> Self {
        Self { api, chance: Chance::new(seed ^ 0xc4a), seed, objects: Vec::new(), done: 0, refused: 0 }
    }

    /// Begins with a random cluster.
    pub(crate) fn load(&mut self) -> Result<()> {
        for object in generate(self.seed) {
            self.create(object)?;
        }
        Ok(())
    }

    /// Begins with a part of one.
    pub(crate) fn load_some(&mut self, most: usize) -> Result<()> {
        for object in generate(self.seed).into_iter().take(most) {
            self.create(object)?;
        }
        Ok(())
    }

    fn create(&mut self, object: Value) -> Result<()> {
        self.done += 1;
        if self.api.load(std::slice::from_ref(&object))?.is_empty() {
            self.objects.push(object);
        } else {
            self.refused += 1;
        }
        Ok(())
    }

    /// Makes so many changes.
    pub(crate) fn steps(&mut self, count: usize) -> Result<()> {
        // Other clusters share names with this one: what was deleted comes again, and with other content.
        let mut pool = generate(self.seed.wrapping_mul(31).wrapping_add(self.done as u64));
        self.chance.shuffle(&mut pool);
        for _ in 0..count {
            match self.chance.below(10) {
                0..=3 => {
                    if let Some(object) = pool.pop().filter(|object| !self.makes_own_alias(object)) {
                        self.create(object)?;
                    }
                }
                4..=5 => self.delete()?,
                6..=8 => self.modify()?,
                _ => self.lose_namespace()?,
            }
        }
        Ok(())
    }

    fn pick(&mut self, wanted: impl Fn(&Value) -> bool) -> Option<usize> {
        let places: Vec<usize> = (0..self.objects.len()).filter(|place| wanted(&self.objects[*place])).collect();
        (!places.is_empty()).then(|| *self.chance.pick(&places))
    }

    fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<()> {
        let kind = if method == "PATCH" { MERGE } else { JSON };
        let (status, _) = self.api.call(method, path, kind, body)?;
        self.done += 1;
        self.refused += usize::from(status >= 300);
        Ok(())
    }

    fn delete(&mut self) -> Result<()> {
        let Some(place) = self.pick(|object| object["kind"] != "Namespace") else { return Ok(()) };
        let object = self.objects.swap_remove(place);
        self.call("DELETE", &format!("{}?gracePeriodSeconds=0", path(&object)?), None)
    }

    fn modify(&mut self) -> Result<()> {
        let Some(place) = self.pick(|object| object["kind"] != "Namespace") else { return Ok(()) };
        let object = self.objects[place].clone();
        let kind = object["kind"].as_str().unwrap_or_default().to_owned();
        let alike = self.pick(|other| other["kind"] == object["kind"] && other["addressType"] == object["addressType"]);
        let other = alike.map_or(Value::Null, |place| self.objects[place].clone());
        match kind.as_str() {
            "EndpointSlice" => {
                let mut changed = object;
                changed["endpoints"] = other["endpoints"].clone();
                if self.makes_own_alias(&changed) {
                    return Ok(());
                }
                let change = json!({"endpoints": other["endpoints"], "ports": other["ports"]});
                self.call("PATCH", &path(&changed)?, Some(&change))?;
                self.objects[place] = changed;
                Ok(())
            }
            "Service" if other["spec"]["ports"].is_array() => {
                self.call("PATCH", &path(&object)?, Some(&json!({"spec": {"ports": other["spec"]["ports"]}})))
            }
            "Pod" if other["status"].is_object() => {
                let change = json!({"status": other["status"]});
                self.call("PATCH", &format!("{}/status", path(&object)?), Some(&change))
            }
            _ => self.call("PATCH", &path(&object)?, Some(&json!({"metadata": {"labels": {"changed": "yes"}}}))),
        }
    }

    /// Whether an alias and the original's own address would come together in one Service, as in no generated cluster: it answers
    /// `ns.dns AAAA` with `CNAME <nil>.` then.
    fn makes_own_alias(&self, object: &Value) -> bool {
        let (alias, own) = (is_alias(object), has_own_address(object));
        (alias || own)
            && self.objects.iter().any(|other| {
                service_of(other) == service_of(object) && (alias && has_own_address(other) || own && is_alias(other))
            })
    }

    /// Removes a namespace but not what is in it, as while its controller is slow; or makes one again.
    fn lose_namespace(&mut self) -> Result<()> {
        let is_own = |object: &Value| {
            object["kind"] == "Namespace" && !GIVEN_NAMESPACES.iter().any(|given| object["metadata"]["name"] == *given)
        };
        let Some(place) = self.pick(is_own) else { return Ok(()) };
        let object = self.objects[place].clone();
        let (status, _) = self.api.call("GET", &path(&object)?, "", None)?;
        if status == 404 {
            return self.call("POST", "/api/v1/namespaces", Some(&object));
        }
        self.call("DELETE", &path(&object)?, None)?;
        // What a controller would do, had we one.
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let body =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}, "spec": {"finalizers": []}});
        self.call("PUT", &format!("{}/finalize", path(&object)?), Some(&body))
    }

    /// One object of each kind that nobody has seen.
    pub(crate) fn mark(&mut self) -> Result<Marker> {
        let marker = Marker {
            namespace: format!("marker-{:016x}", self.chance.bits()),
            address: format!("10.250.{}.{}", self.chance.below(250), self.chance.below(250) + 1),
        };
        let Marker { namespace, address } = &marker;
        let meta =
            json!({"namespace": namespace, "name": "marker", "labels": {"kubernetes.io/service-name": "marker"}});
        let refused = self.api.load(&[
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}),
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [{"name": "c", "image": "i"}]},
                "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}}),
            json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta, "addressType": "IPv4",
                "endpoints": [{"addresses": [address]}], "ports": []}),
            json!({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"clusterIP": "None"}}),
        ])?;
        ensure!(refused.is_empty(), "{refused:?}");
        Ok(marker)
    }
}

fn is_alias(object: &Value) -> bool {
    object["kind"] == "Service" && object["spec"]["type"] == "ExternalName"
}

fn has_own_address(object: &Value) -> bool {
    let own = OWN_ADDRESS.to_string();
    let endpoints = object["endpoints"].as_array().into_iter().flatten();
    endpoints.flat_map(|endpoint| endpoint["addresses"].as_array().into_iter().flatten()).any(|address| *address == own)
}

/// Namespace and name of the Service that an object is or belongs to.
fn service_of(object: &Value) -> (&Value, &Value) {
    let meta = &object["metadata"];
    let name = if object["kind"] == "Service" { &meta["name"] } else { &meta["labels"]["kubernetes.io/service-name"] };
    (&meta["namespace"], name)
}
