/** Runs one role as a process of its own on an existing database, without the others. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { findPorts } from '#test/whole/free-ports.ts'

const program = fileURLToPath(new URL('../src/app/cli/main.ts', import.meta.url))

/** @param folder `SELOSTE_DATA` of the process; removed when the process ends */
export async function startRole(
  role: 'desk' | 'feeds',
  { folder, databaseUrl, settings = {} }: { folder: string; databaseUrl: string; settings?: Record<string, string> },
) {
  await mkdir(folder, { recursive: true })
  const { http } = await findPorts()
  const child = fork(program, ['start', '--role', role], {
    env: {
      ...process.env,
      ...{ SELOSTE_DATA: folder, SELOSTE_HTTP: `127.0.0.1:${http}`, SELOSTE_ROLE_DATABASE_URL: databaseUrl },
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [reported] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => [{ failed: `${role} ended at its start` }]),
  ])) as [{ ready?: string; failed?: string }]
  if (reported.ready === undefined) throw new Error(reported.failed)
  let stopping: Promise<void> | undefined
  async function end(): Promise<void> {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  return { url: `http://127.0.0.1:${http}`, stop: () => (stopping ??= end()) }
}
