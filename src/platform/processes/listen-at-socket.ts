/**
 * Listens at a unix socket that only this user can open, or also the group of the socket's folder if it is a group folder
 * (set-group-ID bit).
 */
import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import type { Server } from 'node:net'
import { dirname } from 'node:path'

/**
 * Listens.
 * @param access `owner`: never the folder's group
 */
export async function listenAtSocket(server: Server, path: string, access: 'group' | 'owner' = 'group'): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  // Until here nobody else can connect, because connecting needs write permission (unix(7)).
  const isGroups = access === 'group' && ((await stat(folder)).mode & 0o2050) === 0o2050
  await chmod(path, isGroups ? 0o660 : 0o600)
}
