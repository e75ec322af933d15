-- The audit log as a Merkle tree (RFC 6962): leaves, checkpoints, witnesses, pruning (R21, L19). docs/formats/audit-log.md
-- says how an entry becomes a leaf.
--
-- Whoever appends an entry only inserts it, in the transaction of what it is about. The custodian's sequencer takes it into
-- the tree within about a second. A NOTIFY for each entry would make every commit wait for the one before it.

-- The salt keeps a leaf's hash from telling what the entry said, to witnesses and after pruning.
alter table audit_entry add column salt uuid not null default gen_random_uuid();

-- Entries that are not in the tree yet.
create table audit_pending (seq bigint primary key);
insert into audit_pending select seq from audit_entry order by seq;

create table audit_leaf (
  index bigint primary key check (index >= 0),
  -- None where the entry was lost and only its hash could be brought back.
  seq bigint unique,
  hash bytea not null check (octet_length(hash) = 32)
);

-- Roots over 256^level whole leaves: the members of the tiles above level 0.
create table audit_subtree (
  level smallint not null check (level between 1 and 7),
  index bigint not null check (index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, index)
);

create table audit_checkpoint (
  size bigint primary key check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  signed_at timestamptz not null default clock_timestamp()
);

create table audit_cosignature (
  size bigint not null references audit_checkpoint on delete cascade,
  witness text not null,
  line text not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (size, witness)
);

-- What was pruned: below the minimum index there are hashes and no entries.
create table audit_pruning (
  minimum_index bigint primary key check (minimum_index > 0 and minimum_index % 256 = 0),
  before timestamptz not null,
  at timestamptz not null default clock_timestamp()
);

-- What pruned entries told of the description's versions (announced_versions()): a version outlives its entry.
create table announced_version_kept (version integer not null, hash text not null);
create or replace function announced_versions() returns table (version integer, hash text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (detail ->> 'version')::integer, detail ->> 'hash' from audit_entry
  where action in ('description.installed', 'description.approved') and result = 'ok'
  union all
  select version, hash from announced_version_kept
$$;

-- What was found wrong with the log. While one is not accepted, nothing is signed and nobody looks.
create table audit_break (
  id bigint generated always as identity primary key,
  found_at timestamptz not null default clock_timestamp(),
  findings jsonb not null,
  accepted_at timestamptz,
  reason text,
  accepted_by text,
  check ((accepted_at is null) = (reason is null) and (accepted_at is null) = (accepted_by is null))
);
create unique index audit_break_open on audit_break ((true)) where accepted_at is null;

create trigger append_only before update or delete or truncate on audit_leaf for each statement execute function append_only();
create trigger append_only before update or delete or truncate on audit_subtree for each statement execute function append_only();
create trigger append_only before update or delete or truncate on audit_pruning for each statement execute function append_only();
create trigger append_only before update or delete or truncate on announced_version_kept for each statement execute function append_only();

-- Entries go by prune_audit() and in no other way.
create function audit_entry_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('seloste.pruning', true) = pg_current_xact_id()::text then
    return null;
  end if;
  raise exception '% is append-only', tg_table_name;
end $$;
drop trigger append_only on audit_entry;
create trigger append_only before update or delete or truncate on audit_entry for each statement execute function audit_entry_stays();

-- Appending -----------------------------------------------------------------------------------------------------------

create function log_is_whole() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select not exists (select from audit_break where accepted_at is null)
$$;

-- Fail closed: a look of the desk's has no trace that can be trusted while the log is broken, so there is none.
create function note_pending() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if session_user = 'seloste_desk' and new.action in ('contacts.listed', 'contact.read', 'caller.revealed', 'calls.watched',
      'listening.started', 'shares.read', 'extract.read') and exists (select from audit_break where accepted_at is null) then
    raise exception 'the audit log is broken: nobody looks until an operator has accepted the break' using errcode = 'SL001';
  end if;
  -- An entry must fit into a bundle of tlog-tiles: 65,535 bytes of JSON, in which a character can take six. (A constraint
  -- would be parsed anew by every statement; nothing compresses 50,000 bytes to 400.)
  if pg_column_size(new.detail) > 400 and octet_length(new.detail::text) > 50000
    or octet_length(new.action) + octet_length(new.result) > 500
    or octet_length(new.reference) > 1000
    or coalesce(octet_length(new.role), 0) + coalesce(octet_length(new.purpose), 0) + coalesce(octet_length(new.object_kind), 0) > 500
  then
    raise exception 'an entry of the audit log is too large' using errcode = 'check_violation';
  end if;
  insert into audit_pending values (new.seq);
  return null;
end $$;
create trigger pending after insert on audit_entry for each row execute function note_pending();

-- A desk that does not append sees nothing then either.
create policy log_whole on contact as restrictive for select to seloste_desk using ((select log_is_whole()));
create policy log_whole on segment as restrictive for select to seloste_desk using ((select log_is_whole()));
create policy log_whole on recording as restrictive for select to seloste_desk using ((select log_is_whole()));
create policy log_whole on listening as restrictive for insert to seloste_desk with check ((select log_is_whole()));

-- Pruning -------------------------------------------------------------------------------------------------------------

-- Removes entries older than so many months, whole tiles of 256 from the beginning, at most a million at a time. Hashes
-- stay. An entry may be about a contact for 14 months after it was written: two years is the least that is kept.
create function prune_audit(months integer) returns table (minimum_index bigint, entries bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  cutoff timestamptz;
  first bigint;
  upto bigint;
  sealed bigint;
  newest timestamptz;
  gone bigint;
begin
  if months is null or months < 24 then
    raise exception 'the audit log is kept for 24 months at least, not %', coalesce(months::text, 'for an unknown time');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('seloste.audit-prune', 0));
  -- A clock that has jumped ahead makes nothing old: somebody has a day to see it.
  if not exists (select from audit_checkpoint c where c.signed_at between now() - interval '14 days' and now() - interval '1 day') then
    return;
  end if;
  cutoff := now() - make_interval(months => months);
  first := coalesce((select max(p.minimum_index) from audit_pruning p), 0);
  sealed := coalesce((select max(c.size) from audit_checkpoint c where c.signed_at < now()), 0);
  upto := first;
  while upto + 256 <= sealed and upto - first < 1000000 loop
    select max(e.at) into newest from audit_leaf l join audit_entry e on e.seq = l.seq
      where l.index >= upto and l.index < upto + 256;
    exit when newest >= cutoff;
    upto := upto + 256;
  end loop;
  if upto = first then
    return;
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
  insert into audit_entry (action, result, object_kind, detail)
    values ('log.pruned', 'ok', 'log', jsonb_build_object('minimumIndex', upto, 'entries', gone,
      'before', to_char(cutoff at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'months', months));
  return query select upto, gone;
end $$;

-- Of the checkpoints of the last hour all stay, of the week before that the last of each minute, then the last of each hour.
create function thin_checkpoints() returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  gone bigint;
begin
  delete from audit_checkpoint c
  using (
    select size, signed_at, lead(signed_at) over (order by size) as next_at,
      case when signed_at < now() - interval '7 days' then 'hour' else 'minute' end as stretch
    from audit_checkpoint
  ) o
  where o.size = c.size and o.signed_at < now() - interval '1 hour'
    and date_trunc(o.stretch, o.next_at) = date_trunc(o.stretch, o.signed_at);
  get diagnostics gone = row_count;
  return gone;
end $$;

-- Who may touch what --------------------------------------------------------------------------------------------------

-- The custodian reads entries to hash and to verify them; nobody's process can change one.
grant select on audit_entry to seloste_custodian;
create policy custodian_seals on audit_entry for select to seloste_custodian using (true);
grant select, delete on audit_pending to seloste_custodian;
grant select, insert on audit_leaf, audit_subtree to seloste_custodian;
grant select on audit_checkpoint, audit_cosignature, audit_pruning, audit_break to seloste_custodian;
grant insert (size, root, note) on audit_checkpoint to seloste_custodian;
grant insert (size, witness, line) on audit_cosignature to seloste_custodian;
grant insert (findings) on audit_break to seloste_custodian;

-- What the desk hands to witnesses: hashes, and what is signed.
grant select (index, hash) on audit_leaf to seloste_desk;
grant select on audit_subtree, audit_checkpoint, audit_cosignature to seloste_desk;

-- Who holds a lock keeps others from their work: from the sequencer's, the sweep's, the watch's. The desk takes none; the
-- directory's turn is the database's to give.
create or replace function lock_directory() returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select pg_advisory_xact_lock(hashtext('seloste.directory'))
$$;
do $$
declare
  f regprocedure;
begin
  for f in select p.oid from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
    and p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
  loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to seloste_capture, seloste_custodian', f);
  end loop;
end $$;

revoke execute on function audit_entry_stays(), log_is_whole(), note_pending(), prune_audit(integer), thin_checkpoints() from public;
grant execute on function log_is_whole() to seloste_desk, seloste_custodian;
grant execute on function prune_audit(integer), thin_checkpoints() to seloste_custodian;
