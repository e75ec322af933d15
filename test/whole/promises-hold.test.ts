import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { promises } from '#description/promises.ts'
import { shippedDescriptionText } from '../database/describe-from.ts'
import { signInAt } from './api.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))

test(
  'a broken promise is shown in the metrics, the status, the log and beside its sentence, until it holds',
  { timeout: 400_000 },
  async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'seloste-promises-'))
    const description = join(dataDirectory, 'two-sites.yaml')
    await writeFile(description, withSecondSite(await shippedDescriptionText()))
    const environment = { SELOSTE_DESCRIPTION: description }
    const settings = { ...environment, SELOSTE_SITES: 'server-room' }

    // Does not set at which of the two sites this machine is, so no data are brought there (R19).
    await expect(startSeloste({ dataDirectory, environment })).rejects.toThrow('place-unattested')
    let seloste = await startSeloste({ dataDirectory, environment: settings })
    await seloste.stop()

    // Removes the setting: the stored data stay in use, and the promise does not hold.
    seloste = await startSeloste({ dataDirectory, environment })
    try {
      await expect.poll(() => holds(seloste, 'history.tells-recorded'), { timeout: 60_000 }).toBe('1')
      expect(await holds(seloste, 'storage.sites')).toBe('0')
      expect(await readStatus(seloste)).toMatchObject({
        exitCode: 1,
        found: { desk: 'ready', broken: [{ promise: 'storage.sites' }] },
      })
      expect(seloste.output()).toContain('a promise of the register description does not hold')
      const { items } = (await evidenceOf(seloste)) as {
        items: { promise: string; holds: boolean; text: { fi: string } }[]
      }
      expect(items).toHaveLength(promises.length)
      expect(items.filter(({ holds }) => !holds)).toMatchObject([
        { promise: 'storage.sites', text: { fi: expect.stringContaining('luettelon ulkopuolella 4') } },
      ])
      expect((await fetch(`${seloste.url}/api/evidence`)).status).toBe(401)
    } finally {
      await seloste.stop()
    }

    seloste = await startSeloste({ dataDirectory, environment: settings })
    try {
      await expect.poll(() => holds(seloste, 'storage.sites'), { timeout: 60_000 }).toBe('1')
      expect(seloste.output()).toContain('a promise of the register description holds again')
      await expect
        .poll(() => readStatus(seloste), { timeout: 60_000 })
        .toMatchObject({ exitCode: 0, found: { broken: [] } })
    } finally {
      await seloste.stop()
      await rm(dataDirectory, { recursive: true, force: true })
    }
    expect(await readStatus(seloste)).toMatchObject({ exitCode: 1, found: { desk: 'does-not-answer' } })
  },
)

function withSecondSite(text: string): string {
  const [, site] = /( {4}- id: server-room\n(?: {6}.*\n| {8}.*\n)+)/.exec(text) ?? []
  if (site === undefined) throw new Error('the seed has no storage site')
  return text.replace(site, site + site.replace('server-room', 'vault'))
}

async function holds(seloste: RunningSeloste, promise: string): Promise<string | undefined> {
  const text = await fetch(`${seloste.url}/metrics`).then((answer) => answer.text())
  return new RegExp(`seloste_promise_holds\\{promise="${promise.replace('.', '\\.')}",process="desk"\\} (\\d)`).exec(
    text,
  )?.[1]
}

async function evidenceOf(seloste: RunningSeloste): Promise<unknown> {
  const api = await signInAt(seloste.url, 'aino', seloste.password)
  return (await api.call('GET', '/api/evidence')).json()
}

function readStatus(seloste: RunningSeloste): Promise<{ exitCode: number; found: unknown }> {
  const env = { ...process.env, ...seloste.environment, SELOSTE_HTTP: new URL(seloste.url).host }
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'status', '--json'], { env }, (error, stdout) => {
      resolve({ exitCode: error ? Number(error.code) : 0, found: stdout ? JSON.parse(stdout) : undefined })
    })
  })
}
