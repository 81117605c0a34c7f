//! Pods without a kubelet: addresses of our namespace, at all of which one echo server listens.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, SERVER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use whereto_conformance::control_plane::namespace;

/// The port of every Pod.
const PORT: u16 = 3000;
/// Where Pods are. No address is used twice: a proxy may keep connections to what was there.
const NETWORK: &str = "10.245.0.1/16";
const FIRST: u32 = u32::from_be_bytes([10, 245, 0, 2]);

/// Whose Pod it is.
#[derive(Clone, Debug)]
struct Pod {
    namespace: String,
    service: String,
}

/// All Pods that there ever were; the first has the address [`FIRST`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Pods(Arc<Mutex<Vec<Pod>>>);

impl Pods {
    /// Starts the server. It lives as long as the process.
    pub(crate) fn start() -> Result<Self> {
        namespace::add_address(NETWORK)?;
        let pods = Self::default();
        let serving = pods.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT))).context("the Pods' port")?;
        thread::spawn(move || runtime.block_on(serving.serve(listener)));
        Ok(pods)
    }

    fn add(&self, namespace: &str, service: &str) -> Ipv4Addr {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.push(Pod { namespace: namespace.to_owned(), service: service.to_owned() });
        Ipv4Addr::from_bits(FIRST + known.len() as u32 - 1)
    }

    fn at(&self, address: IpAddr) -> Option<Pod> {
        let IpAddr::V4(address) = address else { return None };
        let place = address.to_bits().checked_sub(FIRST)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(place as usize).cloned()
    }

    /// A Service with so many new Pods, as its EndpointSlice has them. The port has a name, where one is wanted, or a number.
    pub(crate) fn service(&self, namespace: &str, name: &str, port: &Value, count: u8) -> [Value; 2] {
        let (port_name, number) = match port {
            Value::String(name) => (name.as_str(), 8080),
            port => ("", port.as_u64().unwrap_or_default()),
        };
        let metadata = json!({"namespace": namespace, "name": name, "labels": {"kubernetes.io/service-name": name}});
        [
            json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata,
                "spec": {"ports": [{"name": port_name, "port": number, "targetPort": PORT}]}}),
            json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, "addressType": "IPv4",
                "endpoints": self.endpoints(namespace, name, count), "ports": [{"name": port_name, "port": PORT, "protocol": "TCP"}]}),
        ]
    }

    /// Entries of an EndpointSlice for so many new Pods.
    pub(crate) fn endpoints(&self, namespace: &str, service: &str, count: u8) -> Vec<Value> {
        let new = (0..count).map(|_| self.add(namespace, service));
        new.map(|address| json!({"addresses": [address], "conditions": {"ready": true}})).collect()
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(own) = stream.local_addr() else { continue };
            let pod = self.at(own.ip());
            let answering = service_fn(move |request| {
                let answer = answer(&request, pod.as_ref(), own.ip());
                async { Ok::<_, Infallible>(answer) }
            });
            tokio::spawn(async move {
                // A proxy that closes a connection is no error.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answering).await;
            });
        }
    }
}

/// Tells what was asked, and of whom; as the echo server of the published suite does.
fn answer(request: &Request<Incoming>, pod: Option<&Pod>, own: IpAddr) -> Response<Full<Bytes>> {
    let text = |value: &hyper::header::HeaderValue| Value::from(String::from_utf8_lossy(value.as_bytes()));
    let fields: Map<String, Value> =
        request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let told = json!({
        "path": request.uri().to_string(), "host": request.headers().get(HOST).map(text), "method": request.method().as_str(),
        "proto": format!("{:?}", request.version()), "headers": fields, "namespace": pod.map(|pod| &pod.namespace),
        "service": pod.map(|pod| &pod.service), "pod": own
    });
    let mut response = Response::new(Full::new(Bytes::from(told.to_string())));
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    fields.insert(SERVER, hyper::header::HeaderValue::from_static("echo"));
    response
}
