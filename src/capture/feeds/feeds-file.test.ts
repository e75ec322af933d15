import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readFeeds } from './feeds-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'seloste-feeds-'))
afterAll(() => rmSync(folder, { recursive: true }))

function feeds(text: string) {
  const path = join(folder, 'feeds.yaml')
  writeFileSync(path, text)
  return readFeeds(path)
}

test('a feed says where its records come from and what is not told by them', () => {
  const [exchange, switchboard] = feeds(`feeds:
  - name: exchange
    source: asterisk-csv
    folder: /var/log/asterisk/cdr-csv
    fields: { sipCallId: userfield }
    rewrite: { from: ^00, to: + }
    incoming: { field: dcontext, values: [from-trunk] }
    covers: 029 497 000
  - { name: switchboard, source: freeswitch, listen: "127.0.0.1:8090", token: 0123456789abcdef, settleSeconds: 5 }
`)
  expect(exchange).toMatchObject({
    from: { kind: 'folder', folder: '/var/log/asterisk/cdr-csv', files: 'Master.csv*' },
    fields: { sipCallId: ['userfield'] },
    rewrite: [{ from: /^00/, to: '+' }],
    zone: 'Europe/Helsinki',
    covers: ['029 497 000'],
    settleMs: 60_000,
  })
  expect(switchboard).toMatchObject({ from: { kind: 'http', listen: { port: 8090 } }, settleMs: 5000 })
})

test.each([
  ['feeds: []', 'a list named "feeds" is expected'],
  ['feeds: [{ name: A, source: cucm, folder: /x }]', 'name is "A"'],
  ['feeds: [{ name: a, source: avaya, folder: /x }]', 'source is "avaya"; allowed are asterisk-csv'],
  ['feeds: [{ name: a, source: cucm, folder: x }]', 'folder is "x"; it begins at the root'],
  ['feeds: [{ name: a, source: csv, folder: /x }]', 'says in "fields" at least which are callId, startedAt and called'],
  [
    'feeds: [{ name: a, source: freeswitch, listen: "127.0.0.1:1", token: short }]',
    'token has fewer than 16 characters',
  ],
  ['feeds: [{ name: a, source: cucm, folder: /x, zone: Helsinki }]', 'zone is "Helsinki"'],
  ['feeds: [{ name: a, source: cucm, folder: /x, fields: { topic: x } }]', 'fields has "topic"'],
  ['feeds: [{ name: a, source: cucm, folder: /x, colour: red }]', '"colour" is not known'],
])('%s is refused with what is allowed', (text, why) => {
  expect(() => feeds(text)).toThrow(why)
})
