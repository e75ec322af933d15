import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readNamedPrograms } from './named-programs.ts'

const hash = 'ab'.repeat(32)
const engine = { name: 'nn', version: '2', licence: 'MIT', program: '/opt/nn/speak', sha256: hash }
const script = { path: '/opt/nn/a.py', sha256: hash, licence: 'MIT' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-programs-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(content: unknown) {
  const file = join(folder, 'programs.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return readNamedPrograms(file, ['voice', 'recognition'])
}

test('programs are read by kind, and a missing kind is empty', async () => {
  const program = { ...engine, arguments: ['-u', script.path, '--model=/opt/nn/a.py', '/dev/stdin'], files: [script] }
  expect(await read({ voice: [program] })).toEqual({ programs: { voice: [program], recognition: [] }, faults: [] })
})

test('an invalid program is left out with a fault that names it by its path in the file, and the others are usable', async () => {
  await expect(read('{')).rejects.toMatchObject({ code: 'programs-file-wrong' })
  await expect(read({ voices: [] })).rejects.toThrow('"voices"')
  await expect(read({ voice: {} })).rejects.toThrow('/voice')
  await expect(read([])).rejects.toThrow('not a JSON object')
  for (const [content, excerpt] of [
    [{ voice: [{ ...engine, sha256: 'no' }] }, '/voice/0/sha256'],
    [{ voice: [{ ...engine, program: 'speak' }] }, '/voice/0/program'],
    [{ recognition: [{ ...engine, licence: undefined }] }, '/recognition/0'],
    [{ voice: [{ ...engine, network: 'open' }] }, '/voice/0/network'],
    [{ voice: [{ ...engine, arguments: ['/opt/nn/a.py'] }] }, 'does not list it among its files'],
    [{ voice: [{ ...engine, arguments: ['--model=/opt/nn/m.bin'], files: [script] }] }, '/opt/nn/m.bin'],
  ] as const) {
    const { programs, faults } = await read(content)
    expect({ ...programs, reported: faults.map(({ code, message }) => [code, message]) }, excerpt).toEqual({
      ...{ voice: [], recognition: [] },
      reported: [['programs-file-wrong', expect.stringContaining(excerpt)]],
    })
  }
  const { programs, faults } = await read({ voice: [engine, { ...engine, sha256: 'no' }], recognition: [engine] })
  expect(programs).toEqual({ voice: [engine], recognition: [engine] })
  expect(faults).toHaveLength(1)
  expect(() => readNamedPrograms(join(folder, 'none.json'), ['voice'])).toThrow('ENOENT')
})
