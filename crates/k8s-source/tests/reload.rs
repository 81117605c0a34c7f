//! Changes of files after the first load.
#![cfg(feature = "manifests")]

mod common;

use std::fs;

use common::{Folder, Run, service};
use k8s_source::Kind;

#[test]
fn nothing_changed_is_nothing_told() {
    let folder = Folder::new();
    folder.write("a.yaml", &service("a", "10.0.0.1"));
    let mut run = Run::load(&folder);
    let changes = run.memory.changes;
    run.poll();
    run.poll();
    assert_eq!((run.memory.changes, run.memory.published, run.summary.changed), (changes, 1, false));
}

#[test]
fn only_what_differs_is_told() {
    let folder = Folder::new();
    let all = |ip: &str| {
        (0..100)
            .map(|at| format!("---\n{}", service(&format!("s{at}"), if at == 50 { ip } else { "None" })))
            .collect::<String>()
    };
    folder.write("a.yaml", &all("10.0.0.1"));
    let mut run = Run::load(&folder);
    let changes = run.memory.changes;
    folder.write("a.yaml", &all("10.0.0.2"));
    run.poll();
    assert_eq!((run.memory.changes, run.memory.published), (changes + 1, 2));
    assert!(run.memory.get(Kind::Service, "shop/s50").contains("10.0.0.2"));
}

#[test]
fn files_come_and_go() {
    let folder = Folder::new();
    folder.write("a.yaml", &service("a", "None"));
    let mut run = Run::load(&folder);
    folder.write("sub/b.yaml", &service("b", "None"));
    run.poll();
    assert_eq!(run.memory.names(Kind::Service), ["shop/a", "shop/b"]);
    folder.remove("a.yaml");
    run.poll();
    assert_eq!(run.memory.names(Kind::Service), ["shop/b"]);
    fs::rename(folder.path().join("sub/b.yaml"), folder.path().join("c.yaml")).unwrap();
    let changes = run.memory.changes;
    run.poll();
    assert_eq!(
        (run.memory.names(Kind::Service), run.memory.changes),
        (vec!["shop/b"], changes),
        "the same text in another file"
    );
    folder.remove("c.yaml");
    run.poll();
    assert!(run.memory.objects.is_empty(), "{:?}", run.memory.objects);
}

#[test]
fn a_file_put_in_place_by_a_rename_is_noticed() {
    let folder = Folder::new();
    folder.write("a.yaml", &service("a", "10.0.0.1"));
    let mut run = Run::load(&folder);
    for round in 2..6 {
        folder.write(".a.yaml.new", &service("a", &format!("10.0.0.{round}")));
        fs::rename(folder.path().join(".a.yaml.new"), folder.path().join("a.yaml")).unwrap();
        run.poll();
        assert!(run.memory.get(Kind::Service, "shop/a").contains(&format!("10.0.0.{round}")));
    }
}

#[cfg(unix)]
#[test]
fn a_mounted_config_map_is_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let mount = folder.path().join("mount");
    folder.write("mount/..one/a.yaml", &service("a", "10.0.0.1"));
    folder.write("mount/..two/a.yaml", &service("a", "10.0.0.2"));
    symlink("..one", mount.join("..data")).unwrap();
    symlink("..data/a.yaml", mount.join("a.yaml")).unwrap();
    symlink("..", mount.join("circle")).unwrap();
    let mut run = Run::load(&folder);
    assert!(run.memory.get(Kind::Service, "shop/a").contains("10.0.0.1"));
    symlink("..two", mount.join("..tmp")).unwrap();
    fs::rename(mount.join("..tmp"), mount.join("..data")).unwrap();
    run.poll();
    assert!(run.memory.get(Kind::Service, "shop/a").contains("10.0.0.2"));
    assert_eq!(run.memory.names(Kind::Service).len(), 1);
}

#[test]
fn a_malformed_file_keeps_its_last_good_content() {
    let folder = Folder::new();
    folder.write("a.yaml", &format!("{}---\n{}", service("a", "None"), service("b", "None")));
    let mut run = Run::load(&folder);
    folder.write("a.yaml", &format!("{}---\nname: [\n", service("c", "None")));
    run.poll();
    assert_eq!(run.memory.names(Kind::Service), ["shop/a", "shop/b"]);
    assert_eq!(run.summary.broken, [folder.path().join("a.yaml")]);
    let errors = run.errors(&folder);
    assert!(errors.iter().any(|error| error.contains("last good content stays in use")), "{errors:?}");
    assert_eq!(run.memory.published, 1);
    folder.write("a.yaml", &service("c", "None"));
    run.poll();
    assert_eq!(run.memory.names(Kind::Service), ["shop/c"]);
    assert!(run.summary.broken.is_empty());
}

#[test]
fn an_object_that_went_wrong_keeps_its_last_good_form() {
    let folder = Folder::new();
    folder.write("a.yaml", &format!("{}---\n{}", service("a", "10.0.0.1"), service("b", "10.0.0.2")));
    let mut run = Run::load(&folder);
    folder.write(
        "a.yaml",
        &format!("{}---\n{}", service("a", "10.0.0.1").replace("80", "abc"), service("b", "10.0.0.3")),
    );
    run.poll();
    assert!(run.memory.get(Kind::Service, "shop/a").contains("10.0.0.1"));
    assert!(run.memory.get(Kind::Service, "shop/b").contains("10.0.0.3"));
    assert_eq!(run.errors(&folder).len(), 1);
    folder.write("a.yaml", &service("b", "10.0.0.3"));
    run.poll();
    assert_eq!(run.memory.names(Kind::Service), ["shop/b"]);
}

#[test]
fn the_folder_as_a_whole_may_be_gone_for_a_while() {
    let folder = Folder::new();
    folder.write("in/a.yaml", &service("a", "None"));
    let inner = folder.path().join("in");
    let mut source = k8s_source::manifests::ManifestSource::new([&inner], Default::default());
    let mut memory = common::Memory::default();
    source.load(&mut memory, &mut |_| {});
    fs::rename(&inner, folder.path().join("away")).unwrap();
    let first = source.poll(&mut memory, &mut |_| {});
    let second = source.poll(&mut memory, &mut |_| {});
    assert_eq!((first.errors, second.errors, first.broken.len(), second.broken.len()), (1, 0, 1, 1));
    assert_eq!(memory.names(Kind::Service), ["shop/a"]);
    fs::rename(folder.path().join("away"), &inner).unwrap();
    assert!(source.poll(&mut memory, &mut |_| {}).broken.is_empty());
}

#[test]
fn what_was_hidden_shows_again() {
    let folder = Folder::new();
    folder.write("a.yaml", &service("x", "10.0.0.1"));
    folder.write("b.yaml", &service("x", "10.0.0.2"));
    let mut run = Run::load(&folder);
    assert!(run.memory.get(Kind::Service, "shop/x").contains("10.0.0.2"));
    folder.write("a.yaml", &service("x", "10.0.0.3"));
    run.poll();
    assert!(run.memory.get(Kind::Service, "shop/x").contains("10.0.0.2"));
    folder.remove("b.yaml");
    run.poll();
    assert!(run.memory.get(Kind::Service, "shop/x").contains("10.0.0.3"));
    folder.write("0.yaml", &service("x", "10.0.0.4"));
    run.poll();
    assert!(run.memory.get(Kind::Service, "shop/x").contains("10.0.0.3"));
    folder.remove("a.yaml");
    run.poll();
    assert!(run.memory.get(Kind::Service, "shop/x").contains("10.0.0.4"));
}
