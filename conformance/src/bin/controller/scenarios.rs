//! Runs the scenarios: each in a namespace of its own, with requests sent to where the Ingress says that it is reached.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use whereto_conformance::control_plane::{namespace, path};

use crate::client::{self, Answer, Url};
use crate::environment::Environment;
use crate::objects::{self, Validity};
use crate::pods::Pods;
use crate::scenario::{self, Feature, Request, Scenario};

/// Where the controller is reached, and says that Ingresses are.
const ADDRESS: &str = "192.0.2.80";
const ADMIN: u16 = 18_082;
/// What a change of EndpointSlices may take. The published suite waits for a minute.
const SETTLED: Duration = Duration::from_millis(500);

/// Whether all went as they should.
pub(crate) fn run(environment: &Environment<'_>) -> Result<bool> {
    namespace::add_address(&format!("{ADDRESS}/32"))?;
    let pods = Pods::start()?;
    let (http, https) = (format!("{ADDRESS}:80"), format!("{ADDRESS}:443"));
    let words = ["--http", &http, "--https", &https, "--publish-address", ADDRESS];
    let controller = environment.start("scenarios", ADMIN, &words)?;
    let (mut good, mut count) = (0, 0);
    for feature in scenario::read()? {
        for scenario in &feature.scenarios {
            count += 1;
            let namespace = format!("conformance-{count}");
            let stage = Stage { environment, pods: &pods, feature: &feature, namespace: &namespace };
            let outcome = stage.play(scenario);
            environment.api().remove_namespace(&namespace)?;
            match outcome {
                Ok(requests) => {
                    good += 1;
                    println!("good    {}: {} ({requests} requests)", feature.title, scenario.name);
                }
                Err(error) => {
                    let words = controller.process.last_words();
                    println!("FAILED  {}: {}: {error:#}\n{words}", feature.title, scenario.name);
                }
            }
        }
    }
    println!("{good} of {count} scenarios good");
    Ok(good == count)
}

/// What a scenario is played on.
struct Stage<'a> {
    environment: &'a Environment<'a>,
    pods: &'a Pods,
    feature: &'a Feature,
    namespace: &'a str,
}

impl Stage<'_> {
    /// Gives how many requests were sent.
    fn play(&self, scenario: &Scenario) -> Result<usize> {
        let certificates = self.build()?;
        let (ingress, api) = (self.feature.ingress(self.namespace), self.environment.api());
        api.create(&ingress)?;
        let address = if self.feature.published {
            self.published(&ingress)?
        } else {
            // One of ours that came later has it, by then the other had it too.
            let sentinel = objects::ingress(self.namespace, "sentinel", None, "sentinel.example");
            api.create(&sentinel)?;
            let address = self.published(&sentinel)?;
            let told = addresses(&api.get(&path(&ingress)?)?);
            ensure!(told.is_empty(), "the Ingress says that it is reached at {told:?}");
            address
        };
        for (name, hosts) in &self.feature.secrets {
            // Secrets are read when an Ingress names them, and so a moment later.
            let url = Url { is_secure: true, host: hosts.first().cloned().unwrap_or_default(), path: "/".to_owned() };
            let certificate = certificates.get(name.as_str()).map(String::as_str);
            let shown = || Ok(client::send(address, "GET", &url, certificate).is_ok());
            let took = self.environment.await_that("the certificate is shown", shown)?;
            println!("        certificate shown {:.0} ms after the status", took.as_secs_f32() * 1000.0);
        }
        for (service, count) in &self.feature.scale {
            let slice = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": {"namespace": self.namespace, "name": service}});
            let mut endpoints = api.get(&path(&slice)?)?["endpoints"].as_array().cloned().context("endpoints")?;
            let more = count.saturating_sub(u8::try_from(endpoints.len())?);
            endpoints.extend(self.pods.endpoints(self.namespace, service, more));
            api.merge(&path(&slice)?, &json!({"endpoints": endpoints}))?;
            sleep(SETTLED);
        }
        let mut sent = 0;
        for request in &scenario.requests {
            sent += request.times;
            self.ask(scenario, request, address, &certificates)
                .with_context(|| format!("{} {}", request.method, request.url))?;
        }
        Ok(sent)
    }

    /// Makes all but the Ingress, and gives the certificates.
    fn build(&self) -> Result<BTreeMap<&str, String>> {
        let api = self.environment.api();
        api.create(&objects::namespace(self.namespace))?;
        let mut certificates = BTreeMap::new();
        for (name, hosts) in &self.feature.secrets {
            let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
            let (secret, certificate) = objects::secret(self.namespace, name, &hosts, Validity::Now)?;
            api.create(&secret)?;
            certificates.insert(name.as_str(), certificate);
        }
        for (service, port) in self.feature.services() {
            for object in self.pods.service(self.namespace, service, port, 1) {
                api.create(&object)?;
            }
        }
        Ok(certificates)
    }

    /// Waits until the Ingress says where it is reached.
    fn published(&self, ingress: &Value) -> Result<IpAddr> {
        let path = path(ingress)?;
        let mut told = Vec::new();
        self.environment.await_that("the Ingress says where it is reached", || {
            told = addresses(&self.environment.api().get(&path)?);
            Ok(!told.is_empty())
        })?;
        ensure!(told.len() == 1, "{told:?}");
        Ok(told[0].parse()?)
    }

    fn ask(
        &self,
        scenario: &Scenario,
        request: &Request,
        address: IpAddr,
        certificates: &BTreeMap<&str, String>,
    ) -> Result<()> {
        let url = Url::parse(&request.url)?;
        let certificate = request.certificate.as_deref().and_then(|name| certificates.get(name)).map(String::as_str);
        let mut pods = BTreeSet::new();
        for _ in 0..request.times {
            let answer = client::send(address, &request.method, &url, certificate)?;
            self.check(scenario, request, &url, &answer).with_context(|| format!("{answer:?}"))?;
            pods.insert(answer.body["pod"].to_string());
        }
        ensure!(request.pods.is_none_or(|count| count == pods.len()), "answered by {} Pods: {pods:?}", pods.len());
        Ok(())
    }

    fn check(&self, scenario: &Scenario, request: &Request, url: &Url, answer: &Answer) -> Result<()> {
        ensure!(answer.status == request.status, "status {}", answer.status);
        ensure!(answer.redirects == request.redirects, "{} redirects", answer.redirects);
        ensure!(answer.protocol == "HTTP/1.1", "by {}", answer.protocol);
        for (name, expected) in &scenario.response {
            let value = answer.fields.get(name).map(|value| value.to_str()).transpose()?;
            ensure!(value.is_some_and(|value| expected == "*" || expected == value), "answered with {name} {value:?}");
        }
        let Some(service) = &request.service else { return Ok(()) };
        let told = &answer.body;
        for (name, expected) in &scenario.request {
            let value = told["headers"][name.to_lowercase()].as_str();
            ensure!(value.is_some_and(|value| expected == "*" || expected == value), "asked with {name} {value:?}");
        }
        ensure!(told["service"] == *service && told["namespace"] == *self.namespace, "another Service");
        ensure!(told["method"] == *request.method && told["path"] == *url.path, "another method or path");
        ensure!(
            told["proto"] == "HTTP/1.1" && (url.host.is_empty() || told["host"] == *url.host),
            "another protocol or host"
        );
        Ok(())
    }
}

fn addresses(ingress: &Value) -> Vec<String> {
    let list = ingress["status"]["loadBalancer"]["ingress"].as_array().into_iter().flatten();
    list.filter_map(|entry| entry["ip"].as_str().map(str::to_owned)).collect()
}
