/**
 * Finds in the raw bytes of a volume (file carving) everything that may open a recording: headers, wrapped keys of live
 * and dead rows and of the write-ahead log, and possible contents of existing and removed key files. Returns too many
 * candidates rather than too few.
 */
import type { WrappedRow } from './open-from-image.ts'

const headerStart = Buffer.from('age-encryption.org/v1\n-> X25519 ')
const publicKey = /^age1[02-9ac-hj-np-z]{58}$/
const publicKeyBytes = 62
const blockBytes = 4096
const keyBytes = 32
/** Fields with wrapped keys: their length with nonce and tag, and PostgreSQL's length byte before them. */
const privateKeyField = varlena(12 + 74 + 16)
const keyField = varlena(12 + 32 + 16)
const fileKeyField = varlena(12 + 16 + 16)
const epoch = Temporal.PlainDate.from('2000-01-01')
const maxShards = 2_976

function varlena(bytes: number): { bytes: number; mark: number } {
  return { bytes, mark: ((bytes + 1) << 1) | 1 }
}

/** Returns each header once, as text. */
export function carveHeaders(image: Buffer): Set<string> {
  const found = new Set<string>()
  for (let at = image.indexOf(headerStart); at >= 0; at = image.indexOf(headerStart, at + 1)) {
    const text = image.toString('latin1', at, at + 300)
    const end = /\n--- [A-Za-z0-9+/]{43}\n/.exec(text)
    if (end) found.add(text.slice(0, end.index + end[0].length))
  }
  return found
}

export function carveRows(image: Buffer): WrappedRow[] {
  return [...intakeRows(image), ...keyRows(image)]
}

function intakeRows(image: Buffer): WrappedRow[] {
  const rows: WrappedRow[] = []
  const batches = new Set<string>()
  for (let start = image.indexOf('age1'); start >= 0; start = image.indexOf('age1', start + 1)) {
    const key = image.toString('latin1', start, start + publicKeyBytes)
    const at = start + publicKeyBytes + 16
    if (image[at] !== privateKeyField.mark || !publicKey.test(key)) continue
    batches.add(image.toString('hex', start + publicKeyBytes, at))
    rows.push({ wrapped: image.subarray(at + 1, at + 1 + privateKeyField.bytes), purpose: `intake ${key}` })
  }
  for (const batch of batches) {
    const bytes = Buffer.from(batch, 'hex')
    for (let at = image.indexOf(bytes); at >= 0; at = image.indexOf(bytes, at + 1)) {
      if (image[at + 20] !== keyField.mark) continue
      const wrapped = image.subarray(at + 21, at + 21 + keyField.bytes)
      rows.push({ wrapped, purpose: `intake batch ${uuid(batch)}` })
    }
  }
  return rows
}

/** Finds wrapped keys of shards and of recordings, which follow a month and the shard's number. */
function keyRows(image: Buffer): WrappedRow[] {
  const rows: WrappedRow[] = []
  const isMonth = (at: number) => {
    const days = image.readInt32LE(at)
    return days > 9_000 && days < 12_000 && epoch.add({ days }).day === 1
  }
  const isShard = (at: number) => image.readUInt32LE(at) < maxShards
  for (let at = image.indexOf(keyField.mark, 12); at >= 0; at = image.indexOf(keyField.mark, at + 1)) {
    if (!isShard(at - 8) || !isMonth(at - 12)) continue
    const month = epoch.add({ days: image.readInt32LE(at - 12) }).toString()
    const purpose = `shard ${month} ${image.readUInt32LE(at - 8)}`
    rows.push({ wrapped: image.subarray(at + 1, at + 1 + keyField.bytes), purpose })
  }
  for (let at = image.indexOf(fileKeyField.mark, 24); at >= 0; at = image.indexOf(fileKeyField.mark, at + 1)) {
    if (!isShard(at - 4) || !isMonth(at - 8)) continue
    const purpose = `recording ${uuid(image.toString('hex', at - 24, at - 8))}`
    rows.push({ wrapped: image.subarray(at + 1, at + 1 + fileKeyField.bytes), purpose })
  }
  return rows
}

/** Finds blocks that begin with the bytes of a key and are otherwise zero, as in a key file. */
export function carveKeyFiles(image: Buffer): Buffer[] {
  const rest = Buffer.alloc(blockBytes - keyBytes)
  const found: Buffer[] = []
  for (let at = 0; at + blockBytes <= image.length; at += blockBytes) {
    if (image[at + keyBytes] !== 0 || image.compare(rest, 0, rest.length, at + keyBytes, at + blockBytes) !== 0)
      continue
    const key = image.subarray(at, at + keyBytes)
    if (new Set(key).size > 16) found.push(key)
  }
  return found
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
