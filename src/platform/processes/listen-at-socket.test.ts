import { chmod, mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeServer } from '../connections/small-server.ts'
import { listenAtSocket } from './listen-at-socket.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-socket-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function modeOf(path: string, access?: 'owner'): Promise<string> {
  const server = createServer()
  await listenAtSocket(server, path, access)
  const { mode } = await stat(path)
  await closeServer(server)
  return (mode & 0o777).toString(8)
}

test('a socket is accessible to its user only, and to a group only if its folder was made for one', async () => {
  expect(await modeOf(join(folder, 'made/a.sock'))).toBe('600')
  await chmod(folder, 0o750)
  expect(await modeOf(join(folder, 'a.sock'))).toBe('600')
  await chmod(folder, 0o2750)
  expect(await modeOf(join(folder, 'a.sock'))).toBe('660')
  expect(await modeOf(join(folder, 'a.sock'), 'owner')).toBe('600')
})
