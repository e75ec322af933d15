import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { alawSamples, ulawSamples } from './decode-g711.ts'

const isInstalled = (command: string, flag: string) => spawnSync(command, [flag]).status === 0
const allCodes = Buffer.from(Array.from({ length: 256 }, (_, code) => code))
const asSamples = (bytes: Buffer) => Array.from({ length: 256 }, (_, i) => bytes.readInt16LE(2 * i))

test('known values of G.711 decode as in the recommendation', () => {
  expect([0xd5, 0x55, 0xaa, 0x2a, 0x80, 0x00].map((code) => alawSamples[code])).toEqual([
    8, -8, 32256, -32256, 5504, -5504,
  ])
  expect([0xff, 0x7f, 0x80, 0x00, 0xf0].map((code) => ulawSamples[code])).toEqual([0, 0, 32124, -32124, 120])
})

test('the tables are odd-symmetric and reach every level once', () => {
  for (let code = 0; code < 128; code++) {
    expect(alawSamples[code]! + alawSamples[code | 0x80]!).toBe(0)
    expect(ulawSamples[code]! + ulawSamples[code | 0x80]!).toBe(0)
  }
  expect(new Set(alawSamples).size).toBe(256)
  expect(new Set(ulawSamples).size).toBe(255) // Two codes for zero.
})

test.skipIf(!isInstalled('sox', '--version')).each([
  ['al', alawSamples],
  ['ul', ulawSamples],
] as const)('sox decodes every %s code to the same sample', (type, table) => {
  const args = ['-D', '-t', type, '-r', '8000', '-c', '1', '-', '-t', 'raw', '-e', 'signed', '-b', '16', '-L', '-']
  expect(asSamples(spawnSync('sox', args, { input: allCodes }).stdout)).toEqual([...table])
})

test.skipIf(!isInstalled('ffmpeg', '-version')).each([
  ['alaw', alawSamples],
  ['mulaw', ulawSamples],
] as const)('ffmpeg decodes every %s code to the same sample', (format, table) => {
  const args = ['-v', 'error', '-f', format, '-ar', '8000', '-ac', '1', '-i', '-', '-f', 's16le', '-']
  expect(asSamples(spawnSync('ffmpeg', args, { input: allCodes }).stdout)).toEqual([...table])
})
