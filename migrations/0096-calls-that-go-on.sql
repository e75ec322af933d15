-- As 0095-what-is-over-stays.sql has them, and a part that goes on has no end: greatest() would have given it one. A call that is over
-- and is told as going on stays over.

create or replace function part_stays_when_over() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  is_over boolean := old.ended_at < now() - interval '1 day';
  earliest timestamptz := old.contact_started_at - interval '1 day';
  latest timestamptz := greatest(old.ended_at, old.contact_started_at + interval '1 day');
begin
  if current_user = 'seloste_capture' then
    if is_over and 'end-inferred' = any (old.marks) then
      new.ended_at := coalesce(new.ended_at, old.ended_at);
    elsif is_over then
      new.ended_at := old.ended_at;
      new.answered_at := old.answered_at;
      new.official_name := old.official_name;
      new.official_phone := old.official_phone;
      new.marks := array_remove(new.marks, 'end-inferred');
    end if;
    -- A call that ended long before it began would have its terms behind it.
    if new.ended_at < earliest then
      new.ended_at := earliest;
    end if;
  end if;
  -- By what capture may call as well.
  if session_user = 'seloste_capture' and old.ended_at is not null and new.ended_at > latest then
    new.ended_at := latest;
  end if;
  return new;
end $$;

create or replace function call_ends_with_parts() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  last_end timestamptz;
begin
  if current_user <> 'seloste_capture' then
    return new;
  end if;
  if old.trunk is not null and new.trunk is distinct from old.trunk then
    raise exception 'contact % is of its trunk', old.id;
  end if;
  if (new.ended_at, new.history_ends_at) is distinct from (old.ended_at, old.history_ends_at) then
    select case when not bool_or(s.ended_at is null) then max(s.ended_at) end into last_end
    from segment s where s.contact_id = old.id and s.contact_started_at = old.started_at;
    if new.ended_at is null and last_end is not null then
      new.ended_at := old.ended_at;
      new.history_ends_at := old.history_ends_at;
      new.end_inferred := old.end_inferred;
    elsif (new.ended_at, new.history_ends_at) is distinct from (last_end, history_ends_after(last_end)) then
      raise exception 'contact % ends with the last of its parts', old.id;
    end if;
  end if;
  new.end_inferred := new.end_inferred and (old.end_inferred or old.ended_at is null or old.ended_at >= now() - interval '1 day');
  return new;
end $$;
