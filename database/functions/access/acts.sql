-- Raises `code` with SQLSTATE SE001 if `wrong` is true; src/safeguards/access/database-request.ts returns it as a refusal. `details` becomes
-- the error's detail.
create or replace function refuse_if(wrong boolean, code text, details text default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if wrong then
    raise exception '%', code using errcode = 'SE001', detail = coalesce(details, '');
  end if;
end $$;
grant execute on function refuse_if to seloste_desk;

-- Logs an act of the viewer under a right.
create or replace function record_act(action text, held access_right, purpose text, kind text, object uuid, detail jsonb,
  reference text default null) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_entry (person_id, right_id, role, action, purpose, reference, object_kind, object_id, result, detail)
  values (viewer(), held.id, held.role, action, purpose, record_act.reference, kind, object, 'ok', record_act.detail)
$$;
