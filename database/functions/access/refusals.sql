-- Refuses with a code (SQLSTATE SE001) where a condition holds, as src/safeguards/access/ask-of-database.ts returns it.
-- `of_what`: more about it, in the error's detail.
create or replace function refuse_if(wrong boolean, code text, of_what text default null) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if wrong then
    raise exception '%', code using errcode = 'SE001', detail = coalesce(of_what, '');
  end if;
end $$;
