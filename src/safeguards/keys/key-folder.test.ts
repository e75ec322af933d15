import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openKeyFolder } from './key-folder.ts'

const place = await mkdtemp(join(tmpdir(), 'seloste-folder-'))
afterAll(() => rm(place, { recursive: true, force: true }))
let made = 0
const newFolder = async () => {
  const folder = join(place, `keys-${++made}`)
  await mkdir(folder, { mode: 0o700 })
  return folder
}

describe('a folder whose volume was unmounted', () => {
  test.each([
    ['and that no longer exists', () => Promise.resolve()],
    ['and in whose place is another folder', (folder: string) => mkdir(folder, { mode: 0o700 })],
  ])('%s, is unavailable: no key counts as missing, none is destroyed, and none is created', async (_how, replace) => {
    const folder = await newFolder()
    const store = await openKeyFolder(folder)
    await store.make('month-2027-01.v1')
    await rename(folder, `${folder}-away`)
    await replace(folder)
    const away = { code: 'KEY_STORE_AWAY' }
    await expect(store.has('month-2027-01.v1')).rejects.toMatchObject(away)
    await expect(store.destroy('month-2027-01.v1')).rejects.toMatchObject(away)
    await expect(store.names()).rejects.toMatchObject(away)
    await expect(store.make('month-2027-02.v1')).rejects.toMatchObject(away)
    await rm(folder, { recursive: true, force: true })
    await rename(`${folder}-away`, folder)
    expect(await store.has('month-2027-01.v1')).toBe(true)
  })
})

describe('leftovers of a key after a crash', () => {
  test('half-written files are no key, but are listed, and are removed with the key, unlike files of other names', async () => {
    const folder = await newFolder()
    const store = await openKeyFolder(folder)
    await store.write('a.key', Buffer.from('another’s'))
    // Unfinished files with the name of this version, and with that of the previous version.
    await writeFile(join(folder, 'a.key.0123abcd.new'), 'hal')
    await writeFile(join(folder, 'a.key.new'), 'hal')
    await writeFile(join(folder, 'a.key.key.89abcdef.new'), 'hal')
    expect(await store.has('a')).toBe(false)
    expect(await store.read('a')).toBeUndefined()
    expect((await store.names()).toSorted()).toEqual(['a', 'a.key'])
    expect((await store.destroy('a')).proof).toBe('overwritten and removed')
    expect((await readdir(folder)).toSorted()).toEqual(['a.key.key', 'a.key.key.89abcdef.new'])
    await store.write('a', Buffer.from('new'))
    expect((await store.read('a'))?.toString()).toBe('new')
  })

  test('an overwritten file that was not removed is no key, but is listed, and is replaced by a new key', async () => {
    const folder = await newFolder()
    const store = await openKeyFolder(folder)
    await writeFile(join(folder, 'a.key'), Buffer.alloc(32))
    expect(await store.has('a')).toBe(false)
    expect(await store.names()).toEqual(['a'])
    await expect(store.wrap('a', [{ secret: Buffer.from('s'), purpose: 'p' }])).rejects.toMatchObject({
      code: 'KEY_MISSING',
    })
    await store.make('a')
    expect((await store.read('a'))?.length).toBe(32)
    expect(await readdir(folder)).toEqual(['a.key'])
  })
})

const withoutStrace =
  spawnSync('strace', ['-e', 'inject=fsync:error=EIO', 'true']).status === 0
    ? ''
    : ' (strace is not installed, or not allowed)'
const program = join(import.meta.dirname, '../../../test/keys/write-and-destroy.ts')

describe(`the folder of keys on a disk that fails${withoutStrace}`, () => {
  /** System calls of one write and one destruction, in order; which of them fails, and how. */
  const calls = ['pwrite64:1', 'fsync:1', 'link:1', 'fsync:2', 'pwrite64:2', 'fsync:3', 'unlink:2', 'fsync:4']
  const faults = ['error=EIO', 'error=ENOSPC', 'signal=KILL']
  const all = calls.flatMap((call) => faults.map((fault) => ({ call, fault })))
  // Each case starts a process: the short run takes every other case.
  const some = all.filter((_, index) => index % 2 === 0 || process.env['SELOSTE_LONG'] !== undefined)

  test.skipIf(withoutStrace !== '').each(some)(
    'at $call with $fault: a key exists whole or not at all, the reported outcome is true, and the next try succeeds',
    async ({ call, fault }) => {
      const folder = await newFolder()
      const [name = '', when = ''] = call.split(':')
      const inject = `inject=/^${name}(at)?$:${fault}:when=${when}`
      const words = ['-f', '-qq', '-o', `${folder}.trace`, '-e', `trace=/^${name}(at)?$`, '-e', inject]
      const command = [process.execPath, program, folder, 'month-2027-01.v1', 'the key itself']
      // strace counts the calls of each thread.
      const running = spawn('strace', [...words, ...command], { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } })
      let reported = ''
      running.stdout.on('data', (part: Buffer) => (reported += part.toString()))
      const [, signal] = (await once(running, 'close')) as [number | null, string | null]
      // strace ends with the program's signal.
      if (fault === 'signal=KILL') expect(signal).toBe('SIGKILL')
      else expect(await readFile(`${folder}.trace`, 'utf8')).toContain('INJECTED')
      const lines = reported
        .trim()
        .split('\n')
        .filter((line) => line !== '')

      const store = await openKeyFolder(folder)
      const held = await store.read('month-2027-01.v1')
      if (held) expect(held.toString()).toBe('the key itself')
      if (lines.includes('destroyed')) expect(held).toBeUndefined()
      // Until its file is removed, an interrupted destruction is listed, to be resumed.
      else if (lines.join() === 'written' && call !== 'fsync:4') expect(await store.names()).toHaveLength(1)
      for (const line of lines.filter((line) => line.startsWith('not'))) {
        expect(line).toMatch(
          /^not (written|destroyed): KEY_STORE_AWAY: .*the key month-2027-01.v1 cannot be .*\((EIO|ENOSPC)\)/,
        )
      }
      await store.destroy('month-2027-01.v1')
      expect(await readdir(folder)).toEqual([])
      await store.write('month-2027-01.v1', Buffer.from('once more'))
      expect((await store.read('month-2027-01.v1'))?.toString()).toBe('once more')
    },
  )
})
