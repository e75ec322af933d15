-- Entries are removed by prune_audit() alone.
create or replace function audit_entry_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('seloste.pruning', true) = pg_current_xact_id()::text then
    return null;
  end if;
  raise exception '% is append-only', tg_table_name;
end $$;

create or replace function log_is_whole() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select not exists (select from audit_break where accepted_at is null)
$$;
grant execute on function log_is_whole to seloste_custodian, seloste_desk;

-- Fails closed: while the log is broken, an access of the desk's would leave no trace to rely on, so it is refused.
create or replace function record_audit_pending() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_desk' and exists (select from inserted t where t.action in ('contacts.listed', 'contact.read', 'caller.revealed',
      'calls.watched', 'listening.started', 'shares.read', 'extract.read')) and exists (select from audit_break where accepted_at is null) then
    raise exception 'the audit log is broken: access is refused until an operator has accepted the break' using errcode = 'SL001';
  end if;
  if exists (
    select from inserted t
    where pg_column_size(t.detail) > 400 and octet_length(t.detail::text) > 50000 or octet_length(t.action) + octet_length(t.result) > 500
      or octet_length(t.reference) > 1000
      or coalesce(octet_length(t.role), 0) + coalesce(octet_length(t.purpose), 0) + coalesce(octet_length(t.object_kind), 0) > 500
  ) then
    raise exception 'an entry of the audit log is too large' using errcode = 'check_violation';
  end if;
  insert into audit_pending select t.seq from inserted t;
  return null;
end $$;

-- Deletes checkpoints except all of the last hour, the last of each minute of the week before, and the last of each hour before that.
-- Returns the number deleted.
create or replace function prune_checkpoints() returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  removed bigint;
begin
  delete from audit_checkpoint c
  using (
    select size, signed_at, lead(signed_at) over (order by size) as next_at,
      case when signed_at < now() - interval '7 days' then 'hour' else 'minute' end as stretch
    from audit_checkpoint
  ) o
  where o.size = c.size and o.signed_at < now() - interval '1 hour'
    and date_trunc(o.stretch, o.next_at) = date_trunc(o.stretch, o.signed_at);
  get diagnostics removed = row_count;
  return removed;
end $$;
grant execute on function prune_checkpoints to seloste_custodian;

-- Removes entries older than the given months: whole tiles of 256 from the beginning to the given index. Hashes stay. The minimum
-- is two years, because an entry may concern a contact for 14 months after it was written.
create or replace function prune_audit(signed jsonb) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  months integer := (signed ->> 'months')::integer;
  cutoff timestamptz := (signed ->> 'before')::timestamptz;
  upto bigint := (signed ->> 'minimumIndex')::bigint;
  first bigint;
  removed bigint;
begin
  if months is null or months < 24 then
    raise exception 'the audit log is kept for 24 months at least, not %', coalesce(months::text, 'for an unknown time');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('seloste.audit-prune', 0));
  first := coalesce((select max(p.minimum_index) from audit_pruning p), 0);
  if cutoff is null or cutoff > now() - make_interval(months => months) or upto is null or upto % 256 <> 0 or upto <= first
    or upto > coalesce((select max(c.size) from audit_checkpoint c where c.signed_at < now()), 0) then
    raise exception 'the audit log cannot be pruned up to index % before %', upto, cutoff;
  end if;
  insert into announced_version_kept (version, hash)
    select (e.detail ->> 'version')::integer, e.detail ->> 'hash'
    from audit_leaf l join audit_entry e on e.seq = l.seq
    where l.index >= first and l.index < upto
      and e.action in ('description.installed', 'description.approved') and e.result = 'ok';
  -- Repeats the verifiers that people still sign in with, or signed in with when the oldest remaining entries were written.
  insert into audit_entry (action, object_kind, object_id, result, detail)
    with pruned as materialized (
      select l.seq from audit_leaf l where l.index >= first and l.index < upto
      -- Its first entry was pruned earlier, and the entry that repeats it is pruned now.
      union select (e.detail ->> 'since')::bigint from audit_leaf l join audit_entry e on e.seq = l.seq
        where l.index >= first and l.index < upto and e.action = 'credential.recorded'
    )
    select 'credential.recorded', 'person', v.person, 'ok', jsonb_build_object('since', v.seq, 'verifiers', jsonb_agg(v.verifier order by v.verifier))
    from logged_verifiers() v
    where v.seq in (select p.seq from pruned p) and (v.replaced_by is null or v.replaced_by not in (select p.seq from pruned p where p.seq is not null))
    group by v.person, v.seq;
  perform set_config('seloste.pruning', pg_current_xact_id()::text, true);
  delete from audit_entry e using audit_leaf l where l.seq = e.seq and l.index >= first and l.index < upto;
  get diagnostics removed = row_count;
  perform set_config('seloste.pruning', '', true);
  insert into audit_pruning (minimum_index, before) values (upto, cutoff);
  insert into audit_entry (action, result, object_kind, detail) values ('log.pruned', 'ok', 'log', signed);
  return removed;
end $$;
grant execute on function prune_audit to seloste_custodian;
