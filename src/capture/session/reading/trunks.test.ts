import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readTrunks, trunkFinder } from './trunks.ts'

const folder = mkdtempSync(join(tmpdir(), 'seloste-trunks-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(text: string): string {
  const path = join(folder, 'trunks.yaml')
  writeFileSync(path, text)
  return path
}

test('a request has the settings of the first trunk that matches its address and client', () => {
  const find = trunkFinder(
    readTrunks(
      fileOf(`trunks:
  - { name: voice-bot, from: 192.0.2.0/24, client: jambonz, tracks: crossed, zone: UTC, formats: all }
  - { name: border, from: [192.0.2.7, "2001:db8::/32"], tracks: { "1": official, "2": caller }, identity: headers }
`),
    ),
  )
  expect(find('192.0.2.80', 'jambonz-0.9')).toMatchObject({
    name: 'voice-bot',
    tracks: 'crossed',
    zone: 'UTC',
    formats: 'all',
  })
  expect(find('192.0.2.7', 'Mediant SBC')).toMatchObject({ name: 'border', identity: 'headers' })
  expect(find('2001:db8::9', undefined)).toMatchObject({ tracks: { '1': 'official', '2': 'caller' } })
  expect(find('192.0.2.80', 'Mediant SBC')).toBeUndefined()
  expect(trunkFinder(readTrunks(undefined))('192.0.2.7', undefined)).toBeUndefined()
})

test.each([
  ['trunks: [', 'cannot be read as YAML'],
  ['- name: a', 'a list named "trunks" is expected'],
  ['trunks: [7]', 'entry 1: each entry needs a name and addresses'],
  ['trunks: [{ name: a, from: sbc.example.fi }]', 'from has "sbc.example.fi"'],
  ['trunks: [{ name: a, from: 192.0.2.0/33 }]', 'from has "192.0.2.0/33"'],
  ['trunks: [{ name: a, from: 192.0.2.7, zone: Helsinki }]', 'zone is "Helsinki"'],
  ['trunks: [{ name: a, from: 192.0.2.7, tracks: swapped }]', 'tracks must be asSignalled, crossed'],
  ['trunks: [{ name: a, from: 192.0.2.7, tracks: { "1": agent } }]', 'tracks must be asSignalled, crossed'],
  ['trunks: [{ name: a, from: 192.0.2.7, identity: sip }]', 'allowed are vendor, participants, headers'],
  ['trunks: [{ name: a, from: 192.0.2.7, formats: some }]', 'formats must be all or playable'],
  ['trunks: [{ name: a, from: 192.0.2.7, zones: UTC }]', '"zones" is unknown'],
])('a wrong file stops the start with one line: %s', (text, line) => {
  expect(() => readTrunks(fileOf(text))).toThrow(line)
})
