//! Tables as kubectl prints them: columns as wide as what is in them, three blanks between.

use std::io::{self, Write};

/// A cell, or what kubectl writes where there is nothing.
pub(crate) fn or_none(cell: impl Into<Option<String>>) -> String {
    cell.into().filter(|cell| !cell.is_empty()).unwrap_or_else(|| "<none>".to_owned())
}

/// Rows under titles.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with nothing below its titles.
    pub(crate) fn new(titles: &[&str]) -> Self {
        Self { rows: vec![titles.iter().map(|title| (*title).to_owned()).collect()] }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Writes titles and rows.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |at: usize| self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or_default()).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(&format!("{cell:width$}   "));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let mut table = Table::new(&["NAME", "PORT"]);
        table.push(vec!["checkout".to_owned(), "80".to_owned()]);
        table.push(vec!["ü".to_owned(), or_none(None)]);
        let mut out = Vec::new();
        table.write(&mut out).expect("written");
        assert_eq!(String::from_utf8_lossy(&out), "NAME       PORT\ncheckout   80\nü          <none>\n");
    }
}
