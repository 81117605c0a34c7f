use std::ffi::OsString;

use anyhow::Result;
use lexopt::{Arg, Parser, ValueExt as _};

use crate::cluster::Shape;

/// The options that every program has, as help text.
const USAGE: &str = "\
  --namespaces N       namespaces (200)
  --services N         Services (10000)
  --headless-share X   share of Services without a virtual IP (0.12)
  --external-share X   share of Services that are aliases (0.03)
  --endpoints N        endpoints per Service (5)
  --seed N             what decides which Service is what (7)
";

/// What a command line has that is no option of the shape.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a command line has nothing else")]
pub enum Word {
    /// An option's name, without dashes; its value is the parser's next.
    Option(String),
    /// Anything else.
    Value(OsString),
}

impl Shape {
    /// Reads the command line: `own` takes what is the program's, and tells whether it is. `--help` prints `usage` and the
    /// options of the shape, and ends the program.
    ///
    /// # Errors
    /// Where a value is none, or a word nobody's.
    pub fn from_command_line(usage: &str, mut own: impl FnMut(&Word, &mut Parser) -> Result<bool>) -> Result<Self> {
        let mut shape = Self::default();
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            let word = match argument {
                Arg::Long(name) => Word::Option(name.to_owned()),
                Arg::Value(value) => Word::Value(value),
                other => return Err(other.unexpected().into()),
            };
            if own(&word, &mut parser)? {
                continue;
            }
            match word {
                Word::Option(name) if name == "help" => {
                    print!("{usage}{USAGE}");
                    std::process::exit(0);
                }
                Word::Option(name) => shape.take(&name, &mut parser)?,
                Word::Value(value) => return Err(Arg::Value(value).unexpected().into()),
            }
        }
        Ok(shape)
    }

    fn take(&mut self, name: &str, parser: &mut Parser) -> Result<()> {
        match name {
            "namespaces" => self.namespaces = parser.value()?.parse()?,
            "services" => self.services = parser.value()?.parse()?,
            "headless-share" => self.headless_share = parser.value()?.parse()?,
            "external-share" => self.external_share = parser.value()?.parse()?,
            "endpoints" => self.endpoints = parser.value()?.parse()?,
            "seed" => self.seed = parser.value()?.parse()?,
            _ => return Err(Arg::Long(name).unexpected().into()),
        }
        Ok(())
    }
}
