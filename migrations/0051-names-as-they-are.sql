-- Over 0048-searching.sql: an official's name may hold any letters, `{seen}` among them, which was taken for a place in the search to be
-- filled; and recordings of a contact are looked for by its instant as well, so that those of one day lie together.
create or replace function search_contacts(
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
          execute 'select count(*), min(at) from (select at from (' || case n when 3 then replace(ways[3], '{seen}', '') else ways[n] end || ') w order by at desc limit ' || enough || ') c'
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
    -- Only there: what stands in the others may be in somebody's name.
    way := case best when 3 then replace(ways[3], '{seen}', recorded_part) else coalesce(ways[best], contacts || ' and ' || of_contact || newest_first) end;
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
      probes := probes || ('(select true from recording r where r.contact_id = d.id and r.contact_started_at = d.at and ' || wanted || recorded_part || ' limit 1) is '
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
