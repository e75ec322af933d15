import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hashLeaf } from '../audit/tree.ts'
import { ledgerBytes, type LedgerRow } from './ledger-bytes.ts'

test('an entry is written and hashed as in docs/formats/ledger.md', () => {
  const page = readFileSync(new URL('../../../docs/formats/ledger.md', import.meta.url), 'utf8')
  const [, line = ''] = /^ {4}(\{.*\})$/m.exec(page) ?? []
  const [, hash] = /leaf hash ([0-9a-f]{64})/.exec(page) ?? []
  const bytes = ledgerBytes(JSON.parse(line) as LedgerRow)
  expect(bytes.toString()).toBe(line)
  expect(hashLeaf(bytes).toString('hex')).toBe(hash)
})
