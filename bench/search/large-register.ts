/**
 * Fills an empty database at the newest migration with an agency's fourteen months, in bulk by months: contacts, segments and
 * recordings as `admit` would have entered them (search-contacts.ts compares some). Leaves out what a search does not read
 * (call ids, the log, keys, audio).
 */
import type { Pool, PoolClient } from 'pg'
import { fillPartition, withoutIndexes } from '../register/fill-partition.ts'

export const units = 60
export const officials = 2_000
/** The test line of the seed's plan, called by one call in a hundred thousand: the rarest number. */
export const rareNumber = '+35829497099'
/** The most called number, and a rarely called one. */
export const [commonNumber, fewNumber] = ['+35829497000', '+35829497023']
const numbers = 24
const callers = 3_000_000
const monthsOfHistory = 14
/** Months in parallel: as many as the usual machine has processors. */
const parallelMonths = 2

export const unitId = (n: number) => `md5('unit' || (${n}))::uuid`
export const callerOf = (n: number) => `+35840${String(1_000_000 + n)}`
export const officialName = (n: number) => `${firstNames[n % firstNames.length]} ${lastNames[Math.floor(n / 40) % 50]}`

const firstNames = (
  'Aino Eero Kaisa Matti Tuulikki Bertil Riitta Jukka Maija Olavi Helmi Arvo Lempi Urho Saimi Toivo Elina Antti Päivi Sakari ' +
  'Ulla Heikki Marja Veikko Irma Pentti Sirkka Reijo Aune Kalevi Taina Esko Outi Paavo Leena Ilmari Raija Tapio Anneli Martti'
).split(' ')
const lastNames = (
  'Ahonen Berg Castrén Dahl Eskola Forsman Granlund Halonen Ikonen Jokela Karhu Laine Mäkinen Niemi Ojala Pesonen Qvist Rantanen ' +
  'Salo Tuomi Uusitalo Virtanen Wikström Yliniemi Åberg Ääri Öhman Aalto Backman Ekholm Friman Grönroos Heino Immonen Juvonen Koskela ' +
  'Lehto Manner Nurmi Ollila Peltola Raatikainen Seppälä Toivonen Ukkola Vainio Westerlund Ylönen Åkerlund Äijälä'
).split(' ')

/**
 * Enters contacts from fourteen months ago until now, and vacuums.
 * @returns seconds
 */
export async function enterContacts(pool: Pool, contacts: number): Promise<number> {
  const begun = performance.now()
  const now = Temporal.Now.zonedDateTimeISO('UTC')
  const first = now.subtract({ months: monthsOfHistory }).add({ days: 2 })
  await pool.query(`select ensure_partitions($1::date, $2::date)`, [
    first.toPlainDate().toString(),
    now.toPlainDate().toString(),
  ])
  const days: Temporal.PlainDate[] = []
  for (
    let day = first.toPlainDate();
    Temporal.PlainDate.compare(day, now.toPlainDate()) <= 0;
    day = day.add({ days: 1 })
  )
    if (day.dayOfWeek < 6) days.push(day)
  const months = Map.groupBy(days, (day) => day.with({ day: 1 }).toString())
  const waiting = [...months].map(([month, ofMonth]) => ({ month: Temporal.PlainDate.from(month), days: ofMonth }))
  await pool.query('drop table if exists made; create unlogged table made (like recording)')
  await pool.query(tables)
  await Promise.all(
    Array.from({ length: parallelMonths }, async () => {
      const client = await pool.connect()
      await client.query(
        "set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '768MB'; set work_mem = '256MB'",
      )
      for (let month = waiting.shift(); month; month = waiting.shift())
        await enterMonth(client, month.month, month.days, Math.round((contacts * month.days.length) / days.length))
      client.release(true)
    }),
  )
  const client = await pool.connect()
  await client.query("set session_replication_role = replica; set maintenance_work_mem = '768MB'")
  await client.query('alter table recording disable trigger user')
  await withoutIndexes(client, 'recording', () => client.query('insert into recording select * from made'))
  await client.query('alter table recording enable trigger user; drop table made, service_number, official')
  client.release(true)
  // Does the work of the triggers, which are disabled above.
  await pool.query(`
    insert into official_named
    select official_name, official_phone, official_unit_id, official_person_id,
      min(date_trunc('month', contact_started_at at time zone 'UTC')), max(date_trunc('month', contact_started_at at time zone 'UTC'))
    from segment where official_name is not null group by 1, 2, 3, 4`)
  await pool.query('select rebuild_recorded_parts()')
  for (const table of ['contact', 'segment', 'recording', 'official_named', 'recorded_part'])
    await pool.query(`vacuum analyze ${table}`)
  return (performance.now() - begun) / 1000
}

const quoted = (names: string[]) => `array[${names.map((name) => `'${name}'`).join(',')}]`

/** SQL for tables of service numbers and officials with their names, from the description and the directory. */
const tables = `
  drop table if exists service_number, official;
  create table service_number as
  select n, '+358294970' || lpad(n::text, 2, '0') as number, case when n < 4 then 'NATIONAL_SERVICE' else 'REGIONAL_SERVICE' end as kind,
    jsonb_build_object('fi', 'Palvelunumero ' || n, 'sv', 'Servicenummer ' || n, 'en', 'Service number ' || n) as name
  from generate_series(0, ${numbers - 1}) n
  union all select ${numbers}, '${rareNumber}', 'NATIONAL_SERVICE', '{"fi": "Testilinja", "sv": "Testlinjen", "en": "Test line"}';
  create table official as
  select n, md5('official' || n)::uuid as id, md5('unit' || n % ${units})::uuid as unit,
    (${quoted(firstNames)})[1 + n % ${firstNames.length}] || ' ' || (${quoted(lastNames)})[1 + n / 40 % 50] as name,
    '+358295' || 120000 + n as phone
  from generate_series(0, ${officials - 1}) n;
  analyze service_number; analyze official`

/** Generates the calls of a month in a temporary table, then inserts them into each table of the register. */
async function enterMonth(
  client: PoolClient,
  month: Temporal.PlainDate,
  days: Temporal.PlainDate[],
  contacts: number,
): Promise<void> {
  await client.query(
    `create temp table call as
    with drawn as materialized (
      select n, ($1::date[])[1 + floor(random() * $2)] as day, floor(random() * random() * ${numbers}) as most, random() as which, random() as withheld,
        floor(random() * sqrt(random()) * ${callers})::int as caller, random() as answered, floor(random() * ${officials})::int as who,
        floor(random() * ${officials})::int as second, random() as moved, floor(random() * 29700000) as at_ms, floor(random() * 90000)::int as wait_ms,
        floor(20000 - 240000 * ln(1 - random() * 0.999))::int as talk_ms, random() as draw, random() as forbidden
      from generate_series(1, $3::int) n
    ), timed as (
      select *, ((day + time '08:00') at time zone 'Europe/Helsinki') + at_ms * interval '1 millisecond' as started_at,
        answered < 0.88 as is_answered, answered < 0.88 and moved < 0.08 as is_moved
      from drawn
    )
    select gen_random_uuid() as id, gen_random_uuid() as first_part, gen_random_uuid() as second_part, gen_random_uuid() as recording, started_at,
      case when withheld >= 0.04 then '+35840' || 1000000 + caller end as caller, s.number, s.kind, s.name as number_name, o.id as official,
      o.unit, o.name, o.phone, is_answered, is_moved, second, draw, is_answered and draw < 0.1 as is_recorded, forbidden < 0.005 as is_forbidden, talk_ms, wait_ms,
      started_at + wait_ms * interval '1 millisecond' as answered_at,
      started_at + (wait_ms + case when is_answered then talk_ms else 0 end) * interval '1 millisecond' as over_at,
      started_at + (wait_ms + case when is_answered then talk_ms else 0 end + case when is_moved then 90000 else 0 end) * interval '1 millisecond' as ended_at
    from timed
    join service_number s on s.n = case when which < 0.00001 then ${numbers} else most end
    join official o on o.n = who
    where started_at < now() - interval '2 hours'`,
    [days.map(String), days.length, contacts],
  )
  await client.query('analyze call')
  await fillPartition(client, 'contact', month, (part) => [
    `insert into ${part} (id, started_at, ended_at, caller_kind, caller_key, number_called, number_kind, number_name, history_ends_at, counted)
     select id, started_at, ended_at, case when caller is null then 'withheld' else 'e164' end, caller, number, kind, number_name,
       (ended_at at time zone 'Europe/Helsinki' + interval '14 months') at time zone 'Europe/Helsinki',
       array[row(number, case when is_answered then unit end, 1, is_answered::int, talk_ms / 1000, wait_ms / 1000, is_answered::int,
         case when is_answered then 100000 else 0 end, is_recorded::int)::study_part]
     from call order by started_at`,
  ])
  await fillPartition(client, 'segment', month, (part) => [
    `insert into ${part} (id, contact_id, contact_started_at, seq, number_reached, number_reached_name, official_person_id, official_unit_id,
       official_name, official_phone, answered_at, ended_at, decision_record, decision_reason, rule_id, rule_version, rule_share, draw,
       description_version, drawn_on, capture_state)
     select p.id, c.id, started_at, seq, number, number_name, p.official, p.unit, p.name, p.phone, p.answered_at, p.ended_at, p.record,
       case when p.answered_at is null then 'not-answered' when p.record then 'drawn' else 'not-drawn' end, 'service-numbers', 3, 0.1, draw, 1,
       sha256(c.id::text::bytea), 'not-recorded'
     from (select * from call order by started_at) c left join official o2 on o2.n = c.second, lateral (
       select c.first_part as id, 1 as seq, case when is_answered then c.official end as official, case when is_answered then c.unit end as unit,
         case when is_answered then c.name end as name, case when is_answered then c.phone end as phone,
         case when is_answered then c.answered_at end as answered_at, c.over_at as ended_at, is_recorded as record
       union all
       select c.second_part, 2, o2.id, o2.unit, o2.name, o2.phone, c.over_at, c.ended_at, false where is_moved
     ) p`,
  ])
  await client.query(`
    insert into made (id, segment_id, contact_id, contact_started_at, number_reached, call_ended_at, state, started_at, ended_at, intake_day,
      recording_months, min_keep_until, destroy_at, expiry_month, size_bytes, sha256, incomplete, packets_received, packets_lost, kept_at, duration_ms,
      destroyed_at, cause)
    select recording, first_part, id, started_at, number, ended_at, case when ends < now() or is_forbidden then 'DESTROYED' else 'STORED' end,
      answered_at, over_at, (answered_at at time zone 'UTC')::date, 6,
      (ended_at at time zone 'Europe/Helsinki' + interval '2 months') at time zone 'Europe/Helsinki', ends, date_trunc('month', ends at time zone 'UTC')::date,
      talk_ms * 16, sha256(id::text::bytea), false, talk_ms / 10, 0, over_at + interval '1 minute', talk_ms,
      case when ends < now() then ends when is_forbidden then ended_at + interval '1 day' end,
      case when ends < now() then 'retention' when is_forbidden then 'caller' end
    from (
      select *, (ended_at at time zone 'Europe/Helsinki' + interval '6 months') at time zone 'Europe/Helsinki' - interval '24 hours' as ends from call
    ) c where is_recorded`)
  await client.query('drop table call')
}
