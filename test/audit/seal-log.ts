/**
 * Seals the audit log for tests of the verifier: a slow, plain implementation of docs/formats/audit-log.md, independent of both
 * the program's writer and its verifier. Takes a database with entries; returns its tree, checkpoints and export.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { Client, Pool, PoolClient } from 'pg'

type Queries = Pool | PoolClient | Client

const sha256 = (...parts: (Buffer | string)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Computes the root as RFC 6962 section 2.1 defines it. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return leaves[0]!
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return sha256(Buffer.of(1), merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)))
}

export interface TestSigner {
  name: string
  verifierKey: string
  id: Buffer
  key: KeyObject
}

export function makeSigner(name: string, type: 1 | 4): TestSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')
  const typed = Buffer.concat([Buffer.of(type), raw])
  const id = sha256(`${name}\n`, typed).subarray(0, 4)
  return { name, id, key: privateKey, verifierKey: `${name}+${id.toString('hex')}+${typed.toString('base64')}` }
}

/** Builds a checkpoint with the log's own signature. */
export function signNote(log: TestSigner, size: number, root: Buffer): string {
  const text = `${log.name}\n${size}\n${root.toString('base64')}\n`
  const signature = Buffer.concat([log.id, sign(null, Buffer.from(text), log.key)])
  return `${text}\n— ${log.name} ${signature.toString('base64')}\n`
}

/** Builds a witness's signature line for a note. */
export function cosign(witness: TestSigner, note: string, seconds: number): string {
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(seconds))
  const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`), witness.key)
  return `— ${witness.name} ${Buffer.concat([witness.id, time, signature]).toString('base64')}`
}

/** Returns the bytes of every entry, by number. */
async function entriesOf(pool: Queries): Promise<Map<number, string>> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `select seq::float8, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, person_id, right_id, role, action,
       purpose, reference, object_kind, object_id, result, detail, replace(salt::text, '-', '') as salt, 1 as v
     from audit_entry order by seq`,
  )
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, sorted((value as Record<string, unknown>)[name])]),
        )
      : value
  return new Map(rows.map((row) => [Number(row['seq']), JSON.stringify(sorted(row))]))
}

/** Adds pending entries to the tree, and signs a checkpoint. */
export async function sealLog(
  pool: Queries,
  log: TestSigner,
  witness?: TestSigner,
): Promise<{ size: number; note: string }> {
  const entries = await entriesOf(pool)
  const { rows: pending } = await pool.query<{ seq: number }>('select seq::float8 from audit_pending order by seq')
  const { rows: known } = await pool.query<{ hash: Buffer }>('select hash from audit_leaf order by index')
  const leaves = known.map(({ hash }) => hash)
  for (const { seq } of pending) {
    const hash = sha256(Buffer.of(0), entries.get(seq)!)
    await pool.query('insert into audit_leaf values ($1, $2, $3)', [leaves.length, seq, hash])
    leaves.push(hash)
    for (let level = 1; leaves.length % 256 ** level === 0; level++) {
      const members = leaves.slice(leaves.length - 256 ** level)
      const index = leaves.length / 256 ** level - 1
      await pool.query('insert into audit_subtree values ($1, $2, $3)', [level, index, merkleRoot(members)])
    }
  }
  await pool.query('delete from audit_pending')
  const root = merkleRoot(leaves)
  const note = signNote(log, leaves.length, root)
  await pool.query('insert into audit_checkpoint (size, root, note) values ($1, $2, $3) on conflict do nothing', [
    leaves.length,
    root,
    note,
  ])
  if (witness) {
    await pool.query('insert into audit_cosignature (size, witness, line) values ($1, $2, $3) on conflict do nothing', [
      leaves.length,
      witness.name,
      cosign(witness, note, 1_760_000_000),
    ])
  }
  return { size: leaves.length, note }
}

/** Returns the files of an export of all sealed entries. */
export async function exportLog(pool: Queries, log: TestSigner): Promise<Map<string, Buffer>> {
  const entries = await entriesOf(pool)
  const { rows: leaves } = await pool.query<{ seq: number; hash: Buffer }>(
    'select seq::float8, hash from audit_leaf order by index',
  )
  const { rows: checkpoints } = await pool.query<{ note: string; at: string; lines: string[] }>(
    `select note, to_char(signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
       array(select line from audit_cosignature s where s.size = c.size) as lines
     from audit_checkpoint c order by size`,
  )
  const files = new Map<string, Buffer>()
  files.set('key', Buffer.from(`${log.verifierKey}\n`))
  const newest = checkpoints.at(-1)!
  const whole = ({ note, lines }: { note: string; lines: string[] }) => note + lines.map((line) => `${line}\n`).join('')
  const earlier = checkpoints.slice(0, -1).map((one) => `${JSON.stringify({ note: whole(one), signedAt: one.at })}\n`)
  files.set('checkpoint', Buffer.from(whole(newest)))
  files.set('checkpoints.jsonl', Buffer.from(earlier.join('')))
  let level = leaves.map(({ hash }) => hash)
  for (let height = 0; level.length > 0; height++) {
    put(`tile/${height}`, level, (members) => Buffer.concat(members))
    level = Array.from({ length: Math.floor(level.length / 256) }, (_, n) =>
      merkleRoot(level.slice(n * 256, n * 256 + 256)),
    )
  }
  put('tile/entries', leaves, (members) =>
    Buffer.concat(
      members.map(({ seq }) => {
        const bytes = Buffer.from(entries.get(seq) ?? '')
        const length = Buffer.alloc(2)
        length.writeUInt16BE(bytes.length)
        return Buffer.concat([length, bytes])
      }),
    ),
  )
  return files

  function put<Member>(folder: string, members: Member[], write: (members: Member[]) => Buffer): void {
    for (let from = 0; from < members.length; from += 256) {
      const part = members.slice(from, from + 256)
      const name = `${folder}/${String(from / 256).padStart(3, '0')}${part.length === 256 ? '' : `.p/${part.length}`}`
      files.set(name, write(part))
    }
  }
}
