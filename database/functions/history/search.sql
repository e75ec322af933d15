create or replace function record_official_name() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  of_month date := date_trunc('month', new.contact_started_at at time zone 'UTC');
begin
  -- Checks first, because the row nearly always exists and then no row has to be locked.
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

-- Deletes official names of dropped months. Fires when a dropped month is recorded for its days, in the same transaction
-- (drop_history_month).
create or replace function prune_official_names() returns trigger
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from official_named n
  where n.last_month < now() - interval '14 months' and to_regclass('public.segment' || to_char(n.last_month, '_YYYY_MM')) is null;
  return null;
end $$;

-- A search of the contact history (docs/decisions/0062, 0068). Statements are built as text, because each month is planned alone and an
-- index is named by its condition. In them c is a contact, s a part, r a recording, p a row of recorded_part, d a contact found by a way.
-- All have the same five parameters: $1 contact_filters, $2 contact_viewer, $3 search_progress, by member name: ($1).caller; $4 and $5 are the
-- start and end of the searched part of a month, repeated in each branch.
-- A filter is a member of contact_filters; `src/use/search/contact-filters.ts` has its name. A filter on contacts has a line in
-- contact_conditions. A filter on parts has a line in the rests of search_ways, with seen_part_condition(viewer): contact_conditions checks
-- no rights, and search_contacts is a security definer, so that a condition on parts there would reveal to an official that others took
-- part (AC5).
drop type if exists contact_filters, contact_viewer, search_progress;

-- $1. All null: no filter. official: part of a name for ilike; official_number: a telephone number; either may match. recorded: true, none,
-- available, destroyed.
create type contact_filters as (
  from_at timestamptz, to_at timestamptz, going_on_at timestamptz, withheld boolean, caller text, called text, official text, official_number text,
  recorded text,
  -- Last digits of a caller's number; searched among the calls that the viewer answered.
  caller_ends text
);

-- $2. The rights of the policies (`desk_reads` in access.sql, sees_contacts and sees_segments in requests/calls.sql).
create type contact_viewer as (
  sees_all boolean, own uuid, units uuid[], numbers text[], served uuid[], parts uuid[],
  -- Their rows of official_named.
  own_as integer[],
  -- True if every contact that the search may find is visible.
  is_seen boolean,
  -- True if the viewer sees only calls that requests name: not even the duration of the search may reveal others.
  only_serves boolean
);

-- $3. Progress of the search.
create type search_progress as (
  right_now timestamptz, month timestamptz, month_ends timestamptz, after_at timestamptz, after_id uuid,
  oldest_first boolean, remaining integer,
  -- Recordings past their day and not destroyed yet, their calls, and the recordings of these calls that are not past it.
  overdue uuid[], overdue_calls uuid[], not_over uuid[]
);

-- Returns the condition on a contact in this month, one line for each filter, whichever access path finds it. It has nothing on parts or
-- recordings, because the viewer is not known here.
create or replace function contact_conditions(filters contact_filters, progress search_progress) returns text
language plpgsql stable as $$
begin
  return concat_ws(' and ', 'true',
    case when filters.going_on_at > progress.month
      then '(c.started_at >= ($1).going_on_at or coalesce(c.ended_at, ($3).right_now) >= ($1).going_on_at)' end,
    case when filters.withheld then 'c.caller_kind = ''withheld''' end,
    case when filters.caller is not null then 'c.caller_key = ($1).caller' end,
    case when filters.caller_ends is not null
      then 'c.caller_kind <> ''withheld'' and right(c.caller_key, length(($1).caller_ends)) = ($1).caller_ends' end,
    -- No call of the last 13 months is past its term.
    case when progress.month < progress.right_now - interval '13 months' then 'history_end(c.history_ends_at, c.started_at) > ($3).right_now' end);
end $$;

-- Returns the searching viewer and their rights.
create or replace function current_contact_viewer(filters contact_filters) returns contact_viewer
language plpgsql stable as $$
declare
  viewer contact_viewer;
begin
  select sees_all(), sees_own(), sees_units(), sees_numbers(), sees_contacts(), sees_segments()
    into viewer.sees_all, viewer.own, viewer.units, viewer.numbers, viewer.served, viewer.parts;
  viewer.own_as := '{}';
  if not viewer.sees_all and viewer.own is not null then
    viewer.own_as := array(select n.id from official_named n where n.person_id = viewer.own);
  end if;
  viewer.is_seen := viewer.sees_all or coalesce(filters.called = any (viewer.numbers), false);
  viewer.only_serves := not viewer.sees_all and viewer.own is null and viewer.units = '{}' and viewer.numbers = '{}';
  return viewer;
end $$;

-- Returns the rows of official_named that match; `sure`: those whose calls the viewer sees in any case. `ways`: conditions on parts, one
-- for each name. If a name matches and is visible in all its rows, its parts need no further condition.
create or replace function matching_officials(filters contact_filters, viewer contact_viewer, out ways text[], out officials integer[], out sure integer[])
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
begin
  with meant as materialized (
    select o.id, o.name, o.name ilike filters.official or coalesce(o.phone = filters.official_number, false) as is_meant,
      viewer.sees_all or coalesce(o.person_id = viewer.own, false) or coalesce(o.unit_id = any (viewer.units), false) as is_sure
    from official_named o
  ), by_name as (
    select ' and s.official_name = ' || quote_literal(m.name)
      || case when bool_and(m.is_meant) then '' else ' and ' || official_part_condition() end
      || case when bool_and(m.is_sure) then ''
        when viewer.own is null and viewer.units = '{}' and viewer.parts = '{}' then ' and s.number_reached = any (($2).numbers)'
        else ' and ' || seen_part_condition(viewer) end as way
    from meant m group by m.name having bool_or(m.is_meant and (m.is_sure or viewer.numbers <> '{}' or viewer.parts <> '{}'))
  )
  select (select array_agg(b.way) from by_name b), array_agg(m.id), coalesce(array_agg(m.id) filter (where m.is_sure), '{}')
    into ways, officials, sure
  from meant m where m.is_meant and (m.is_sure or viewer.numbers <> '{}' or viewer.parts <> '{}');
end $$;

-- Returns the row-level security policy of parts as a condition on s.
create or replace function seen_part_condition(viewer contact_viewer) returns text
language sql immutable as $$
  select case when viewer.sees_all then 'true'
    else '(s.official_person_id = ($2).own or s.official_unit_id = any (($2).units) or s.number_reached = any (($2).numbers) or s.id = any (($2).parts))' end
$$;

create or replace function official_part_condition() returns text
language sql immutable as $$ select '(s.official_name ilike ($1).official or s.official_phone = ($1).official_number)' $$;

-- Returns the conditions on p for the requested states, each that of an index; null for any state.
create or replace function recorded_state_conditions(filters contact_filters, progress search_progress) returns text[]
language sql immutable as $$
  select case filters.recorded
    -- Excludes by call, because the index has the call.
    when 'available' then array[' and p.state = ''a''' || case when progress.overdue = '{}' then '' else ' and p.contact_id <> all (($3).overdue_calls)' end]
      || case when progress.not_over <> '{}' then array[' and p.state = ''a'' and p.recording_id = any (($3).not_over)'] end
    when 'destroyed' then array[' and p.state = ''g''']
      || case when progress.overdue <> '{}' then array[' and p.state <> ''g'' and p.recording_id = any (($3).overdue)'] end
    when 'true' then array[' and p.state = ''a''', ' and p.state = ''g''', ' and p.state = ''o''']
  end
$$;

-- Returns the ways (access paths) through a month, each in the order of an index, with its rest: the remaining conditions on the found
-- contacts d. A null way does not apply; if all are null, the search finds nothing. names, officials, sure: from matching_officials.
create or replace function search_ways(
  filters contact_filters, viewer contact_viewer, progress search_progress, conditions text, names text[], officials integer[], sure integer[],
  out ways text[], out rests text[]
)
language plpgsql stable as $$
declare
  -- In the order in which search_contacts tries them.
  by_contact constant integer := 1;
  -- By holder: a unit's, a number's, one's own, or those that requests name.
  by_holder constant integer := 2;
  by_official constant integer := 3;
  by_recording constant integer := 4;
  -- By the recordings of each right of the viewer.
  by_seen_recording constant integer := 5;
  most_names constant integer := 100;
  bounds constant text := '%1$s >= $4 and %1$s < $5'
    || case when progress.after_at is null then ''
      else ' and (%1$s, %2$s) ' || case when progress.oldest_first then '>' else '<' end || ' (($3).after_at, ($3).after_id)' end;
  contacts constant text := '(select c.started_at as at, c.id from contact c where ' || format(bounds, 'c.started_at', 'c.id');
  segments constant text := '(select s.contact_started_at as at, s.contact_id as id from segment s where '
    || format(bounds, 's.contact_started_at', 's.contact_id');
  recordings constant text := '(select p.contact_started_at as at, p.contact_id as id from recorded_part p where '
    || format(bounds, 'p.contact_started_at', 'p.contact_id');
  -- Each branch is ordered, so that the database merges them without sorting.
  in_order constant text := case when progress.oldest_first then ' order by 1, 2)' else ' order by 1 desc, 2 desc)' end;
  -- Each of the tables has the number called.
  contact_of_number constant text := case when filters.called is null then '' else ' and c.number_called = ($1).called' end;
  part_of_number constant text := case when filters.called is null then '' else ' and coalesce(s.number_called, s.number_reached) = ($1).called' end;
  recorded_of_number constant text := case when filters.called is null then '' else ' and p.number_called = ($1).called' end;
  -- A recording that the viewer may not see does not count.
  recorded_is_seen constant text := case when viewer.sees_all then ''
    else ' and (p.official = any (($2).own_as) or p.official_unit_id = any (($2).units) or p.number_reached = any (($2).numbers)'
      || ' or p.segment_id = any (($2).parts))' end;
  in_month constant text := 's.contact_started_at >= $4 and s.contact_started_at < $5 and ';
  contact_of constant text := '(select true from contact c where c.started_at >= $4 and c.started_at < $5 and ';
  its_contact constant text := case when conditions = 'true' then ''
    else ' and ' || contact_of || 'c.id = s.contact_id and c.started_at = s.contact_started_at and ' || conditions || ')' end;
  states constant text[] := recorded_state_conditions(filters, progress);
  is_of_officials constant boolean := coalesce(cardinality(officials) <= most_names, false);
  -- The elements for which a way is repeated; each way defines its own.
  keys text[];
begin
  ways := array_fill(null::text, array[5]);
  rests := ways;
  if not viewer.only_serves and (filters.caller is not null or states is null and viewer.is_seen and (filters.called is not null or filters.withheld)) then
    ways[by_contact] := contacts || ' and ' || conditions || contact_of_number || in_order;
  end if;
  -- Searches only the parts that the viewer sees.
  if not viewer.only_serves and filters.caller is null and states is null and cardinality(names) <= most_names then
    ways[by_official] := (select string_agg(segments || n || in_order, ' union all ') from unnest(names) n);
  end if;
  if not viewer.only_serves and filters.caller is null and states is not null then
    -- keys: conditions on p. One for each official, whichever part of the call; or one, of a number or of all.
    if is_of_officials then
      keys := array(select format(' and p.official = %s', o)
        || case when o = any (sure) then '' else ' and (p.number_reached = any (($2).numbers) or p.segment_id = any (($2).parts))' end
        || case when viewer.sees_all then '' else ' and (p.is_own or (select true from recorded_part o where o.recording_id = p.recording_id and o.is_own'
          || replace(recorded_is_seen, 'p.', 'o.') || '))' end from unnest(officials) o);
    elsif filters.called is not null or viewer.sees_all then
      keys := array[' and p.is_own' || recorded_is_seen];
    end if;
    ways[by_recording] := (select string_agg(recordings || k || s || recorded_of_number || in_order, ' union all ') from unnest(keys) k, unnest(states) s);
    if not is_of_officials and not viewer.is_seen then
      -- keys: conditions on p, one for each unit, number and name of the viewer, and one for the parts of requests.
      keys := array(select format(' and p.official_unit_id = %L', u) from unnest(viewer.units) u)
        || array(select format(' and p.number_reached = %L', n) from unnest(viewer.numbers) n)
        || array(select format(' and p.official = %s', o) from unnest(viewer.own_as) o)
        || case when viewer.parts <> '{}' then array[' and p.segment_id = any (($2).parts)'] end;
      -- The viewer is an official without answered calls.
      if keys = '{}' then
        ways := null;
        return;
      end if;
      ways[by_seen_recording] := (select string_agg(recordings || ' and p.is_own' || k || s || recorded_of_number || in_order, ' union all ')
        from unnest(keys) k, unnest(states) s);
    end if;
  end if;
  if viewer.only_serves or filters.caller is null and states is null and not viewer.is_seen
    and (ways[by_official] is null or filters.called is not null or viewer.numbers <> '{}') then
    -- keys: whole statements, one or two for each unit and number of the viewer, one for their own calls, one for those of requests.
    keys := array(select case
        when filters.called is not null then segments || format(' and s.official_unit_id = %L and s.number_called is null and s.number_reached = ($1).called', u)
          || its_contact || in_order || ' union all '
          || segments || format(' and s.official_unit_id = %L and s.number_called = ($1).called', u) || its_contact || in_order
        when filters.withheld then replace(segments, ' where ', ' join contact c on c.started_at = s.contact_started_at and c.id = s.contact_id
            where c.started_at >= $4 and c.started_at < $5 and ')
          || format(' and s.official_unit_id = %L and ', u) || conditions || in_order
        else segments || format(' and s.official_unit_id = %L', u) || its_contact || in_order end from unnest(viewer.units) u)
      || array(select case when filters.called is null
          then contacts || format(' and c.number_called = %L and ', n) || conditions || in_order || ' union all ' else '' end
        || segments || format(' and s.number_reached = %L and s.number_called is not null', n)
        || case when filters.called is null then '' else ' and s.number_called = ($1).called' end || its_contact || in_order
        from unnest(viewer.numbers) n)
      || case when viewer.own is not null then array[segments || ' and s.official_person_id = ($2).own' || part_of_number || its_contact || in_order] end
      || case when viewer.served <> '{}' then array['(select at, id from ' || contacts || ' and c.id = any (($2).served) and ' || conditions
        || contact_of_number || ' offset 0) few' || in_order] end;
    ways[by_holder] := array_to_string(keys, ' union all ');
  end if;
  -- Searches only the viewer's own calls: with others' calls, masked numbers could be found by trying digits. No index has the last digits.
  if filters.caller_ends is not null then
    if viewer.own is null then
      ways := null;
      return;
    end if;
    ways := array_fill(null::text, array[5]);
    ways[by_holder] := segments || ' and s.official_person_id = ($2).own' || part_of_number || its_contact || in_order;
  end if;
  if array_remove(ways, null) = '{}' then
    -- All contacts, in order.
    ways[by_contact] := contacts || ' and ' || conditions || contact_of_number || in_order;
  end if;

  -- Filters on parts, under seen_part_condition(viewer). Each is a scalar subquery, which the database evaluates row by row until there are
  -- enough rows.
  for way in 1 .. cardinality(ways) loop
    rests[way] := concat_ws(' and ', 'true',
      case when way in (by_official, by_recording, by_seen_recording) and conditions <> 'true' or way = by_official and filters.called is not null
        then contact_of || 'c.id = d.id and c.started_at = d.at and ' || conditions || contact_of_number || ')' end,
      case when filters.official is not null and way <> by_official and not (way = by_recording and is_of_officials)
        then '(select true from segment s where ' || in_month || 's.contact_id = d.id and s.contact_started_at = d.at and ' || official_part_condition()
          || ' and ' || seen_part_condition(viewer) || ' limit 1)'
      -- A viewer who sees its official or its recording sees the contact.
      when not viewer.is_seen and way = by_contact and (filters.recorded is null or filters.recorded = 'none')
        then '(' || concat_ws(' or ',
          case when viewer.served <> '{}' then 'd.id = any (($2).served)' end,
          case when viewer.numbers <> '{}' then contact_of || 'c.id = d.id and c.started_at = d.at and c.number_called = any (($2).numbers))' end,
          '(select true from segment s where ' || in_month || 's.contact_id = d.id and s.contact_started_at = d.at and ' || seen_part_condition(viewer)
            || ' limit 1)') || ')' end,
      case when filters.recorded is not null and way not in (by_recording, by_seen_recording)
        then '(select true from recording r where r.contact_id = d.id and r.contact_started_at = d.at and '
          || case filters.recorded when 'destroyed' then '(r.state in (''DESTROYED'', ''DESTROYING'') or r.destroy_at <= ($3).right_now)'
            when 'available' then 'r.state = ''STORED'' and r.kept_at is not null and r.destroy_at > ($3).right_now' else 'true' end
          || case when viewer.sees_all then '' else ' and (select true from segment s where ' || in_month
            || 's.id = r.segment_id and s.contact_started_at = r.contact_started_at and ' || seen_part_condition(viewer) || ')' end
          || ' limit 1) is ' || case filters.recorded when 'none' then '' else 'not ' end || 'null' end);
  end loop;
end $$;

-- Returns at most `max_rows` ids of contacts that the viewer may see and the filters match, newest first or oldest first, after one of them
-- in that order. Rows are read under the policies afterwards, so that a mistake here shows less and never more. Each month is searched and
-- planned alone: planning all of them under the policies took ten times as long as reading a page. The indexes are read in either direction.
create or replace function search_contacts(
  filters contact_filters, after_at timestamptz, after_id uuid, max_rows integer, oldest_first boolean default false
)
returns table (started_at timestamptz, id uuid)
language plpgsql stable security definer rows 1000 set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan
-- A scan in index order ends when there are enough rows, which the planner does not know; several ordered scans are merged.
set max_parallel_workers_per_gather = 0 set enable_bitmapscan = off set enable_seqscan = off set enable_sort = off set enable_nestloop = off
set enable_hashjoin = off as $$
#variable_conflict use_column
declare
  -- Number of rows by which the density of a way is measured. If a way has fewer than `few`, no other is tried.
  enough constant integer := 1000;
  few constant integer := 100;
  backwards constant text := case when oldest_first then '' else ' desc' end;
  -- As numbered in search_ways.
  by_official constant integer := 3;
  viewer contact_viewer;
  progress search_progress;
  -- The months of the newest and of the oldest call that can be found.
  newest timestamptz;
  oldest timestamptz;
  month timestamptz;
  begins timestamptz;
  ends timestamptz;
  names text[];
  officials integer[];
  sure integer[];
  conditions text;
  conditions_before text;
  ways text[];
  rests text[];
  counted integer;
  -- Time between where the search of the month begins and the last of the counted rows.
  reach interval;
  best integer;
  best_counted integer;
  best_reach interval;
begin
  if confined_to() is not null or not log_is_whole() then
    return;
  end if;
  viewer := current_contact_viewer(filters);
  if viewer.only_serves and viewer.served = '{}' then
    return;
  end if;
  progress.right_now := register_now();
  progress.after_at := after_at;
  progress.after_id := after_id;
  progress.oldest_first := oldest_first;
  progress.remaining := max_rows;
  progress.overdue := '{}';
  progress.not_over := '{}';
  if filters.recorded in ('available', 'destroyed') then
    select coalesce(array_agg(r.id), '{}'), coalesce(array_agg(r.contact_id), '{}') into progress.overdue, progress.overdue_calls
    from recording r where r.destroy_at <= progress.right_now and r.state <> 'DESTROYED';
    if progress.overdue <> '{}' then
      progress.not_over := array(select r.id from recording r where r.contact_id = any (progress.overdue_calls) and r.destroy_at > progress.right_now);
    end if;
  end if;
  if filters.official is not null then
    select m.ways, m.officials, m.sure into names, officials, sure from matching_officials(filters, viewer) m;
    if names is null then
      return;
    end if;
  end if;

  newest := date_trunc('month', least(filters.to_at, progress.right_now + interval '1 day',
    case when not oldest_first then after_at + interval '1 microsecond' end), 'UTC');
  oldest := date_trunc('month', greatest(filters.from_at, progress.right_now - interval '15 months', case when oldest_first then after_at end), 'UTC');
  for month in select m at time zone 'UTC' from generate_series(
    case when oldest_first then oldest else newest end at time zone 'UTC', case when oldest_first then newest else oldest end at time zone 'UTC',
    case when oldest_first then interval '1 month' else interval '-1 month' end) m
  loop
    exit when progress.remaining <= 0;
    progress.month := month;
    progress.month_ends := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
    begins := greatest(progress.month, filters.from_at);
    ends := least(progress.month_ends, filters.to_at);
    -- Most months have no call of a caller, and none to a number that few call. For a caller this shortcut is only for viewers who see
    -- every call, because the time taken reveals it.
    if not viewer.only_serves and (
      viewer.sees_all and filters.caller is not null and not exists (
        select from contact c where c.caller_key = filters.caller and c.started_at >= progress.month and c.started_at < progress.month_ends
      ) or filters.called is not null and not exists (
        select from contact c where c.number_called = filters.called and c.started_at >= progress.month and c.started_at < progress.month_ends
      )
    ) then
      continue;
    end if;

    conditions := contact_conditions(filters, progress);
    if conditions is distinct from conditions_before then
      conditions_before := conditions;
      select w.ways, w.rests into ways, rests from search_ways(filters, viewer, progress, conditions, names, officials, sure) w;
      if ways is null then
        return;
      end if;
      best := null;
    end if;

    -- Chooses the way with the fewest rows of this month; among those with many, the one whose first thousand reach furthest, for the other
    -- months as well.
    if best is null or best_counted < enough then
      best := null;
      best_counted := null;
      for way in 1 .. cardinality(ways) loop
        continue when ways[way] is null;
        counted := enough;
        -- An official's calls are fewer than those of a dense way, and many officials take long to plan.
        if way = by_official and best_counted >= enough and filters.called is null then
          best := null;
        elsif cardinality(array_remove(ways, null)) > 1 then
          execute 'select count(*), ' || case when oldest_first then 'max(at) - $4' else '$5 - min(at)' end
              || ' from (select at from (' || ways[way] || ') w order by at' || backwards || ' limit ' || enough || ') c'
            into counted, reach using filters, viewer, progress, begins, ends;
        end if;
        if best is null or counted < best_counted or counted = best_counted and reach > best_reach then
          best := way;
          best_counted := counted;
          best_reach := reach;
        end if;
        exit when best_counted < few;
      end loop;
      continue when best_counted = 0;
    end if;
    return query execute 'select d.at, d.id from (select distinct on (at, id) at, id from (' || ways[best]
      || ') w order by at' || backwards || ', id' || backwards || ') d where ' || rests[best] || ' order by d.at' || backwards || ', d.id' || backwards
      || ' limit ($3).remaining'
      using filters, viewer, progress, begins, ends;
    get diagnostics counted = row_count;
    progress.remaining := progress.remaining - counted;
  end loop;
end $$;
grant execute on function search_contacts to seloste_desk;

-- Returns the parts of contacts, under the policies. A function, because a connection then plans it once.
create or replace function segments_by_contact(contacts uuid[], starts timestamptz[]) returns setof segment
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query select s.* from unnest(contacts, starts) as wanted (contact_id, started_at)
    join segment s on s.contact_id = wanted.contact_id and s.contact_started_at = wanted.started_at order by s.seq;
end $$;
grant execute on function segments_by_contact to seloste_desk;

-- Returns true if the viewer sees a part of a contact. A function, because within the policy it was planned for every month of parts in
-- each month of contacts: a tenth of a second on each new connection.
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
