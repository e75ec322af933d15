import { generateKeyPairSync } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdCompress } from 'node:zlib'
import { expect, test } from 'vitest'
import { makeSigner } from '../audit/note.ts'
import { decompress } from './import-tables.ts'
import { readManifest, signManifest, type Manifest } from './manifest.ts'

const privateKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
const signer = makeSigner('seloste.test/log', privateKey, 'note')
const id = '2026-11-26t02-30-00z'
const read = (name: string, columns: string[]) => {
  const table = { name, columns, rows: 0, parts: [] }
  const manifest = { format: 'seloste-backup/1', id, tables: [table] } as unknown as Manifest
  const { bytes, note } = signManifest(manifest, signer)
  return readManifest(id, bytes, note, signer)
}

test('a manifest with SQL in the name of a table or column is refused, even if its signature is valid', () => {
  expect(read('audit_entry', ['seq', '"at"', 'person_id'])).toHaveProperty('manifest')
  const strange = { wrong: 'has a table or column with a name that Seloste does not use' }
  expect(read(`x" from program 'id' --`, ['seq'])).toEqual(strange)
  expect(read('audit_entry', ["seq) from program 'id' --"])).toEqual(strange)
  expect(read('audit_entry', ['"at", "x'])).toEqual(strange)
})

test('a part that expands beyond any export’s size is refused', async () => {
  const bomb = await promisify(zstdCompress)(Buffer.alloc(257 << 20))
  expect(bomb.length).toBeLessThan(1 << 20)
  await expect(decompress(bomb)).rejects.toThrow(/larger than/)
})
