//! `whereto env`.

use std::io::{self, Write};

use k8s_resolv_conf::pod::{Collision, EnvironmentVariable, LinkedService, service_environment};
use serde::Serialize;

use crate::arguments::EnvArgs;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::pods::Pods;

pub(crate) fn run(args: &EnvArgs) -> Result<Exit, Failure> {
    let pods = Pods::read(&args.offline)?;
    let pod = pods.find(&args.pod)?;
    let services: Vec<LinkedService> = pods.consumer.services().map(|(_, service)| service.clone()).collect();
    let environment = service_environment(pod, &services);
    let mut out = output::stdout();
    match args.offline.output {
        Format::Json => {
            let whole = EnvironmentJson {
                variables: environment.variables.iter().map(VariableJson::new).collect(),
                collisions: environment.collisions.iter().map(CollisionJson::new).collect(),
            };
            serde_json::to_writer_pretty(&mut out, &whole).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            for variable in &environment.variables {
                writeln!(out, "{}={}", variable.name, variable.value)?;
            }
            for collision in &environment.collisions {
                output::line(&format!("note: {}", describe(collision)));
            }
        }
    }
    out.flush()?;
    Ok(Exit::Answered)
}

/// Who wants the name, for people.
pub(crate) fn describe(collision: &Collision) -> String {
    let one = |variable: &EnvironmentVariable| format!("{} for Service {}", variable.value, variable.service);
    let candidates: Vec<String> = collision.candidates.iter().map(one).collect();
    format!("{} is {}: it is left to chance which one kubelet sets", collision.name, candidates.join(" or "))
}

#[derive(Serialize)]
struct EnvironmentJson<'e> {
    variables: Vec<VariableJson<'e>>,
    collisions: Vec<CollisionJson<'e>>,
}

#[derive(Serialize)]
struct VariableJson<'e> {
    name: &'e str,
    value: &'e str,
    service: &'e str,
}

#[derive(Serialize)]
struct CollisionJson<'e> {
    name: &'e str,
    candidates: Vec<VariableJson<'e>>,
}

impl<'e> VariableJson<'e> {
    fn new(variable: &'e EnvironmentVariable) -> Self {
        Self { name: &variable.name, value: &variable.value, service: &variable.service }
    }
}

impl<'e> CollisionJson<'e> {
    fn new(collision: &'e Collision) -> Self {
        Self { name: &collision.name, candidates: collision.candidates.iter().map(VariableJson::new).collect() }
    }
}
