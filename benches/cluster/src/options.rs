use anyhow::Result;
use lexopt::{Arg, Parser, ValueExt as _};

use crate::cluster::Shape;

/// The options that [`Shape::option`] takes, as help text.
pub const SHAPE_USAGE: &str = "\
  --namespaces N       namespaces (200)
  --services N         Services (10000)
  --headless-share X   share of Services without a virtual IP (0.12)
  --external-share X   share of Services that are aliases (0.03)
  --endpoints N        endpoints per Service (5)
  --seed N             what decides which Service is what (7)
";

impl Shape {
    /// Takes an option's value when it is one of the shape's; `false` when it is none.
    ///
    /// # Errors
    /// When the value is none.
    pub fn option(&mut self, argument: &Arg<'_>, parser: &mut Parser) -> Result<bool> {
        let Arg::Long(name) = argument else { return Ok(false) };
        match *name {
            "namespaces" => self.namespaces = parser.value()?.parse()?,
            "services" => self.services = parser.value()?.parse()?,
            "headless-share" => self.headless_share = parser.value()?.parse()?,
            "external-share" => self.external_share = parser.value()?.parse()?,
            "endpoints" => self.endpoints = parser.value()?.parse()?,
            "seed" => self.seed = parser.value()?.parse()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
