import { cp, mkdtemp, open as openFile, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openTextJournal, type TextJournal } from './text-journal.ts'

let directory = ''
let copy = ''
const opened: TextJournal[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'seloste-journal-'))
  copy = await mkdtemp(join(tmpdir(), 'seloste-journal-'))
})
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close()
  for (const folder of [directory, copy]) await rm(folder, { recursive: true, force: true })
})

async function open(folder = directory, reservedBytes = 4096, rotateMs?: number): Promise<TextJournal> {
  const options = { directory: folder, reservedBytes, retryMs: 10, onFault: () => undefined }
  const texts = await openTextJournal({ ...options, ...(rotateMs !== undefined && { rotateMs }) })
  opened.push(texts)
  return texts
}

/** Returns what another process would find if this one were killed now. */
async function journalAfterKill() {
  await rm(copy, { recursive: true })
  await cp(directory, copy, { recursive: true })
  const other = await open(copy)
  await other.close()
  return { texts: Object.fromEntries(other.all()), broken: other.broken }
}

async function journalOf(folder: string): Promise<{ path: string; text: string }> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.journal')).sort()
  for (const name of names.reverse()) {
    const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\0', '')
    if (text) return { path: join(folder, name), text }
  }
  throw new Error('no journal has a line')
}

test('the newest text of a key is kept until it is removed, whenever the process is killed', async () => {
  const texts = await open()
  await texts.put('a', 'one')
  await texts.put('b', '{"two": "sanaa äö"}')
  expect(await journalAfterKill()).toEqual({ texts: { a: 'one', b: '{"two": "sanaa äö"}' }, broken: [] })
  await texts.put('a', 'three')
  await texts.remove('b')
  expect(await journalAfterKill()).toEqual({ texts: { a: 'three' }, broken: [] })
})

test('simultaneous requests share one write', async () => {
  const texts = await open()
  await Promise.all(['a', 'b', 'c', 'd'].map((key) => texts.put(key, key)))
  const groups = (await journalOf(directory)).text
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1])
  expect(groups).toHaveLength(4)
  expect(new Set(groups).size).toBe(1)
})

test('deferred texts are written with urgent ones, or soon without them', async () => {
  const texts = await open()
  const later = texts.put('a', 'one', 'in-time')
  await texts.put('b', 'two')
  await later
  await texts.remove('b', 'in-time')
  expect(await journalAfterKill()).toEqual({ texts: { a: 'one' }, broken: [] })
  const groups = (await journalOf(directory)).text
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1])
  expect(new Set(groups).size).toBe(2)
  expect(groups).toHaveLength(3)
})

test('deferred texts written with urgent ones cause no write of their own', async () => {
  const texts = await open()
  // The next file is reserved with timers of its own.
  await expect.poll(async () => (await readdir(directory)).length).toBe(2)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const later = texts.put('a', 'one', 'in-time')
    expect(vi.getTimerCount()).toBe(1)
    await texts.put('b', 'two')
    await later
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('the journal rotates its files and copies the texts that were not removed, and a start does the same', async () => {
  const texts = await open()
  await texts.put('long', 'a call of an hour')
  for (let n = 0; n < 1_000; n++) {
    await texts.put(`k${n}`, 'x'.repeat(100))
    if (n >= 10) await texts.remove(`k${n - 10}`)
  }
  // Waits, so that no file is copied while the journal removes it.
  await expect.poll(async () => (await readdir(directory)).length).toBeLessThanOrEqual(2)
  const entries = Object.fromEntries([...Array(10).keys()].map((n) => [`k${n + 990}`, 'x'.repeat(100)]))
  expect((await journalAfterKill()).texts).toEqual({ long: 'a call of an hour', ...entries })
  expect(Number.parseInt((await readdir(directory)).sort()[0]!, 10)).toBeGreaterThan(10)
  for (let start = 0; start < 3; start++) {
    const again = await open(copy)
    expect(Object.fromEntries(again.all())).toEqual({ long: 'a call of an hour', ...entries })
    await again.close()
  }
})

test('a journal cut anywhere has everything before the cut, and is not corrupt', async () => {
  const texts = await open()
  for (let n = 0; n < 5; n++) await texts.put('a', `text ${n}`)
  const { path, text } = await journalOf(directory)
  await texts.close()
  for (const name of await readdir(directory)) await rm(join(directory, name))
  for (let length = 0; length <= text.length; length++) {
    await writeFile(path, text.slice(0, length) + '\0'.repeat(50))
    const whole = text.slice(0, length).split('\n').length - 1
    const hasLast = length < text.length && text[length] === '\n'
    const last = whole + (hasLast ? 1 : 0)
    expect(await journalAfterKill()).toEqual({ texts: last === 0 ? {} : { a: `text ${last - 1}` }, broken: [] })
  }
})

test('the readable rest of a journal altered on disk is used, and the file is set aside and named at each start', async () => {
  const texts = await open()
  for (const key of ['a', 'b', 'c']) await texts.put(key, `text of ${key}`)
  const { path, text } = await journalOf(directory)
  await texts.close()
  await writeFile(path, text.replace('text of b', 'text of B'))
  for (let start = 0; start < 3; start++) {
    const again = await open()
    expect(Object.fromEntries(again.all())).toEqual({ a: 'text of a', c: 'text of c' })
    expect(again.broken).toEqual(['000000001.journal.broken'])
    await again.close()
  }
})

test('the remains of a failed write never override a later write', async () => {
  const texts = await open()
  await texts.put('a', 'first')
  const file = await openFile(join(copy, 'any'), 'w')
  const prototype = Object.getPrototypeOf(file) as FileHandle
  const write = Object.getOwnPropertyDescriptor(prototype, 'write')!.value as (
    this: FileHandle,
    ...args: unknown[]
  ) => Promise<unknown>
  // The bytes are written, and the disk reports an error.
  const disk = vi.spyOn(prototype, 'write').mockImplementation(async function (this: FileHandle, ...args: unknown[]) {
    await write.apply(this, args)
    throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })
  })
  const long = 'x'.repeat(20)
  const refused = await Promise.allSettled([
    texts.put('b', long, 'in-time'),
    texts.put('a', 'never'),
    texts.put('c', long),
  ])
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  disk.mockRestore()
  await file.close()
  await texts.put('a', 'second')
  expect((await journalAfterKill()).texts['a']).toBe('second')
  expect((await journalAfterKill()).broken).toEqual([])
})

async function everythingIn(folder: string): Promise<string> {
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8').catch(() => '')),
  )
  return texts.join('')
}

test('no erased text is left on disk, the others stay, and a kill brings nothing back', async () => {
  const texts = await open()
  await texts.put('other', 'stays')
  await texts.put('a', 'first 0401234567')
  await texts.put('a', 'second 0401234567')
  await texts.put('last', 'stays, too')
  const again = Promise.all([texts.erase('a'), texts.put('b', 'meanwhile')])
  await again
  expect(await everythingIn(directory)).not.toContain('0401234567')
  expect(await journalAfterKill()).toEqual({
    texts: { other: 'stays', last: 'stays, too', b: 'meanwhile' },
    broken: [],
  })
  await texts.put('a', 'anew')
  expect((await journalAfterKill()).texts).toMatchObject({ a: 'anew' })
})

/** Opens a journal with a text that stays, and one that was replaced and removed. */
async function openWithRemoved(rotateMs: number): Promise<TextJournal> {
  const texts = await open(directory, 4096, rotateMs)
  await texts.put('stays', 'long')
  await texts.put('a', 'of 0401234567')
  await texts.put('a', 'of 0407654321')
  await texts.remove('a', 'in-time')
  return texts
}

test('removed or replaced texts are soon in no file', async () => {
  await openWithRemoved(50)
  await expect.poll(() => everythingIn(directory)).not.toMatch(/0401234567|0407654321/)
  await expect.poll(async () => (await readdir(directory)).length).toBe(2)
  expect(await journalAfterKill()).toEqual({ texts: { stays: 'long' }, broken: [] })
})

test('a closed journal has no removed text on disk, and the others', async () => {
  const texts = await openWithRemoved(3_600_000)
  await texts.close()
  opened.length = 0
  expect(await everythingIn(directory)).not.toMatch(/0401234567|0407654321/)
  expect(await readdir(directory)).toHaveLength(1)
  expect(await journalAfterKill()).toEqual({ texts: { stays: 'long' }, broken: [] })
})

test('a file that the previous process had begun to overwrite is not read, and is overwritten after the next start', async () => {
  const texts = await open()
  await texts.put('a', 'one')
  const { path } = await journalOf(directory)
  await texts.close()
  await cp(path, `${path}.over`)
  await rm(path)
  const next = await open()
  expect(Object.fromEntries(next.all())).toEqual({})
  await expect.poll(() => readdir(directory)).not.toContain('000000001.journal.over')
})
