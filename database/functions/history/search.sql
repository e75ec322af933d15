create or replace function name_official() returns trigger
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

-- A month that goes is told of to its days, in the same transaction (drop_history_month).
create or replace function forget_officials_named() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from official_named n
  where n.last_month < now() - interval '14 months' and to_regclass('public.segment' || to_char(n.last_month, '_YYYY_MM')) is null;
  return null;
end $$;

-- Ids of the contacts that the viewer may see and a search finds, newest first, after one of them, at most so many. The rights are
-- the policies' (`desk_looks` in requests/calls.sql), said as conditions that an index answers; rows are read under the
-- policies afterwards, so that a mistake here shows less and never more. Each month is asked by itself, and planned alone: planning all
-- of them under the policies took ten times as long as reading a page.
-- official: a part of a name as ilike takes it; official_number: a telephone number; either will do. recorded: any, true, none,
-- available, destroyed.
-- Each statement has, in both places where one runs: $1 going_on_at, $2 caller, $3 called, $4 official, $5 official_number, $6 own,
-- $7 units, $8 numbers, $9 served, $10 parts, $11 right_now, $12 overdue, $13 after_at, $14 after_id, $15 remaining, $16 own_as,
-- $17 and $18 the month, $19 overdue_calls, $20 not_over. What is asked of a contact whichever way it is found is a line of of_contact.
-- An official's name may hold any letters, `{seen}` among them, which was taken for a place in the search to be filled; and
-- recordings of a contact are looked for by its instant as well, so that those of one day lie together.
create or replace function search_contacts(
  from_at timestamptz, to_at timestamptz, going_on_at timestamptz, withheld boolean, caller text, called text, official text,
  official_number text, recorded text, after_at timestamptz, after_id uuid, most integer
) returns table (started_at timestamptz, id uuid)
language plpgsql stable security definer rows 1000 set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan
-- A walk in the order of an index ends when there are enough, which the planner does not see; two walks are merged as they go.
set max_parallel_workers_per_gather = 0 set enable_bitmapscan = off set enable_seqscan = off set enable_sort = off set enable_nestloop = off
set enable_hashjoin = off as $$
#variable_conflict use_column
declare
  right_now constant timestamptz := register_now();
  -- So many of a way tell how thick it lies; with fewer than few no other is looked at.
  enough constant integer := 1000;
  few constant integer := 100;
  most_names constant integer := 100;
  of_all boolean;
  own uuid;
  units uuid[];
  numbers text[];
  served uuid[];
  parts uuid[];
  -- The viewer's rows of official_named.
  own_as integer[] := '{}';
  -- Whether the viewer sees every contact that the search may find; and whether only calls that requests name, so that not even the time
  -- that it takes may tell of others.
  is_seen boolean;
  only_serves boolean;
  -- Recordings that are over and not destroyed yet, their calls, and those of these calls that are not over.
  overdue uuid[] := '{}';
  overdue_calls uuid[] := '{}';
  not_over uuid[] := '{}';
  named_ways text[];
  -- Those meant, and of them those whose calls the viewer sees by themselves.
  officials integer[];
  sure integer[];
  month timestamptz;
  month_ends timestamptz;
  -- What is asked of contacts in this month and was not in others.
  going_on boolean;
  is_old boolean;
  told text := '';
  -- Conditions on a contact c, a segment s, a recording r, a recorded part p, and on d, which is being looked at. A month's bounds are $17
  -- and $18: given with the statement they plan as literals do, and the database plans the one month alone.
  of_contact text;
  of_its_contact text;
  of_state text[];
  -- Which number was called is known to each of them.
  of_number constant text := case when called is null then '' else ' and p.number_called = $3' end;
  part_of_number constant text := case when called is null then '' else ' and coalesce(s.number_called, s.number_reached) = $3' end;
  contact_of_number constant text := case when called is null then '' else ' and c.number_called = $3' end;
  seen text := 'true';
  seen_recording text := '';
  named constant text := '(s.official_name ilike $4 or s.official_phone = $5)';
  wanted text := 'true';
  recorded_part text := '';
  -- Ways through a month, each in the order of an index; and what is left to be asked of each contact on the way.
  bounds constant text := '{at} >= $17 and {at} < $18' || case when after_at is null then '' else ' and ({at}, {id}) < ($13, $14)' end;
  contacts constant text := '(select c.started_at as at, c.id from contact c where '
    || replace(replace(bounds, '{at}', 'c.started_at'), '{id}', 'c.id');
  segments constant text := '(select s.contact_started_at as at, s.contact_id as id from segment s where '
    || replace(replace(bounds, '{at}', 's.contact_started_at'), '{id}', 's.contact_id');
  recordings constant text := '(select p.contact_started_at as at, p.contact_id as id from recorded_part p where '
    || replace(replace(bounds, '{at}', 'p.contact_started_at'), '{id}', 'p.contact_id');
  in_month constant text := 's.contact_started_at >= $17 and s.contact_started_at < $18 and ';
  part_of constant text := in_month || 's.contact_id = d.id and s.contact_started_at = d.at and ';
  contact_of constant text := 'select true from contact c where c.started_at >= $17 and c.started_at < $18 and ';
  -- In each branch: then the database merges them as it goes, and sorts nothing.
  newest_first constant text := ' order by 1 desc, 2 desc)';
  ways text[];
  way integer;
  keys text[];
  is_by_official boolean := false;
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
  -- A desk that leaves it out is told of no more contacts than one that says `any`.
  recorded := coalesce(recorded, 'any');
  select sees_all(), sees_own(), sees_units(), sees_numbers(), sees_contacts(), sees_segments()
    into of_all, own, units, numbers, served, parts;
  only_serves := not of_all and own is null and units = '{}' and numbers = '{}';
  if only_serves and served = '{}' then
    return;
  end if;
  is_seen := of_all or coalesce(called = any (numbers), false);
  if not of_all then
    seen := '(s.official_person_id = $6 or s.official_unit_id = any ($7) or s.number_reached = any ($8) or s.id = any ($10))';
    if own is not null then
      own_as := array(select n.id from official_named n where n.person_id = own);
    end if;
    -- Whose recording is not seen is none.
    seen_recording := ' and (p.official = any ($16) or p.official_unit_id = any ($7) or p.number_reached = any ($8) or p.segment_id = any ($10))';
    recorded_part := ' and (select true from segment s where ' || in_month
      || 's.id = r.segment_id and s.contact_started_at = r.contact_started_at and ' || seen || ')';
  end if;
  if recorded in ('available', 'destroyed') then
    select coalesce(array_agg(r.id), '{}'), coalesce(array_agg(r.contact_id), '{}') into overdue, overdue_calls
    from recording r where r.destroy_at <= right_now and r.state <> 'DESTROYED';
    if overdue <> '{}' then
      not_over := array(select r.id from recording r where r.contact_id = any (overdue_calls) and r.destroy_at > right_now);
    end if;
    wanted := case recorded when 'destroyed' then '(r.state in (''DESTROYED'', ''DESTROYING'') or r.destroy_at <= $11)'
      else 'r.state = ''STORED'' and r.kept_at is not null and r.destroy_at > $11' end;
  end if;
  of_state := case recorded
    -- Of calls, which the index has.
    when 'available' then array[' and p.state = ''a''' || case when overdue = '{}' then '' else ' and p.contact_id <> all ($19)' end]
      || case when not_over <> '{}' then array[' and p.state = ''a'' and p.recording_id = any ($20)'] end
    when 'destroyed' then array[' and p.state = ''g''']
      || case when overdue <> '{}' then array[' and p.state <> ''g'' and p.recording_id = any ($12)'] end
    when 'true' then array[' and p.state = ''a''', ' and p.state = ''g''', ' and p.state = ''o'''] end;

  if official is not null then
    -- Where all of a name are meant and seen, their segments need not be read.
    with meant as materialized (
      select o.id, o.name, o.name ilike official or coalesce(o.phone = official_number, false) as is_meant,
        of_all or coalesce(o.person_id = own, false) or coalesce(o.unit_id = any (units), false) as is_sure
      from official_named o
    ), by_name as (
      select ' and s.official_name = ' || quote_literal(m.name) || case when bool_and(m.is_meant) then '' else ' and ' || named end
        || case when bool_and(m.is_sure) then '' when own is null and units = '{}' and parts = '{}' then ' and s.number_reached = any ($8)'
          else ' and ' || seen end as way
      from meant m group by m.name having bool_or(m.is_meant and (m.is_sure or numbers <> '{}' or parts <> '{}'))
    )
    select (select array_agg(b.way) from by_name b), array_agg(m.id), coalesce(array_agg(m.id) filter (where m.is_sure), '{}')
      into named_ways, officials, sure
    from meant m where m.is_meant and (m.is_sure or numbers <> '{}' or parts <> '{}');
    if named_ways is null then
      return;
    end if;
  end if;

  month := date_trunc('month', least(to_at, after_at + interval '1 microsecond', right_now + interval '1 day'), 'UTC');
  month := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
  while remaining > 0 and month > greatest(from_at, right_now - interval '15 months') loop
    month_ends := month;
    month := (month_ends at time zone 'UTC' - interval '1 month') at time zone 'UTC';
    -- Most months have no call of a caller, and none to a number that few call. Of a caller nobody but who sees every call is told so by
    -- the time that it takes.
    if not only_serves and (
      of_all and caller is not null and not exists (
        select from contact c where c.caller_key = caller and c.started_at >= month and c.started_at < month_ends
      ) or called is not null and not exists (
        select from contact c where c.number_called = called and c.started_at >= month and c.started_at < month_ends
      )
    ) then
      continue;
    end if;
    going_on := coalesce(going_on_at > month, false);
    -- No call of the last 13 months is over its term.
    is_old := month < right_now - interval '13 months';

    if told <> concat(going_on, is_old) then
      told := concat(going_on, is_old);
      of_contact := concat_ws(' and ', 'true',
        case when going_on then '(c.started_at >= $1 or coalesce(c.ended_at, $11) >= $1)' end,
        case when withheld then 'c.caller_kind = ''withheld''' end,
        case when caller is not null then 'c.caller_key = $2' end,
        case when is_old then 'history_end(c.history_ends_at, c.started_at) > $11' end);
      of_its_contact := case when of_contact = 'true' then ''
        else ' and (' || contact_of || 'c.id = s.contact_id and c.started_at = s.contact_started_at and ' || of_contact || ')' end;
      best := null;
      ways := array_fill(null::text, array[5]);
      -- 1: by contact.
      if not only_serves and (caller is not null or of_state is null and is_seen and (called is not null or withheld)) then
        ways[1] := contacts || ' and ' || of_contact || contact_of_number || newest_first;
      end if;
      -- 2: by official, of the parts that the viewer sees.
      if not only_serves and caller is null and of_state is null and cardinality(named_ways) <= most_names then
        ways[2] := (select string_agg(segments || n || newest_first, ' union all ') from unnest(named_ways) n);
      end if;
      -- 3: by recording: of an official, in whichever part of the call, of a number, or all of them; 4: of whom the viewer sees.
      if not only_serves and caller is null and of_state is not null then
        is_by_official := coalesce(cardinality(officials) <= most_names, false);
        keys := null;
        if is_by_official then
          keys := array(select format(' and p.official = %s', o)
            || case when o = any (sure) then '' else ' and (p.number_reached = any ($8) or p.segment_id = any ($10))' end
            || case when of_all then '' else ' and (p.is_own or (select true from recorded_part o where o.recording_id = p.recording_id and o.is_own'
              || replace(seen_recording, 'p.', 'o.') || '))' end from unnest(officials) o);
        elsif called is not null or of_all then
          keys := array[' and p.is_own' || seen_recording];
        end if;
        ways[3] := (select string_agg(recordings || k || w || of_number || newest_first, ' union all ') from unnest(keys) k, unnest(of_state) w);
        if not is_by_official and not is_seen then
          keys := array(select format(' and p.official_unit_id = %L', u) from unnest(units) u)
            || array(select format(' and p.number_reached = %L', n) from unnest(numbers) n)
            || array(select format(' and p.official = %s', o) from unnest(own_as) o)
            || case when parts <> '{}' then array[' and p.segment_id = any ($10)'] end;
          -- An official who has answered no call.
          if keys = '{}' then
            return;
          end if;
          ways[4] := (select string_agg(recordings || ' and p.is_own' || k || w || of_number || newest_first, ' union all ')
            from unnest(keys) k, unnest(of_state) w);
        end if;
      end if;
      -- 5: by whose calls they are.
      if only_serves or caller is null and of_state is null and not is_seen and (ways[2] is null or called is not null or numbers <> '{}') then
        keys := array(select case
            when called is not null then segments || format(' and s.official_unit_id = %L and s.number_called is null and s.number_reached = $3', u)
              || of_its_contact || newest_first || ' union all '
              || segments || format(' and s.official_unit_id = %L and s.number_called = $3', u) || of_its_contact || newest_first
            when withheld then replace(segments, ' where ', ' join contact c on c.started_at = s.contact_started_at and c.id = s.contact_id
                where c.started_at >= $17 and c.started_at < $18 and ')
              || format(' and s.official_unit_id = %L and ', u) || of_contact || newest_first
            else segments || format(' and s.official_unit_id = %L', u) || of_its_contact || newest_first end from unnest(units) u)
          || array(select case when called is null then contacts || format(' and c.number_called = %L and ', n) || of_contact || newest_first
              || ' union all ' else '' end
            || segments || format(' and s.number_reached = %L and s.number_called is not null', n)
            || case when called is null then '' else ' and s.number_called = $3' end || of_its_contact || newest_first from unnest(numbers) n)
          || case when own is not null then array[segments || ' and s.official_person_id = $6' || part_of_number || of_its_contact || newest_first] end
          || case when served <> '{}' then array['(select at, id from ' || contacts || ' and c.id = any ($9) and ' || of_contact || contact_of_number
            || ' offset 0) few' || newest_first] end;
        ways[5] := array_to_string(keys, ' union all ');
      end if;
      if array_remove(ways, null) = '{}' then
        -- Everything, in its order.
        ways[1] := contacts || ' and ' || of_contact || contact_of_number || newest_first;
      end if;
    end if;

    -- The one with the fewest of this month; of those that have many, the one whose newest thousand go back the furthest, in the other months
    -- as well.
    if best is null or best_counted < enough then
      best := null;
      best_counted := null;
      foreach way in array array[1, 5, 2, 3, 4] loop
        continue when ways[way] is null;
        counted := enough;
        -- An official's calls are fewer than what lies thick, and many officials take long to plan.
        if way = 2 and best_counted >= enough and called is null then
          best := null;
        elsif cardinality(array_remove(ways, null)) > 1 then
          execute 'select count(*), min(at) from (select at from (' || ways[way] || ') w order by at desc limit ' || enough || ') c'
            into counted, reaches using going_on_at, caller, called, official, official_number, own, units, numbers, served, parts, right_now,
              overdue, after_at, after_id, remaining, own_as, greatest(month, from_at), least(month_ends, to_at), overdue_calls, not_over;
        end if;
        if best is null or counted < best_counted or counted = best_counted and reaches < best_reaches then
          best := way;
          best_counted := counted;
          best_reaches := reaches;
        end if;
        exit when best_counted < few;
      end loop;
      continue when best_counted = 0;

      -- Each as a scalar, that the database asks in turn until there are enough.
      probes := array['true'];
      if best in (2, 3, 4) and of_contact <> 'true' or best = 2 and called is not null then
        probes := probes || ('(' || contact_of || 'c.id = d.id and c.started_at = d.at and ' || of_contact || contact_of_number || ')');
      end if;
      if official is not null and best <> 2 and not (best = 3 and is_by_official) then
        probes := probes || ('(select true from segment s where ' || part_of || named || ' and ' || seen || ' limit 1)');
      elsif not is_seen and best = 1 and recorded in ('any', 'none') then
        -- Whoever sees its official or its recording sees the contact.
        probes := probes || ('(' || concat_ws(' or ',
          case when served <> '{}' then 'd.id = any ($9)' end,
          case when numbers <> '{}' then '(' || contact_of || 'c.id = d.id and c.started_at = d.at and c.number_called = any ($8))' end,
          '(select true from segment s where ' || part_of || seen || ' limit 1)') || ')');
      end if;
      if recorded <> 'any' and best not in (3, 4) then
        probes := probes || ('(select true from recording r where r.contact_id = d.id and r.contact_started_at = d.at and ' || wanted
          || recorded_part || ' limit 1) is ' || case recorded when 'none' then '' else 'not ' end || 'null');
      end if;
    end if;
    return query execute 'select d.at, d.id from (select distinct on (at, id) at, id from (' || ways[best]
      || ') w order by at desc, id desc) d where ' || array_to_string(probes, ' and ') || ' order by d.at desc, d.id desc limit $15'
      using going_on_at, caller, called, official, official_number, own, units, numbers, served, parts, right_now, overdue, after_at, after_id,
        remaining, own_as, greatest(month, from_at), least(month_ends, to_at), overdue_calls, not_over;
    get diagnostics counted = row_count;
    remaining := remaining - counted;
  end loop;
end $$;
grant execute on function search_contacts to seloste_desk;

-- Parts of contacts, under the policies. A function, because a connection then plans it once.
create or replace function segments_by_contact(contacts uuid[], starts timestamptz[]) returns setof segment
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select s.* from unnest(contacts, starts) as wanted (contact_id, started_at)
    join segment s on s.contact_id = wanted.contact_id and s.contact_started_at = wanted.started_at order by s.seq;
end $$;
grant execute on function segments_by_contact to seloste_desk;

-- Whether the viewer sees a part of a contact is asked by a function. Within the policy it was planned for every month of the
-- parts in each month of the contacts: a tenth of a second whenever a connection was new.
create or replace function sees_part_of(contact uuid, started timestamptz, own uuid, units uuid[], numbers text[], parts uuid[]) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return exists (
    select from segment s
    where s.contact_id = sees_part_of.contact and s.contact_started_at = started and (s.official_person_id = own or s.official_unit_id = any (units)
      or s.number_reached = any (numbers) or s.id = any (parts))
  );
end $$;
grant execute on function sees_part_of to seloste_desk;
