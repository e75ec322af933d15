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

test('reads a feed’s source and settings, and fills in the defaults', () => {
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

test('reads the numbers of queues and officials that the telephone system reports by name or id', () => {
  const [queues, cloud] = feeds(`feeds:
  - { name: queues, source: queue-log, folder: /var/log/asterisk, names: { support: 029 497 000 } }
  - name: cloud
    source: genesys
    listen: "127.0.0.1:8091"
    token: 0123456789abcdef
    names: { 0b9a4f3e-6d15-4a53-9c0e-1f1f5a001001: "0295121001" }
`)
  expect(queues).toMatchObject({ from: { files: 'queue_log*' }, names: new Map([['support', '029 497 000']]) })
  expect(cloud?.names).toEqual(new Map([['0b9a4f3e-6d15-4a53-9c0e-1f1f5a001001', '0295121001']]))
})

test.each([
  [
    'feeds: [{ name: a, source: queue-log, folder: /x, names: { support: 029497000 } }]',
    'names has no number for "support"; write the number in quotes',
  ],
  ['feeds: []', 'a list named "feeds" is expected'],
  ['feeds: [{ name: A, source: cucm, folder: /x }]', 'name is "A"'],
  ['feeds: [{ name: a, source: avaya, folder: /x }]', 'source is "avaya"; allowed are asterisk-csv'],
  ['feeds: [{ name: a, source: cucm, folder: x }]', 'folder is "x"; it must be an absolute path'],
  ['feeds: [{ name: a, source: csv, folder: /x }]', 'must map at least callId, startedAt and called in "fields"'],
  [
    'feeds: [{ name: a, source: freeswitch, listen: "127.0.0.1:1", token: short }]',
    'token has fewer than 16 characters',
  ],
  ['feeds: [{ name: a, source: cucm, folder: /x, zone: Helsinki }]', 'zone is "Helsinki"'],
  ['feeds: [{ name: a, source: cucm, folder: /x, fields: { topic: x } }]', 'fields has "topic"'],
  ['feeds: [{ name: a, source: cucm, folder: /x, colour: red }]', '"colour" is unknown'],
])('%s is refused with the reason', (text, reason) => {
  expect(() => feeds(text)).toThrow(reason)
})
