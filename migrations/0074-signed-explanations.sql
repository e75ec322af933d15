-- What explains a gap in the audit log is signed with the log's key, which the database does not have (docs/decisions/0088).

-- `<size> <signature>`: below this size of the log, entries of versions that did not sign them are believed. The custodian has the same
-- beside its keys and puts it back.
create table audit_signed_from (
  one boolean primary key default true check (one),
  note text not null
);
grant select, insert, update on audit_signed_from to seloste_custodian;

-- Removes the entries that a signed pruning names. What they are and how old they are the custodian has judged itself.
drop function prune_audit(integer);
create function prune_audit(signed jsonb) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  months integer := (signed ->> 'months')::integer;
  cutoff timestamptz := (signed ->> 'before')::timestamptz;
  upto bigint := (signed ->> 'minimumIndex')::bigint;
  first bigint;
  gone bigint;
begin
  if months is null or months < 24 then
    raise exception 'the audit log is kept for 24 months at least, not %', coalesce(months::text, 'for an unknown time');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('seloste.audit-prune', 0));
  first := coalesce((select max(p.minimum_index) from audit_pruning p), 0);
  if cutoff is null or cutoff > now() - make_interval(months => months) or upto is null or upto % 256 <> 0 or upto <= first
    or upto > coalesce((select max(c.size) from audit_checkpoint c where c.signed_at < now()), 0) then
    raise exception 'nothing of the audit log is removed up to % of before %', upto, cutoff;
  end if;
  insert into announced_version_kept (version, hash)
    select (e.detail ->> 'version')::integer, e.detail ->> 'hash'
    from audit_leaf l join audit_entry e on e.seq = l.seq
    where l.index >= first and l.index < upto
      and e.action in ('description.installed', 'description.approved') and e.result = 'ok';
  perform set_config('seloste.pruning', pg_current_xact_id()::text, true);
  delete from audit_entry e using audit_leaf l where l.seq = e.seq and l.index >= first and l.index < upto;
  get diagnostics gone = row_count;
  perform set_config('seloste.pruning', '', true);
  insert into audit_pruning (minimum_index, before) values (upto, cutoff);
  insert into audit_entry (action, result, object_kind, detail) values ('log.pruned', 'ok', 'log', signed);
  return gone;
end $$;
revoke execute on function prune_audit(jsonb) from public;
grant execute on function prune_audit(jsonb) to seloste_custodian;
