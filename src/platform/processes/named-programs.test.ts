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

test('programs are read by kind; a kind that is not there is empty', async () => {
  const named = { ...engine, arguments: ['-u', script.path, '--model=/opt/nn/a.py', '/dev/stdin'], files: [script] }
  expect(await read({ voice: [named] })).toEqual({ voice: [named], recognition: [] })
})

test('what is not vouched for is refused with its place', async () => {
  await expect(read('{')).rejects.toMatchObject({ code: 'programs-file-wrong' })
  for (const [content, place] of [
    [{ voices: [] }, '"voices"'],
    [[], 'no JSON object'],
    [{ voice: [{ ...engine, sha256: 'no' }] }, '/voice/0/sha256'],
    [{ voice: [{ ...engine, program: 'speak' }] }, '/voice/0/program'],
    [{ recognition: [{ ...engine, licence: undefined }] }, '/recognition/0'],
    [{ voice: [{ ...engine, network: 'open' }] }, '/voice/0/network'],
    [{ voice: [{ ...engine, arguments: ['/opt/nn/a.py'] }] }, 'does not name it among its files'],
    [{ voice: [{ ...engine, arguments: ['--model=/opt/nn/m.bin'], files: [script] }] }, '/opt/nn/m.bin'],
  ] as const) {
    await expect(read(content), place).rejects.toThrow(place)
  }
  expect(() => readNamedPrograms(join(folder, 'none.json'), ['voice'])).toThrow('ENOENT')
})
