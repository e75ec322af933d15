-- Searching among tens of millions of contacts (R10, R21; docs/decisions/0062): indexes in the order of a list, the officials who
-- answered by month, and one function that walks the months from the newest on and stops when it has enough.

-- In the order of a list, newest first --------------------------------------------------------------------------------------

create index contact_number_newest on contact (number_called, started_at desc, id desc);
create index contact_withheld on contact (started_at desc, id desc) where caller_kind = 'withheld';
create index segment_number_newest on segment (number_reached, contact_started_at desc, contact_id desc);
create index segment_name_newest on segment (official_name, contact_started_at desc, contact_id desc) include (official_phone);
create index recording_available on recording (contact_started_at desc, contact_id desc) include (destroy_at)
  where state = 'STORED' and kept_at is not null;
create index recording_gone on recording (contact_started_at desc, contact_id desc) where state in ('DESTROYED', 'DESTROYING');

-- Who answered, and from which month to which: a part of a name is looked for among these, and not in every call. What it says stands in
-- segments of the last of them, and goes with them.
create table official_named (
  name text not null, phone text, unit_id uuid, person_id uuid, first_month date not null, last_month date not null,
  constraint official_named_once unique nulls not distinct (name, phone, unit_id, person_id)
);
insert into official_named
select official_name, official_phone, official_unit_id, official_person_id,
  min(date_trunc('month', contact_started_at at time zone 'UTC')), max(date_trunc('month', contact_started_at at time zone 'UTC'))
from segment where official_name is not null group by 1, 2, 3, 4;

create function name_official() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  of_month date := date_trunc('month', new.contact_started_at at time zone 'UTC');
begin
  -- Looked for first: nearly always it is there, and then nobody waits for anybody.
  if not exists (
    select from official_named n where n.name = new.official_name and n.phone is not distinct from new.official_phone
      and n.unit_id is not distinct from new.official_unit_id and n.person_id is not distinct from new.official_person_id
      and of_month between n.first_month and n.last_month
  ) then
    insert into official_named as n values (new.official_name, new.official_phone, new.official_unit_id, new.official_person_id, of_month, of_month)
    on conflict on constraint official_named_once do update
      set first_month = least(n.first_month, excluded.first_month), last_month = greatest(n.last_month, excluded.last_month);
  end if;
  return null;
end $$;
create trigger names_official after insert or update of official_name, official_phone, official_unit_id, official_person_id on segment
  for each row when (new.official_name is not null) execute function name_official();

-- A month that goes is told of to its days, in the same transaction (drop_history_month).
create function forget_officials_named() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from official_named n
  where n.last_month < now() - interval '14 months' and to_regclass('public.segment' || to_char(n.last_month, '_YYYY_MM')) is null;
  return null;
end $$;
create constraint trigger forgets_officials after update of ended on history_day deferrable initially deferred
  for each row execute function forget_officials_named();

-- The search ----------------------------------------------------------------------------------------------------------------

-- Ids of the contacts that the viewer may see and a search finds, newest first, after one of them, at most so many. The rights are
-- the policies' (`desk_looks` in 0023-calls-of-requests.sql), said as conditions that an index answers; rows are read under the
-- policies afterwards, so that a mistake here shows less and never more. Each month is asked by itself, and planned alone: planning all
-- of them under the policies took ten times as long as reading a page.
-- official: a part of a name as ilike takes it; official_number: a telephone number; either will do. recorded: any, true, none,
-- available, destroyed.
create function search_contacts(
  from_at timestamptz, to_at timestamptz, going_on_at timestamptz, withheld boolean, caller text, called text, official text,
  official_number text, recorded text, after_at timestamptz, after_id uuid, most integer
) returns table (started_at timestamptz, id uuid)
language plpgsql stable security definer rows 1000 set search_path = pg_catalog, public, pg_temp
-- A walk in the order of an index ends when there are enough, which the planner does not see.
set max_parallel_workers_per_gather = 0 set enable_bitmapscan = off set enable_seqscan = off set enable_sort = off as $$
#variable_conflict use_column
declare
  right_now constant timestamptz := register_now();
  -- So many of a way tell how thick it lies.
  enough constant integer := 1000;
  most_names constant integer := 100;
  of_all boolean;
  own uuid;
  units uuid[];
  numbers text[];
  served uuid[];
  parts uuid[];
  overdue uuid[];
  names text[];
  month timestamptz;
  month_ends timestamptz;
  -- Conditions on a contact c, a segment s, a recording r, and on d, which is being looked at.
  of_month text;
  after text := case when after_at is null then '' else ' and ({at}, {id}) < ($13, $14)' end;
  of_contact text;
  seen text := 'true';
  named constant text := '(s.official_name ilike $4 or s.official_phone = $5)';
  gone constant text := '(r.state in (''DESTROYED'', ''DESTROYING'') or r.destroy_at <= $11)';
  wanted text := 'true';
  -- Ways through a month, each in the order of an index; and what is left to be asked of each contact on the way.
  contacts text;
  segments text;
  recordings text;
  in_month text;
  part_of text;
  contact_of text;
  recorded_part text;
  -- In each branch: then the database merges them as it goes, and sorts nothing.
  newest_first constant text := ' order by 1 desc, 2 desc)';
  ways text[];
  way text;
  probes text[];
  counted integer;
  best integer;
  best_counted integer;
  reaches timestamptz;
  best_reaches timestamptz;
  remaining integer := most;
begin
  if confined_to() is not null or not log_is_whole() then
    return;
  end if;
  select sees_all(), sees_own(), sees_units(), sees_numbers(), sees_contacts(), sees_segments()
    into of_all, own, units, numbers, served, parts;
  if not of_all then
    seen := '(s.official_person_id = $6 or s.official_unit_id = any ($7) or s.number_reached = any ($8) or s.id = any ($10))';
  end if;
  if recorded = 'destroyed' then
    wanted := gone;
    select coalesce(array_agg(r.contact_id), '{}') into overdue from recording r where r.destroy_at <= right_now and r.state <> 'DESTROYED';
  elsif recorded = 'available' then
    wanted := 'r.state = ''STORED'' and r.kept_at is not null and r.destroy_at > $11';
  end if;

  if official is not null then
    select array_agg(distinct n.name) into names from official_named n
    where (n.name ilike official or n.phone = official_number)
      and (of_all or n.person_id = own or n.unit_id = any (units) or numbers <> '{}' or served <> '{}');
    if names is null then
      return;
    end if;
  end if;

  month_ends := date_trunc('month', least(to_at, after_at + interval '1 microsecond', right_now + interval '1 day'), 'UTC');
  month_ends := (month_ends at time zone 'UTC' + interval '1 month') at time zone 'UTC';
  while remaining > 0 and month_ends > greatest(from_at, right_now - interval '15 months') loop
    month := (month_ends at time zone 'UTC' - interval '1 month') at time zone 'UTC';
    -- With literal bounds the database plans the one month alone.
    of_month := format('{at} >= %L and {at} < %L', greatest(month, from_at), least(month_ends, to_at)) || after;
    contacts := '(select c.started_at as at, c.id from contact c where ' || replace(replace(of_month, '{at}', 'c.started_at'), '{id}', 'c.id');
    segments := '(select s.contact_started_at as at, s.contact_id as id from segment s where '
      || replace(replace(of_month, '{at}', 's.contact_started_at'), '{id}', 's.contact_id');
    recordings := '(select r.contact_started_at as at, r.contact_id as id from recording r where '
      || replace(replace(of_month, '{at}', 'r.contact_started_at'), '{id}', 'r.contact_id');
    in_month := format('s.contact_started_at >= %L and s.contact_started_at < %L and ', month, month_ends);
    part_of := 's.contact_id = d.id and s.contact_started_at = d.at and ' || in_month;
    contact_of := format('select true from contact c where c.id = d.id and c.started_at = d.at and c.started_at >= %L and c.started_at < %L and ',
      month, month_ends);
    of_contact := concat_ws(' and ', 'true',
      case when going_on_at > month then 'coalesce(c.ended_at, $11) >= $1' end,
      case when withheld then 'c.caller_kind = ''withheld''' end,
      case when caller is not null then 'c.caller_key = $2' end,
      case when called is not null then 'c.number_called = $3' end,
      -- No call of the last 13 months is over its term.
      case when month < right_now - interval '13 months' then 'history_end(c.history_ends_at, c.started_at) > $11' end);

    -- Whose recording is not seen is none.
    recorded_part := case when of_all then '' else ' and (select true from segment s where ' || in_month
      || 's.id = r.segment_id and s.contact_started_at = r.contact_started_at and ' || seen || ')' end;

    -- 1: by contact, 2: by official, 3: by recording, 4: by whose calls they are.
    ways := array[
      case when caller is not null or called is not null or withheld then contacts || ' and ' || of_contact || newest_first end,
      case when cardinality(names) <= most_names then
        (select string_agg(segments || format(' and s.official_name = %L and ', n) || named || newest_first, ' union all ') from unnest(names) n) end,
      case recorded
        when 'available' then recordings || ' and ' || wanted || '{seen}' || newest_first
        when 'destroyed' then recordings || ' and r.state in (''DESTROYED'', ''DESTROYING'')' || '{seen}' || newest_first || ' union all '
          || '(select at, id from ' || recordings || ' and r.contact_id = any ($12) and ' || wanted || '{seen} offset 0) few' || newest_first end,
      case when not of_all then array_to_string(array[
        case when own is not null then segments || ' and s.official_person_id = $6' || newest_first end,
        (select string_agg(segments || format(' and s.official_unit_id = %L', u) || newest_first, ' union all ') from unnest(units) u),
        (select string_agg(segments || format(' and s.number_reached = %L', n) || newest_first, ' union all ') from unnest(numbers) n),
        (select string_agg(contacts || format(' and c.number_called = %L', n) || newest_first, ' union all ') from unnest(numbers) n),
        case when served <> '{}' then '(select at, id from ' || contacts || ' and c.id = any ($9) offset 0) few' || newest_first end], ' union all ') end];
    if not of_all and coalesce(ways[4], '') = '' then
      return;
    end if;

    -- The one with the fewest of this month; of those that have many, the one whose newest thousand go back the furthest.
    best := null;
    for n in 1..4 loop
      if ways[n] is not null then
        if cardinality(array_remove(ways, null)) > 1 then
          execute 'select count(*), min(at) from (select at from (' || replace(ways[n], '{seen}', '') || ') w order by at desc limit ' || enough || ') c'
            into counted, reaches using going_on_at, caller, called, official, official_number, own, units, numbers, served, parts, right_now,
              overdue, after_at, after_id;
        end if;
        if best is null or counted < best_counted or counted = best_counted and reaches < best_reaches then
          best := n;
          best_counted := counted;
          best_reaches := reaches;
        end if;
      end if;
    end loop;
    way := replace(coalesce(ways[best], contacts || ' and ' || of_contact || newest_first), '{seen}', recorded_part);
    best := coalesce(best, 1);

    -- Each as a scalar, that the database asks in turn until there are enough.
    probes := array['true'];
    if best <> 1 and of_contact <> 'true' then
      probes := probes || ('(' || contact_of || of_contact || ')');
    end if;
    if official is not null and (best <> 2 or not of_all) then
      probes := probes || ('(select true from segment s where ' || part_of || named || ' and ' || seen || ' limit 1)');
    elsif not of_all and best <> 4 and recorded in ('any', 'none') then
      -- Whoever sees its official or its recording sees the contact.
      probes := probes || ('(' || concat_ws(' or ',
        case when served <> '{}' then 'd.id = any ($9)' end,
        case when numbers <> '{}' then '(' || contact_of || 'c.number_called = any ($8))' end,
        '(select true from segment s where ' || part_of || seen || ' limit 1)') || ')');
    end if;
    if recorded <> 'any' and best <> 3 then
      probes := probes || ('(select true from recording r where r.contact_id = d.id and ' || wanted || recorded_part || ' limit 1) is '
        || case recorded when 'none' then '' else 'not ' end || 'null');
    end if;
    return query execute 'select d.at, d.id from (select distinct on (at, id) at, id from (' || way || ') w order by at desc, id desc) d where '
      || array_to_string(probes, ' and ') || ' order by d.at desc, d.id desc limit $15'
      using going_on_at, caller, called, official, official_number, own, units, numbers, served, parts, right_now, overdue, after_at, after_id,
        remaining;
    get diagnostics counted = row_count;
    remaining := remaining - counted;
    month_ends := month;
  end loop;
end $$;

-- Parts of contacts, under the policies. A function, because a connection then plans it once.
create function segments_by_contact(contacts uuid[], starts timestamptz[]) returns setof segment
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select s.* from unnest(contacts, starts) as wanted (contact_id, started_at)
    join segment s on s.contact_id = wanted.contact_id and s.contact_started_at = wanted.started_at order by s.seq;
end $$;

-- Over 0023-calls-of-requests.sql: whether the viewer sees a part of a contact is asked by a function. Within the policy it was planned for
-- every month of the parts in each month of the contacts: a tenth of a second whenever a connection was new.
create function sees_part_of(contact uuid, started timestamptz, own uuid, units uuid[], numbers text[], parts uuid[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from segment s
    where s.contact_id = sees_part_of.contact and s.contact_started_at = started and (s.official_person_id = own or s.official_unit_id = any (units)
      or s.number_reached = any (numbers) or s.id = any (parts))
  );
end $$;
drop policy desk_looks on contact;
create policy desk_looks on contact for select to seloste_desk using (
  history_end(history_ends_at, started_at) > (select register_now())
  and (
    (select sees_all())
    or number_called = any ((select sees_numbers())::text[])
    or id = any ((select sees_contacts())::uuid[])
    or sees_part_of(id, started_at, (select sees_own()), (select sees_units()), (select sees_numbers()), (select sees_segments()))
  )
);

-- What it replaces.
drop function reached_contacts(uuid, uuid[], timestamptz, timestamptz, timestamptz, uuid, integer);

revoke execute on function name_official(), forget_officials_named(), segments_by_contact(uuid[], timestamptz[]),
  sees_part_of(uuid, timestamptz, uuid, uuid[], text[], uuid[]),
  search_contacts(timestamptz, timestamptz, timestamptz, boolean, text, text, text, text, text, timestamptz, uuid, integer) from public;
grant execute on function segments_by_contact(uuid[], timestamptz[]), sees_part_of(uuid, timestamptz, uuid, uuid[], text[], uuid[]),
  search_contacts(timestamptz, timestamptz, timestamptz, boolean, text, text, text, text, text, timestamptz, uuid, integer) to seloste_desk;
