use k8s_resolv_conf::{EditError, LineEnding, LineKind, ResolvConf, Span};

/// File, an edit, and the file afterwards.
type Row = (&'static str, fn(&mut ResolvConf), &'static str);

#[test]
fn edits_keep_the_rest() {
    let rows: [Row; 22] = [
        ("", |file| file.set_option("ndots", Some("2")).unwrap(), "options ndots:2\n"),
        ("nameserver 1.2.3.4", |file| file.set_option("rotate", None).unwrap(), "nameserver 1.2.3.4\noptions rotate\n"),
        ("# a\r\noptions x\r\n", |file| file.set_option("ndots", Some("2")).unwrap(), "# a\r\noptions x ndots:2\r\n"),
        ("# a\r\n", |file| file.set_option("ndots", Some("2")).unwrap(), "# a\r\noptions ndots:2\r\n"),
        (
            "options  ndots:5\tedns0 # c\n",
            |file| file.set_option("ndots", Some("2")).unwrap(),
            "options  ndots:2\tedns0 # c\n",
        ),
        ("options edns0 # c\n", |file| file.set_option("ndots", Some("2")).unwrap(), "options edns0 ndots:2 # c\n"),
        // The last one stays, a line that only had an earlier one goes.
        (
            "options ndots:1\n#\noptions a ndots:5\n",
            |file| file.set_option("ndots", Some("2")).unwrap(),
            "#\noptions a ndots:2\n",
        ),
        ("options ndots:1 ndots:5\n", |file| file.set_option("ndots", Some("2")).unwrap(), "options ndots:2\n"),
        ("options ndots:1 xndots:3\n", |file| assert_eq!(file.remove_option("ndots"), 1), "options xndots:3\n"),
        ("a\noptions ndots:1 # why\nb", |file| assert_eq!(file.remove_option("ndots"), 1), "a\n# why\nb"),
        ("a\noptions ndots\nb", |file| assert_eq!(file.remove_option("ndots"), 1), "a\nb"),
        (
            "nameserver 1.1.1.1\n",
            |file| file.add_nameserver("9.9.9.9").unwrap(),
            "nameserver 1.1.1.1\nnameserver 9.9.9.9\n",
        ),
        (
            "nameserver 1.1.1.1 # a\nsearch x\n",
            |file| file.add_nameserver("::1").unwrap(),
            "nameserver 1.1.1.1 # a\nnameserver ::1\nsearch x\n",
        ),
        (
            "nameserver 1.1.1.1 # one\n# between\n nameserver\t2.2.2.2\nnameserver 3.3.3.3 # three\n",
            |file| file.set_nameservers(&["8.8.8.8", "9.9.9.9"]).unwrap(),
            "nameserver 8.8.8.8 # one\n# between\n nameserver\t9.9.9.9\n# three\n",
        ),
        (
            "nameserver\n",
            |file| file.set_nameservers(&["8.8.8.8", "9.9.9.9"]).unwrap(),
            "nameserver 8.8.8.8\nnameserver 9.9.9.9\n",
        ),
        ("nameserver 1.1.1.1\nnameserver 1.1.1.1", |file| assert_eq!(file.remove_nameserver("1.1.1.1"), 2), ""),
        ("search a b # c\n", |file| file.set_search(&["x"]).unwrap(), "search x # c\n"),
        ("domain a\n#\n", |file| file.set_search(&["x", "y"]).unwrap(), "search x y\n#\n"),
        ("search a\nsearch b\n", |file| file.add_search("c").unwrap(), "search b c\n"),
        ("search a\n#\n", |file| file.set_search::<&str>(&[]).unwrap(), "#\n"),
        ("search a b a\nsearch a\n", |file| assert_eq!(file.remove_search("a"), 3), "search b\n"),
        ("x\0y\n\u{e9}\r", |file| file.add_search("c").unwrap(), "x\0y\n\u{e9}\r\nsearch c\n"),
    ];
    for (before, edit, after) in rows {
        let mut file = ResolvConf::parse(before.as_bytes());
        edit(&mut file);
        assert_eq!(file.to_string(), after, "{before:?}");
    }
}

#[test]
fn words_that_cannot_stand_are_refused() {
    let mut file = ResolvConf::parse(b"search a\n");
    assert_eq!(file.add_search("a b"), Err(EditError::Separator { octet: b' ' }));
    assert_eq!(file.set_search(&["a", ""]), Err(EditError::EmptyWord));
    assert_eq!(file.add_nameserver("1.2.3.4\nsearch evil"), Err(EditError::Separator { octet: b'\n' }));
    assert_eq!(file.set_nameservers(&["#"]), Err(EditError::Comment));
    assert_eq!(file.set_option("ndots", Some("1\r")), Err(EditError::Separator { octet: b'\r' }));
    assert_eq!(file.to_string(), "search a\n");
}

#[test]
fn words_and_places() {
    let file = ResolvConf::parse(b"# c\n\n  options\tndots:5 rotate\r\nsearch a b # c\nnameserver 1.2.3.4");
    let kinds: Vec<_> = file
        .lines()
        .map(|line| match line.kind() {
            LineKind::Blank => "blank",
            LineKind::Comment => "comment",
            LineKind::Directive { .. } => "directive",
        })
        .collect();
    assert_eq!(kinds, ["comment", "blank", "directive", "directive", "directive"]);
    let endings: Vec<_> = file.lines().map(|line| line.ending()).collect();
    assert_eq!(endings, [LineEnding::Lf, LineEnding::Lf, LineEnding::CrLf, LineEnding::Lf, LineEnding::None]);
    let ndots = file.option("ndots").flatten().unwrap();
    assert_eq!((ndots.bytes, ndots.span), (&b"5"[..], Span { line: 3, column: 17, length: 1 }));
    assert_eq!(file.range(ndots.span).map(|at| &file.as_bytes()[at]), Some(&b"5"[..]));
    assert_eq!(file.option("rotate"), Some(None));
    assert_eq!(file.search().iter().map(|word| word.to_text()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(file.nameservers().next().unwrap().span.to_string(), "5:12");
    assert_eq!(file.range(Span { line: 9, column: 1, length: 1 }), None);
}
