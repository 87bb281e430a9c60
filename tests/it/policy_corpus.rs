//! Hostile statements under a policy: every one is refused, none quotes a person or writes a file.

use crate::policy::{holds_no, persons, shared};
use std::collections::BTreeSet;

/// Seeds of the corpus for a person's SQL; `TABEL` stands for a table the person may not read.
const CORPUS: &str = r#"
create table x as select 1
create external table p (l varchar) stored as csv location '/etc/passwd'
create view v as select * from TABEL
create or replace view berkas as select * from TABEL
drop table TABEL
insert into TABEL values ('1')
delete from TABEL
update TABEL set nip = '1'
copy (select * from TABEL) to 'curi.csv' stored as csv
copy TABEL to 's3://x/y.parquet'
explain analyze copy (select * from berkas) to 'curi.csv' stored as csv
explain analyze insert into TABEL values ('1')
create schema s
create database d
create function f(int) returns int return $1 + 1
truncate table TABEL
with t as (insert into TABEL values ('1') returning *) select * from t
prepare p as select * from TABEL
execute p(1)
select * into leak from TABEL
create index i on TABEL(nip)
alter table TABEL rename to z
merge into TABEL t using berkas s on t.nip = s.sha256 when matched then delete
create unbounded external table u (a int) stored as csv location '/dev/zero'
set datafusion.runtime.memory_limit = '100G'
set datafusion.runtime.temp_directory = '/var/www'
set datafusion.catalog.information_schema = true
set datafusion.explain.show_statistics = true
show all
show datafusion.runtime.memory_limit
reset datafusion.runtime.memory_limit
begin
commit
set role admin
set session authorization admin
set search_path = x
deallocate all
discard all
set statement_timeout = 0
set time zone 'x'
listen a
vacuum
analyze table TABEL compute statistics
call f()
select * from '/etc/passwd'
select * from 'file:///etc/passwd'
select * from "/etc/passwd"
select * from 's3://b/x.parquet'
select * from 'http://169.254.169.254/latest/meta-data'
select * from read_csv('/etc/passwd')
select pg_read_file('/etc/passwd')
copy TABEL from '/etc/passwd'
select input_file_name() from berkas
select * from '../lake/TABEL/x.parquet'
select * from '/data/*/x.parquet'
select pg_ls_dir('.')
select * from parquet_metadata('x.parquet')
select file_row_index() from berkas
select arrow_metadata(sha256) from berkas
select * from TABEL
select * from datafusion.public.TABEL
with berkas as (select * from TABEL) select * from berkas
select (select count(*) from TABEL)
describe TABEL
show columns from TABEL
show create table berkas
show create table TABEL
explain select * from TABEL
explain verbose select * from berkas
explain analyze select * from berkas
select * from information_schema.views
select * from information_schema.df_settings
select * from information_schema.routines
select * from pg_catalog.pg_class
select * from pg_catalog.pg_stats
select * from TABEL tablesample bernoulli(100)
select * from berkas a, lateral (select * from TABEL b where b.nip <> a.sha256) x
select/**/*/**/from/**/TABEL
select * from "TABEL"
select * from "TABEL "
select * from U&"TABEL"
select * from berkas version as of 0
select * from berkas@v0
select * from table_changes('TABEL', 0)
select * from berkas union all select * from TABEL
select * from berkas except select * from TABEL
select 1 from berkas where exists (select 1 from TABEL)
select 1 from berkas where sha256 in (select nip from TABEL)
select 1 from berkas join TABEL on true
table TABEL
from TABEL
select {{ query("select * from TABEL") }}
select $1 from berkas
select cast(nama_asal as int) from berkas
select 1 / (baris_dibaca - baris_dibaca) from berkas
select regexp_like('x', '(' || nama_asal) from berkas
select to_timestamp(nama_asal) from berkas
select decode(nama_asal, 'hex') from berkas
select length(repeat('a', 2000000000)) from berkas
select array_length(array_repeat(1, 2000000000))
"#;

#[test]
fn the_corpus_is_refused_under_a_policy_and_quotes_nobody() {
    let project = shared();
    let statements: Vec<String> = CORPUS.trim().lines().map(|line| line.replace("TABEL", "kerabat")).collect();
    let typed = statements.iter().map(|it| format!("{it};\n")).collect::<String>() + "select 'hidup' as tanda;\n";
    let ran = project.typed(&["sql", "--as", "kepala-6704"], &typed).code(0);
    let errors: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("error: ")).collect();
    for (statement, error) in statements.iter().zip(&errors) {
        let ours = ["may not", "no SQL", "unknown", "not", "cannot", "failed", "too large", "stopped"];
        assert!(ours.iter().any(|word| error.contains(word)), "{statement}: {error}");
    }
    assert_eq!(errors.len(), statements.len(), "a statement was answered:\n{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("hidup"), "{}", ran.out);
    assert!(!ran.out.contains("root:") && !ran.err.contains("root:"), "{}", ran.err);
    let everyone: BTreeSet<String> = persons().values().flatten().cloned().collect();
    holds_no(&everyone, &(ran.out + &ran.err), "the answer to the corpus");
    assert!(!project.outside("curi.csv").exists(), "a file was written");
}
