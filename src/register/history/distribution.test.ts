/** Tests the rules that let the history be distributed over several databases (decision 64). */
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase()

async function column(query: string): Promise<string[]> {
  const { rows } = await database.as().pool.query<{ found: string }>(query)
  return rows.map(({ found }) => found)
}

/** Tables that grow with every call. */
const growingTables = [
  'contact',
  'segment',
  'call_identity',
  'recording',
  'recording_key',
  'fed_segment',
  'reconciled_segment',
  'study_told',
]
const list = growingTables.map((name) => `'${name}'`).join(', ')
const key = "('started_at', 'contact_started_at')"

test('the history is partitioned by the start of the contact', async () => {
  const found = await column(`select relname || ' ' || pg_get_partkeydef(oid) as found from pg_class
    where relkind = 'p' and relnamespace = 'public'::regnamespace order by relname`)
  expect(found).toEqual([
    'call_identity RANGE (contact_started_at)',
    'contact RANGE (started_at)',
    'segment RANGE (contact_started_at)',
  ])
})

test('every table that grows with calls has the start of the contact, except the keys of recordings', async () => {
  const found = await column(`select c.relname as found from pg_class c
    where c.relname in (${list}) and c.relnamespace = 'public'::regnamespace and not exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = case c.relname when 'contact' then 'started_at' else 'contact_started_at' end)`)
  expect(found).toEqual(['recording_key'])
})

test('the keys and unique constraints without the start of the contact are listed', async () => {
  const found = await column(`select i.indrelid::regclass || ': ' || i.indexrelid::regclass as found from pg_index i
    where i.indisunique and i.indrelid in (select oid from pg_class where relname in (${list}) and relnamespace = 'public'::regnamespace)
      and not exists (select from pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = any(i.indkey) and a.attname in ${key}) order by i.indrelid::regclass::text collate "C", i.indexrelid::regclass::text collate "C"`)
  expect(found).toEqual([
    'fed_segment: fed_segment_pkey',
    'reconciled_segment: reconciled_segment_pkey',
    'recording: recording_pkey',
    'recording: recording_segment_id_key',
    'recording_key: recording_key_pkey',
    'study_told: study_told_pkey',
  ])
})

test('no foreign key refers to the history or from it', async () => {
  const found = await column(`select conrelid::regclass || ' to ' || confrelid::regclass as found from pg_constraint
    where contype = 'f' and conparentid = 0
      and (conrelid in (select oid from pg_class where relkind = 'p') or confrelid in (select oid from pg_class where relkind = 'p'))`)
  expect(found).toEqual([])
})
