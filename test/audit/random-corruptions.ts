/** Random corruptions of the audit log's rows and of an export's files. */
import type { PoolClient } from 'pg'
import { seedRandom } from '../simulator/random.ts'

/** Yields the same numbers for the same seed. */
export function seededRandom(seed: number) {
  const { next } = seedRandom(seed)
  const below = (count: number) => Math.floor(next() * count)
  return {
    below,
    pick: <Item>(items: readonly Item[]): Item => items[below(items.length)]!,
    bytes: (count: number) => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}
type Random = ReturnType<typeof seededRandom>

const uuidOf = (random: Random) =>
  random
    .bytes(16)
    .toString('hex')
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')

function flipBit(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes)
  const at = random.below(changed.length)
  changed[at] = changed[at]! ^ (1 << random.below(8))
  return changed
}

type CorruptDatabase = (client: PoolClient, random: Random) => Promise<void>

const entryAtOffset = `(select seq from audit_entry where seq in (select seq from audit_leaf) order by seq offset $1 limit 1)`
const entries = 260

function edit(set: string, value: (random: Random) => unknown): CorruptDatabase {
  return async (client, random) => {
    await client.query(`update audit_entry set ${set} where seq = ${entryAtOffset}`, [
      random.below(entries),
      value(random),
    ])
  }
}

async function flipColumn(client: PoolClient, random: Random, table: string, column: string, order: string) {
  const { rows } = await client.query<{ id: string; value: Buffer }>(
    `select ctid::text as id, ${column} as value from ${table} where ${column} is not null order by ${order}`,
  )
  const row = random.pick(rows)
  await client.query(`update ${table} set ${column} = $2 where ctid = $1::tid`, [row.id, flipBit(row.value, random)])
}

async function flipText(client: PoolClient, random: Random, table: string, column: string, order: string) {
  const { rows } = await client.query<{ id: string; value: string }>(
    `select ctid::text as id, ${column} as value from ${table} order by ${order}`,
  )
  const { id, value } = random.pick(rows)
  const at = random.below(value.length)
  const other = String.fromCharCode(33 + ((value.charCodeAt(at) - 33 + 1 + random.below(90)) % 93))
  const changed = value.slice(0, at) + (other === value[at] ? '~' : other) + value.slice(at + 1)
  await client.query(`update ${table} set ${column} = $2 where ctid = $1::tid`, [id, changed])
}

/**
 * Changes that a superuser can make to the rows, except to columns that are not proved (docs/formats/audit-log.md,
 * "What is not proved").
 */
export const databaseCorruptions: Readonly<Record<string, CorruptDatabase>> = {
  'entry: later': edit(`at = at + $2::interval`, (random) => `${random.below(5_000_000) + 1} microseconds`),
  'entry: earlier': edit(`at = at - $2::interval`, (random) => `${random.below(5_000_000) + 1} microseconds`),
  'entry: person': edit('person_id = $2::uuid', uuidOf),
  'entry: right': edit('right_id = $2::uuid', uuidOf),
  'entry: no object': edit(`object_id = case when object_id is null then $2::uuid end`, uuidOf),
  'entry: role': edit(`role = coalesce(role, '') || $2`, (random) => random.pick(['X', ' ', 'ä'])),
  'entry: action': edit(`action = action || $2`, (random) => random.pick(['X', ' ', 'ä'])),
  'entry: purpose': edit(`purpose = coalesce(purpose, '') || $2`, (random) => random.pick(['X', ' ', 'ä'])),
  'entry: reference': edit(`reference = coalesce(reference, '') || $2`, (random) => random.pick(['X', ' ', 'ä'])),
  'entry: kind': edit(`object_kind = coalesce(object_kind, '') || $2`, (random) => random.pick(['X', ' ', 'ä'])),
  'entry: result': edit(`result = result || $2`, (random) => random.pick([':', 'refused', ' '])),
  'entry: detail': edit(`detail = detail || jsonb_build_object('n', $2::float8)`, (random) => random.below(1e9) + 0.5),
  'entry: detail emptied': edit(`detail = case when detail = '{}' then $2::jsonb else '{}' end`, () => '{"a":null}'),
  'entry: salt': edit('salt = $2::uuid', uuidOf),
  'entry: number': edit('seq = $2::bigint', (random) => 100_000 + random.below(1e6)),
  async 'entry: deleted'(client, random) {
    await client.query(`delete from audit_entry where seq = ${entryAtOffset}`, [random.below(entries)])
  },
  async 'entries: many deleted'(client, random) {
    await client.query(`delete from audit_entry where seq > ${entryAtOffset}`, [random.below(entries - 1)])
  },
  async 'entry: inserted'(client, random) {
    await client.query(
      `insert into audit_entry (seq, at, action, result) overriding system value values ($1, now() - $2::interval, 'contact.read', 'ok')`,
      [200_000 + random.below(1e6), `${random.below(1000)} seconds`],
    )
  },
  async 'entries: numbers swapped'(client, random) {
    const one = random.below(entries - 1)
    const { rows } = await client.query<{ seq: string }>('select seq from audit_leaf order by seq offset $1 limit 2', [
      one,
    ])
    const [a, b] = rows.map(({ seq }) => seq)
    await client.query('update audit_entry set seq = -1 where seq = $1', [a])
    await client.query('update audit_entry set seq = $1 where seq = $2', [a, b])
    await client.query('update audit_entry set seq = $1 where seq = -1', [b])
  },
  'leaf: hash': (client, random) => flipColumn(client, random, 'audit_leaf', 'hash', 'index'),
  async 'leaf: deleted'(client, random) {
    await client.query('delete from audit_leaf where index = $1', [random.below(entries)])
  },
  async 'leaves: the last ones deleted'(client, random) {
    await client.query('delete from audit_leaf where index >= $1', [random.below(entries)])
  },
  async 'leaf: inserted'(client, random) {
    await client.query('insert into audit_leaf select max(index) + 1, null, $1 from audit_leaf', [random.bytes(32)])
  },
  async 'leaf: another entry'(client, random) {
    await client.query('update audit_leaf set seq = $2 where index = $1', [
      random.below(entries),
      300_000 + random.below(1e6),
    ])
  },
  async 'leaf: its entry’s number removed'(client, random) {
    await client.query('update audit_leaf set seq = null where index = $1', [random.below(entries)])
  },
  async 'leaves: re-ordered'(client, random) {
    const one = random.below(entries - 1)
    await client.query('update audit_leaf set index = 1000000000 where index = $1', [one])
    await client.query('update audit_leaf set index = $1 where index = $2', [one, one + 1])
    await client.query('update audit_leaf set index = $1 where index = 1000000000', [one + 1])
  },
  async 'entry and leaf: both edited'(client, random) {
    // A superuser who knows the format would recompute the hash of the edited entry. A random hash has the same effect
    // here.
    const at = random.below(entries)
    await client.query(`update audit_entry set role = 'NONE' where seq = ${entryAtOffset}`, [at])
    await client.query('update audit_leaf set hash = $2 where index = $1', [at, random.bytes(32)])
  },
  'subtree: hash': (client, random) => flipColumn(client, random, 'audit_subtree', 'hash', 'level, index'),
  async 'subtree: deleted'(client) {
    await client.query('delete from audit_subtree')
  },
  async 'subtree: inserted'(client, random) {
    await client.query('insert into audit_subtree values ($1, $2, $3)', [
      1 + random.below(3),
      1 + random.below(9),
      random.bytes(32),
    ])
  },
  'checkpoint: root': (client, random) => flipColumn(client, random, 'audit_checkpoint', 'root', 'size'),
  'checkpoint: note': (client, random) => flipText(client, random, 'audit_checkpoint', 'note', 'size'),
  async 'checkpoint: size'(client, random) {
    await client.query(
      `update audit_checkpoint set size = size + $1 where size = (select max(size) from audit_checkpoint)`,
      [1 + random.below(1000)],
    )
  },
  async 'checkpoint: the newest deleted'(client) {
    await client.query('delete from audit_checkpoint where size = (select max(size) from audit_checkpoint)')
  },
  async 'checkpoint: all deleted'(client) {
    await client.query('delete from audit_checkpoint')
  },
  async 'checkpoint: stale note'(client) {
    await client.query(`update audit_checkpoint set note = (select note from audit_checkpoint order by size limit 1)
      where size = (select max(size) from audit_checkpoint)`)
  },
  'cosignature: line': (client, random) => flipText(client, random, 'audit_cosignature', 'line', 'size'),
  async 'cosignature: of another checkpoint'(client) {
    await client.query(`update audit_cosignature set line = (select line from audit_cosignature order by size desc limit 1)
      where size = (select min(size) from audit_cosignature)`)
  },
  async 'cosignature: another name'(client, random) {
    await client.query(
      `update audit_cosignature set witness = witness || $1 where size = (select min(size) from audit_cosignature)`,
      [random.pick(['x', '/y', '2'])],
    )
  },
  async 'pending: an entry of the tree'(client, random) {
    await client.query(`insert into audit_pending values (${entryAtOffset})`, [random.below(entries)])
  },
  async 'pending: an entry that does not exist'(client, random) {
    await client.query('insert into audit_pending values ($1)', [400_000 + random.below(1e6)])
  },
  async 'pending: deleted'(client, random) {
    await client.query(
      'delete from audit_pending where seq = (select seq from audit_pending order by seq offset $1 limit 1)',
      [random.below(3)],
    )
  },
  async 'pending: its entry deleted'(client, random) {
    await client.query(
      'delete from audit_entry where seq = (select seq from audit_pending order by seq offset $1 limit 1)',
      [random.below(3)],
    )
  },
  async 'pruning: invented'(client, random) {
    await client.query('insert into audit_pruning (minimum_index, before) values ($1, now())', [
      256 * (1 + random.below(9)),
    ])
  },
  async 'pruning: invented, and entries deleted'(client, random) {
    await client.query('insert into audit_pruning (minimum_index, before) values (256, now())')
    await client.query(`delete from audit_entry where seq <= ${entryAtOffset}`, [random.below(255)])
  },
  'recording: hash': (client, random) => flipColumn(client, random, 'recording', 'sha256', 'id'),
  async 'recording: deleted'(client, random) {
    await client.query(
      `delete from recording where id = (select id from recording where state = 'STORED' order by id offset $1 limit 1)`,
      [random.below(4)],
    )
  },
  async 'recording: marked as destroyed'(client, random) {
    await client.query(
      `update recording set state = 'DESTROYED', destroyed_at = now(), cause = 'caller', sha256 = null
       where id = (select id from recording where state = 'STORED' order by id offset $1 limit 1)`,
      [random.below(4)],
    )
  },
  async 'destruction: deleted'(client, random) {
    await client.query(
      'delete from destruction_entry where seq = (select seq from destruction_entry order by seq offset $1 limit 1)',
      [random.below(3)],
    )
  },
  async 'destruction: another cause'(client, random) {
    await client.query(
      `update destruction_entry set cause = 'official' where seq = (select seq from destruction_entry order by seq offset $1 limit 1)`,
      [random.below(3)],
    )
  },
  async 'destruction: of something else'(client, random) {
    await client.query(
      `update destruction_entry set object_id = $2 where seq = (select seq from destruction_entry order by seq offset $1 limit 1)`,
      [random.below(3), uuidOf(random)],
    )
  },
  async 'destruction: invented'(client, random) {
    await client.query(
      `insert into destruction_entry (object_kind, object_id, cause, done_by, targets) values ('recording', $1, 'retention', 'sweep', '{}')`,
      [uuidOf(random)],
    )
  },
}

type Files = Map<string, Buffer>
type CorruptFiles = (files: Files, random: Random) => void

const changeFile =
  (alter: (bytes: Buffer, random: Random) => Buffer): CorruptFiles =>
  (files, random) => {
    const path = random.pick([...files.keys()].filter((name) => files.get(name)!.length > 0))
    files.set(path, alter(files.get(path)!, random))
  }

function changeEntry(alter: (entry: Record<string, unknown>, random: Random) => Record<string, unknown>): CorruptFiles {
  return (files, random) => {
    const path = random.pick([...files.keys()].filter((name) => name.startsWith('tile/entries/')))
    const entries = splitBundle(files.get(path)!)
    const at = random.below(entries.length)
    entries[at] = Buffer.from(
      JSON.stringify(alter(JSON.parse(entries[at]!.toString()) as Record<string, unknown>, random)),
    )
    files.set(path, joinBundle(entries))
  }
}

function changeBundle(alter: (entries: Buffer[], random: Random) => Buffer[]): CorruptFiles {
  return (files, random) => {
    const path = random.pick([...files.keys()].filter((name) => name.startsWith('tile/entries/')))
    files.set(path, joinBundle(alter(splitBundle(files.get(path)!), random)))
  }
}

function splitBundle(bundle: Buffer): Buffer[] {
  const entries = []
  for (let at = 0; at < bundle.length; at += 2 + bundle.readUInt16BE(at)) {
    entries.push(bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at)))
  }
  return entries
}

function joinBundle(entries: readonly Buffer[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 255), entry]))
}

const swap = <Item>(items: Item[], one: number, other: number): Item[] =>
  items.map((item, at) => (at === one ? items[other]! : at === other ? items[one]! : item))

/** Changes to an export's files: to their bytes, their entries, and which files there are. */
export const exportCorruptions: Readonly<Record<string, CorruptFiles>> = {
  'a bit flipped': changeFile(flipBit),
  'cut off': changeFile((bytes, random) => bytes.subarray(0, random.below(bytes.length))),
  'a byte more': changeFile((bytes, random) => {
    const at = random.below(bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1), bytes.subarray(at)])
  }),
  'a byte less': changeFile((bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
  }),
  'a byte twice': changeFile((bytes, random) => {
    const at = random.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + 1), bytes.subarray(at)])
  }),
  'a file deleted'(files, random) {
    files.delete(random.pick([...files.keys()]))
  },
  'a file added'(files, random) {
    files.set(random.pick(['tile/0/099', 'tile/entries/099', 'tile/7/000', 'x', 'tile/0/x001/000']), random.bytes(32))
  },
  'two files swapped'(files, random) {
    const one = random.pick([...files.keys()])
    const other = random.pick([...files.keys()].filter((path) => !files.get(path)!.equals(files.get(one)!)))
    const bytes = files.get(one)!
    files.set(one, files.get(other)!)
    files.set(other, bytes)
  },
  'a field edited': changeEntry((entry, random) => ({
    ...entry,
    [random.pick(['person_id', 'right_id', 'object_id'])]: uuidOf(random),
  })),
  'a number edited': changeEntry((entry, random) => ({ ...entry, seq: 500_000 + random.below(1e6) })),
  'a detail edited': changeEntry((entry, random) => ({ ...entry, detail: { n: random.below(1e9) + 0.5 } })),
  'a salt edited': changeEntry((entry, random) => ({ ...entry, salt: random.bytes(16).toString('hex') })),
  'a member removed': changeEntry((entry, random) => {
    const without = random.pick(Object.keys(entry))
    return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== without))
  }),
  'a member added': changeEntry((entry) => ({ ...entry, zz: 1 })),
  'entries re-ordered': changeBundle((entries, random) => {
    const at = random.below(entries.length - 1)
    return swap(entries, at, at + 1)
  }),
  'entries swapped': changeBundle((entries, random) => {
    const one = random.below(entries.length)
    return swap(entries, one, (one + 1 + random.below(entries.length - 1)) % entries.length)
  }),
  'an entry deleted': changeBundle((entries, random) => {
    const at = random.below(entries.length)
    return entries.filter((_, index) => index !== at)
  }),
  'an entry emptied': changeBundle((entries, random) => {
    const at = random.below(entries.length)
    return entries.map((entry, index) => (index === at ? Buffer.alloc(0) : entry))
  }),
  'an entry inserted': changeBundle((entries, random) => {
    const at = random.below(entries.length)
    return [...entries.slice(0, at), random.pick(entries), ...entries.slice(at)]
  }),
  'an entry copied over another': changeBundle((entries, random) => {
    const at = random.below(entries.length)
    const other = (at + 1 + random.below(entries.length - 1)) % entries.length
    return entries.map((entry, index) => (index === at ? entries[other]! : entry))
  }),
  'a stale checkpoint'(files) {
    const [first] = files.get('checkpoints.jsonl')!.toString().split('\n')
    files.set('checkpoint', Buffer.from((JSON.parse(first!) as { note: string }).note))
  },
  'earlier checkpoints re-ordered'(files) {
    const lines = files.get('checkpoints.jsonl')!.toString().trimEnd().split('\n')
    files.set('checkpoints.jsonl', Buffer.from(`${lines.toReversed().join('\n')}\n`))
  },
  'hashes swapped in a tile'(files, random) {
    const path = random.pick([...files.keys()].filter((name) => name.startsWith('tile/0/')))
    const tile = files.get(path)!
    const one = random.below(tile.length / 32 - 1)
    const hashes = Array.from({ length: tile.length / 32 }, (_, at) => tile.subarray(at * 32, at * 32 + 32))
    files.set(path, Buffer.concat(swap(hashes, one, one + 1)))
  },
}

/** Returns true if everything in the files that carries a proof is unchanged. */
export function isEquivalent(before: Files, after: Files): boolean {
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [bytesBefore, bytesAfter] = [before.get(path), after.get(path)]
    if (path === 'checkpoints.jsonl') {
      // A missing earlier checkpoint makes the files prove less, but nothing false; the signing times of checkpoints
      // are not proved.
      const notes = notesOf(bytesBefore)
      if (!notesOf(bytesAfter)?.every((note, at) => note === notes?.[at])) return false
    } else if (path === 'checkpoint') {
      // A missing cosignature, or one under an unknown name, is ignored (C2SP signed-note).
      const [text, original] = [bytesAfter?.toString() ?? '', bytesBefore?.toString() ?? '']
      const cosignature = original.trimEnd().split('\n').at(-1)!
      const ownPart = original.replace(`${cosignature}\n`, '')
      const rest = text.slice(ownPart.length)
      const isIgnored =
        rest === '' || (/^\S+ [^+\s]+ \S+\n$/.test(rest) && !rest.includes(` ${cosignature.split(' ')[1]} `))
      if (text !== original && !(text.startsWith(ownPart) && isIgnored)) return false
    } else if (!bytesBefore || !bytesAfter?.equals(bytesBefore)) return false
  }
  return true
}

function notesOf(bytes: Buffer | undefined): unknown[] | undefined {
  const text = bytes?.toString() ?? ''
  if (text === '') return []
  if (!text.endsWith('\n')) return undefined
  try {
    return text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const { note, signedAt } = JSON.parse(line) as { note: string; signedAt: string }
        const isWritten = JSON.stringify({ note, signedAt }) === line
        return isWritten && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(signedAt) ? note : line
      })
  } catch {
    return undefined
  }
}
