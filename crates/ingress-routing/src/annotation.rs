//! Annotations of ingress controllers: which keep requests out, and so may not be passed over in silence.
//!
//! Nothing that these annotations ask for is done here. Most of them tune something, and are ignored with a warning. Some guard
//! what is behind them: who takes over such an Ingress and ignores the guard opens a door. Their paths are refused, unless
//! [`AccessAnnotations::Ignore`](crate::AccessAnnotations::Ignore) says otherwise.
//!
//! | controller | refused | all others |
//! |---|---|---|
//! | ingress-nginx, `nginx.ingress.kubernetes.io/` | `auth-*` (basic, digest, external, client certificates), `allowlist-source-range`, `whitelist-source-range`, `denylist-source-range`, `modsecurity-snippet`; `enable-modsecurity` and `enable-owasp-core-rules` unless false; `configuration-snippet` and `server-snippet` that have a directive which can turn requests away | ignored with a warning, none is supported |
//! | HAProxy Ingress, `haproxy-ingress.github.io/`, `ingress.kubernetes.io/` | `auth-*`, `oauth`, `waf`, `waf-mode`, allow and deny lists | ignored with a warning |
//! | HAProxy, `haproxy.org/` | `auth-*`, `allow-list`, `deny-list`, `whitelist`, `blacklist`, `client-ca`, `route-acl` | ignored with a warning |
//! | NGINX, `nginx.org/`, `nginx.com/`, `appprotect.f5.com/` | `basic-auth-*`, `policies`, `jwt-*`, `app-protect-*`, snippets as above | ignored with a warning |
//! | Traefik, `traefik.ingress.kubernetes.io/` | `router.middlewares`, `router.tls.options` | ignored with a warning |
//! | Kong, `konghq.com/` | `plugins` | ignored with a warning |
//! | AWS, `alb.ingress.kubernetes.io/` | `auth-*`, `inbound-cidrs`, `jwt-validation`, `mutual-authentication`, web ACLs | ignored with a warning |
//! | Azure, `appgw.ingress.kubernetes.io/` | `waf-policy-for-path` | ignored with a warning |
//! | APISIX, `k8s.apisix.apache.org/` | `auth-*`, `csrf-*`, `plugin-config-name`, allow and block lists | ignored with a warning |
//! | Higress, `higress.io/` | `auth-*`, white and black lists | ignored with a warning |
//! | Contour, `projectcontour.io/` | none | ignored with a warning |
//!
//! An empty value limits nothing.

/// What becomes of an Ingress with an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Treatment {
    /// It is no annotation of an ingress controller: nothing.
    Foreign,
    /// It has no effect here, which is told once.
    Ignored,
    /// It limits who may send what: the Ingress's paths are refused.
    Refused,
}

/// The annotations of one controller.
struct Controller {
    /// Up to and including the slash.
    prefix: &'static str,
    /// Names after the prefix of annotations that limit access; a final `*` stands for any rest.
    guards: &'static [&'static str],
    /// Those that do if they are `true`.
    switches: &'static [&'static str],
    /// Those that hold configuration text, which does if it has one of [`GUARDING_WORDS`].
    snippets: &'static [&'static str],
}

impl Controller {
    const fn new(prefix: &'static str, guards: &'static [&'static str]) -> Self {
        Self { prefix, guards, switches: &[], snippets: &[] }
    }
}

/// Directives of nginx that limit access, or can.
const GUARDING_WORDS: [&str; 12] = [
    "access_by_lua",
    "allow",
    "auth_",
    "deny",
    "if",
    "internal",
    "limit_except",
    "return",
    "satisfy",
    "secure_link",
    "ssl_verify_client",
    "valid_referers",
];

const GUARDS_OF_HAPROXY_INGRESS: &[&str] = &[
    "allowlist-source-range",
    "auth-*",
    "denylist-source-range",
    "oauth",
    "waf",
    "waf-mode",
    "whitelist-source-range",
];

/// The controllers whose annotations are read, each after its own documentation.
const CONTROLLERS: [Controller; 14] = [
    // kubernetes/ingress-nginx, docs/user-guide/nginx-configuration/annotations.md.
    Controller {
        prefix: "nginx.ingress.kubernetes.io/",
        guards: &[
            "allowlist-source-range",
            "auth-*",
            "denylist-source-range",
            "modsecurity-snippet",
            "whitelist-source-range",
        ],
        switches: &["enable-modsecurity", "enable-owasp-core-rules"],
        snippets: &["configuration-snippet", "server-snippet"],
    },
    // jcmoraisjr/haproxy-ingress, "Configuration keys", and the prefix of its first versions.
    Controller::new("haproxy-ingress.github.io/", GUARDS_OF_HAPROXY_INGRESS),
    Controller::new("ingress.kubernetes.io/", GUARDS_OF_HAPROXY_INGRESS),
    // haproxytech/kubernetes-ingress, documentation/annotations.md.
    Controller::new(
        "haproxy.org/",
        &["allow-list", "auth-*", "blacklist", "client-ca", "deny-list", "route-acl", "whitelist"],
    ),
    // nginx/kubernetes-ingress, "Advanced configuration with annotations".
    Controller {
        prefix: "nginx.org/",
        guards: &["basic-auth-*", "policies"],
        switches: &[],
        snippets: &["location-snippets", "server-snippets"],
    },
    Controller::new("nginx.com/", &["jwt-*"]),
    Controller::new("appprotect.f5.com/", &["app-protect-*"]),
    // Traefik, "Kubernetes resources: Ingress": what a middleware or TLS options do is written elsewhere.
    Controller::new("traefik.ingress.kubernetes.io/", &["router.middlewares", "router.tls.options"]),
    // Kong, annotations reference: what a plugin does is written elsewhere.
    Controller::new("konghq.com/", &["plugins"]),
    // AWS Load Balancer Controller, "Ingress annotations".
    Controller::new(
        "alb.ingress.kubernetes.io/",
        &[
            "auth-*",
            "inbound-cidrs",
            "jwt-validation",
            "mutual-authentication",
            "waf-acl-id",
            "wafv2-acl-arn",
            "web-acl-id",
        ],
    ),
    // Azure Application Gateway Ingress Controller, "Annotations".
    Controller::new("appgw.ingress.kubernetes.io/", &["waf-policy-for-path"]),
    // Apache APISIX Ingress Controller, "Annotations".
    Controller::new(
        "k8s.apisix.apache.org/",
        &["allowlist-source-range", "auth-*", "blocklist-source-range", "csrf-*", "plugin-config-name"],
    ),
    Controller::new("projectcontour.io/", &[]),
    Controller::new("higress.io/", &["auth-*", "blacklist-source-range", "whitelist-source-range"]),
];

/// Whether an annotation's name is one that routing looks at: sources need not keep others.
///
/// ```
/// use ingress_routing::annotation;
/// assert!(annotation::is_read("nginx.ingress.kubernetes.io/rewrite-target"));
/// assert!(!annotation::is_read("kubectl.kubernetes.io/last-applied-configuration"));
/// ```
pub fn is_read(name: &str) -> bool {
    CONTROLLERS.iter().any(|controller| name.starts_with(controller.prefix))
}

/// What becomes of an Ingress with this annotation.
///
/// ```
/// use ingress_routing::annotation::{self, Treatment};
/// let treatment = |name, value| annotation::treatment(name, value);
/// assert_eq!(treatment("nginx.ingress.kubernetes.io/whitelist-source-range", "10.0.0.0/8"), Treatment::Refused);
/// assert_eq!(treatment("nginx.ingress.kubernetes.io/proxy-read-timeout", "60"), Treatment::Ignored);
/// assert_eq!(treatment("example.com/team", "shop"), Treatment::Foreign);
/// ```
pub fn treatment(name: &str, value: &str) -> Treatment {
    let found = CONTROLLERS.iter().find_map(|controller| Some((controller, name.strip_prefix(controller.prefix)?)));
    let Some((controller, name)) = found else { return Treatment::Foreign };
    let listed = |names: &[&str]| {
        names.iter().any(|listed| match listed.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == *listed,
        })
    };
    // No controller sees a restriction in an empty value.
    let value = value.trim();
    let guards = !value.is_empty()
        && (listed(controller.guards)
            || listed(controller.switches) && !is_false(value)
            || listed(controller.snippets) && has_guarding_word(value));
    if guards { Treatment::Refused } else { Treatment::Ignored }
}

/// Go's `strconv.ParseBool`: what is none of its words is not known to be harmless.
fn is_false(value: &str) -> bool {
    ["0", "f", "F", "false", "False", "FALSE"].contains(&value)
}

fn has_guarding_word(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| {
        GUARDING_WORDS.iter().any(|guarding| match guarding.strip_suffix('_') {
            Some(beginning) => word.strip_prefix(beginning).is_some_and(|rest| rest.starts_with('_')),
            None => word.starts_with(guarding),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ingress-nginx, docs/user-guide/nginx-configuration/annotations-risk.md: the annotations whose effect is that some requests do
    /// not reach the backend, and some of those that never have that effect.
    #[test]
    fn guards_are_refused_and_the_rest_is_ignored() {
        use Treatment::{Foreign, Ignored, Refused};
        for (name, value, expected) in [
            ("auth-type", "basic", Refused),
            ("auth-url", "http://auth.shop/check", Refused),
            ("auth-tls-secret", "shop/ca", Refused),
            ("auth-tls-verify-client", "on", Refused),
            ("auth-snippet", "return 401;", Refused),
            ("whitelist-source-range", "10.0.0.0/8", Refused),
            ("allowlist-source-range", "10.0.0.0/8", Refused),
            ("denylist-source-range", "10.0.0.0/8", Refused),
            ("whitelist-source-range", " ", Ignored),
            ("enable-modsecurity", "true", Refused),
            ("enable-modsecurity", "yes", Refused),
            ("enable-modsecurity", "false", Ignored),
            ("modsecurity-snippet", "SecRuleEngine On", Refused),
            ("configuration-snippet", "deny 10.0.0.0/8;", Refused),
            ("configuration-snippet", "auth_request /check;", Refused),
            ("configuration-snippet", "if ($http_x = \"\") { return 403; }", Refused),
            ("configuration-snippet", "more_set_headers \"X-Denied: no\";", Ignored),
            ("configuration-snippet", "proxy_set_header X-Author me;", Ignored),
            ("server-snippet", "location /x { internal; }", Refused),
            ("rewrite-target", "/$2", Ignored),
            ("ssl-redirect", "false", Ignored),
            ("limit-rps", "5", Ignored),
            ("no-such-annotation", "x", Ignored),
        ] {
            let name = format!("nginx.ingress.kubernetes.io/{name}");
            assert_eq!(treatment(&name, value), expected, "{name}: {value}");
        }
        assert_eq!(treatment("haproxy.org/allow-list", "10.0.0.0/8"), Refused);
        assert_eq!(treatment("haproxy.org/check", "true"), Ignored);
        assert_eq!(treatment("traefik.ingress.kubernetes.io/router.middlewares", "shop-auth@kubernetescrd"), Refused);
        assert_eq!(treatment("alb.ingress.kubernetes.io/auth-type", "oidc"), Refused);
        assert_eq!(treatment("example.com/auth-type", "basic"), Foreign);
    }
}
