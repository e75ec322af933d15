-- A month of history of which a part is being vacuumed is busy, and tried again; 0018 took the locks of its parts only as it
-- dropped them, and failed (R22).

create or replace function drop_history_month(of_month date) returns table (outcome text, contacts bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '250ms' as $$
declare
  part text := to_char(of_month, '_YYYY_MM');
  begins timestamptz := of_month::timestamp at time zone 'UTC';
  ends timestamptz := (of_month + interval '1 month')::timestamp at time zone 'UTC';
  first_day date := helsinki_day(begins);
  last_day date := helsinki_day(ends - interval '1 microsecond');
  first_left bigint;
  last_left bigint;
begin
  outcome := history_month_stands(of_month);
  contacts := 0;
  if outcome is null then
    begin
      lock table only contact, only segment, only call_identity in access exclusive mode;
      execute format('lock table public.%I, public.%I, public.%I in access exclusive mode', 'call_identity' || part, 'segment' || part,
        'contact' || part);
      outcome := history_month_stands(of_month);
    exception when lock_not_available or deadlock_detected then
      outcome := 'busy';
    end;
  end if;
  if outcome is not null then
    return next;
    return;
  end if;
  -- The month's first and last local day are not wholly of it: what is in it of them is counted, the others are known.
  execute format('select count(*) filter (where started_at < $1), count(*) filter (where started_at >= $2) from public.%I
    where started_at < $1 or started_at >= $2', 'contact' || part)
    into first_left, last_left using day_begins(first_day + 1), day_begins(last_day);
  with counted as (
    select d.day, case d.day when first_day then first_left when last_day then last_left
      else (select coalesce(sum(h.contacts), 0) from history_count h where h.day = d.day) - d.ended end as gone
    from history_day d where d.day between first_day and last_day
  ), noted as (
    update history_day d set ended = d.ended + c.gone from counted c where d.day = c.day returning c.gone
  )
  select coalesce(sum(gone), 0)::bigint into contacts from noted;
  execute format('drop table public.%I, public.%I, public.%I', 'call_identity' || part, 'segment' || part, 'contact' || part);
  outcome := 'dropped';
  return next;
end $$;
