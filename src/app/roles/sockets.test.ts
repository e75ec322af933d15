import { chmodSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { socketPath } from './sockets.ts'

const createdFolders: string[] = []
afterEach(() => {
  for (const path of createdFolders.splice(0)) rmSync(path, { recursive: true, force: true })
})

const withoutSocketsFolder = { splitRoles: { socketsFolder: undefined } }
const settingsWithLongPath = () => ({ ...withoutSocketsFolder, dataDirectory: join('/', randomUUID().repeat(4)) })

test('a socket is in the data folder if its path is short enough', () => {
  expect(socketPath({ ...withoutSocketsFolder, dataDirectory: '/data' }, 'custodian')).toBe('/data/custodian.sock')
})

test('a socket with a long path is in a temporary folder that only its owner can enter', () => {
  const settings = settingsWithLongPath()
  const path = socketPath(settings, 'metrics-custodian')
  createdFolders.push(dirname(path))
  expect(path.startsWith(tmpdir())).toBe(true)
  expect(Buffer.byteLength(path)).toBeLessThan(100)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  expect(dirname(socketPath(settings, 'custodian'))).toBe(dirname(path))
})

test('a temporary folder that others can enter, or a link to another, is refused', () => {
  const settings = settingsWithLongPath()
  const folder = dirname(socketPath(settings, 'custodian'))
  createdFolders.push(folder)
  chmodSync(folder, 0o711)
  expect(() => socketPath(settings, 'custodian')).toThrow('is accessible to others')
  rmSync(folder, { recursive: true })
  symlinkSync(tmpdir(), folder)
  expect(() => socketPath(settings, 'custodian')).toThrow('is accessible to others')
})

test('in SELOSTE_RUN each role has a folder for its sockets', () => {
  const settings = { dataDirectory: '/data', splitRoles: { socketsFolder: '/run/seloste' } }
  expect(socketPath(settings, 'custodian')).toBe('/run/seloste/custodian/custodian.sock')
  expect(socketPath(settings, 'metrics-capture')).toBe('/run/seloste/capture/metrics-capture.sock')
})
