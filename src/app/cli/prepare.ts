import { mkdir, open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { mayHoldLocks } from '#platform/database/may-hold-locks.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { queryOnce } from '#platform/database/query-once.ts'
import { Fault } from '#platform/fault.ts'
import { prepareDatabase, renewRolePasswords } from '../supervisor/bootstrap.ts'
import { databaseRoles } from '../roles/role.ts'
import { assertNoDemo } from './demo/detect-demo-register.ts'
import { waitForDatabase } from './wait-for-database.ts'

/**
 * Prepares a database for roles that run as separate services, as `seloste start` does before it starts roles. `--passwords DIR`
 * gives each role a new password, and writes it into a file in DIR. `--wait SECONDS` waits that long for a database that is down.
 */
export async function prepare(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { passwords: { type: 'string' }, wait: { type: 'string' } } })
  const url = settings.databaseUrl
  if (url === undefined) {
    throw new Fault(
      'setting-wrong',
      'DATABASE_URL is not set; prepare is for a PostgreSQL of your own, and connects to it as the owner of the database (docs/operate/install.md)',
    )
  }
  const folder = values.passwords === undefined ? undefined : resolve(values.passwords)
  if (values.wait !== undefined) await waitForDatabase(() => queryOnce(url, 'select'), Number(values.wait))
  await refuseQuarantined(url)
  await prepareDatabase(url, settings, {
    info: (line: unknown) => {
      console.log(String(line))
    },
  })
  await assertNoDemo(url)
  for (const role of [databaseRoles.desk, databaseRoles.capture]) {
    if (!(await mayHoldLocks(url, role))) continue
    console.log(
      `${role} may take the advisory locks of other roles: run "seloste create-database" (elsewhere its superuser runs what "seloste create-database --print" prints), then "seloste prepare" again`,
    )
  }
  console.log('the database is ready')
  if (folder !== undefined) await writePasswords(url, folder)
}

/** Writes files in the format of systemd (EnvironmentFile=) and Kubernetes (--from-env-file). Never overwrites a file. */
async function writePasswords(adminUrl: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = ['custodian', 'capture', 'desk', 'feeds'] as const
  const opened = []
  try {
    // Before the passwords change: if a file cannot be written, running roles keep their passwords.
    for (const name of names) {
      const path = join(folder, `${name}.env`)
      const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
        const reason =
          cause.code === 'EEXIST' ? 'already exists; move it away first' : `cannot be created (${cause.code ?? ''})`
        throw new Fault('argument-wrong', `${path} ${reason}`, cause)
      })
      opened.push({ name, path, file })
    }
    const urls = await renewRolePasswords(adminUrl)
    for (const { name, path, file } of opened) {
      await file.writeFile(`DATABASE_URL=${urls[name]}\n`)
      await file.sync()
      console.log(path)
    }
  } finally {
    for (const { file } of opened) await file.close()
  }
}
