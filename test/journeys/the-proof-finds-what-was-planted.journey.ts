// R1, R13-R15: an undrawn recording and a missing drawn one, planted directly by the database's owner, are found by the
// proof and reported on the page, in the metrics and by `seloste status`.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test as base, type Page } from '@playwright/test'
import { sql } from 'kysely'
import { eventually } from '#test/whole/api.ts'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'
import { signInOn } from './at-the-desk.ts'
import { withOwnDatabase, reportPastCalls } from './past-calls.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'seloste-planted-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
})
test.setTimeout(240_000)

test('one planted extra recording and one planted omission are found, and reported to everybody who reads the proof', async ({
  page,
  folder,
}) => {
  let seloste = await startSeloste({ dataDirectory: folder, isPrepared: true })
  try {
    await reportCalls(seloste)
    const { ports } = seloste
    await seloste.stop()
    // All decisions are recomputed at a start.
    seloste = await startSeloste({ dataDirectory: folder, ports })
    await openProofs(page, seloste)
    await expect(page.locator('#S14 ~ .evidence, #S14 .evidence').first()).toContainText('Pitää paikkansa.')
    expect(await readMetric(seloste)).toBe(1)
    expect((await runStatus(seloste)).output).toContain('promises of the description hold')

    await plant(seloste)
    await seloste.stop()
    seloste = await startSeloste({ dataDirectory: folder, ports })
    await eventually(
      async () => ((await readMetric(seloste)) === 0 ? true : undefined),
      'the metric reports the breach',
    )
    await openProofs(page, seloste)
    const summary = page.locator('.summary.broken')
    await expect(summary).toContainText('arpomatta tallennettuja 1, tallentamatta jääneitä 1')
    const { output: reported, code } = await runStatus(seloste)
    expect(reported).toContain('recording.as-drawn')
    expect(reported).toContain('recorded without a draw: 1, drawn but not recorded: 1')
    expect(code).toBe(1)
    expect(seloste.output()).toContain('recording.as-drawn')

    // The public sees the promise, without internal details.
    await page.context().clearCookies()
    await page.goto(`${seloste.url}/rekisteriseloste`)
    await expect(page.locator('body')).not.toContainText('arpomatta')
  } finally {
    await seloste.stop()
  }
})

/** Reports twelve undrawn calls and four drawn ones, each with its audio. */
async function reportCalls(seloste: RunningSeloste): Promise<void> {
  const call = (minutesAgo: number, drawn: boolean) => {
    const startedAt = Temporal.Now.instant().subtract({ minutes: minutesAgo })
    const endedAt = startedAt.add({ seconds: 30 })
    return {
      startedAt,
      endedAt,
      caller: `+35840400${String(1000 + minutesAgo)}`,
      numberCalled: '029 497 000',
      segments: [{ official: '029 512 1001', number: '029 497 000', answeredAt: startedAt, endedAt }],
      drawn,
    }
  }
  await reportPastCalls(seloste, [
    ...Array.from({ length: 12 }, (_, index) => call(10 + index, false)),
    ...Array.from({ length: 4 }, (_, index) => call(40 + index, true)),
  ])
  await eventually(
    async () => {
      const { kept: stored } = await withOwnDatabase(seloste, (db) =>
        db
          .selectFrom('recording')
          .select(sql<number>`count(*) filter (where kept_at is not null)::int`.as('kept'))
          .executeTakeFirstOrThrow(),
      )
      return stored === 4 ? stored : undefined
    },
    'four recordings are ingested',
    60_000,
  )
}

/** Plants both breaches as the database's owner, without triggers. */
async function plant(seloste: RunningSeloste): Promise<void> {
  await withOwnDatabase(seloste, (db) =>
    db.transaction().execute(async (tx) => {
      await sql`alter table recording disable trigger user`.execute(tx)
      await sql`
        insert into recording
        select (jsonb_populate_record(r, jsonb_build_object(
          'id', gen_random_uuid(), 'segment_id', s.id, 'contact_id', s.contact_id, 'contact_started_at', s.contact_started_at
        ))).*
        from recording r, (select * from segment where not decision_record order by answered_at limit 1) s
        order by r.started_at limit 1`.execute(tx)
      await sql`delete from recording where id = (
        select r.id from recording r join segment s on s.id = r.segment_id where s.decision_record order by r.started_at desc limit 1
      )`.execute(tx)
      await sql`alter table recording enable trigger user`.execute(tx)
    }),
  )
}

async function openProofs(page: Page, seloste: RunningSeloste): Promise<void> {
  await page.context().clearCookies()
  await signInOn(page, seloste, 'riitta', { path: `${seloste.url}/description` })
  await page.goto(`${seloste.url}/rekisteriseloste`)
}

/** Reads `seloste_promise_holds` for the draws, as monitoring does. */
async function readMetric(seloste: RunningSeloste): Promise<number | undefined> {
  const text = await (await fetch(`${seloste.url}/metrics`)).text()
  const value = /^seloste_promise_holds\{[^}]*promise="recording\.as-drawn"[^}]*\} (\d)/m.exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

async function runStatus(seloste: RunningSeloste): Promise<{ output: string; code: number }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, 'status'],
      {
        env: {
          ...process.env,
          ...seloste.environment,
          SELOSTE_HTTP: `127.0.0.1:${seloste.ports.http}`,
        },
      },
      (error, stdout) => {
        resolve({ output: stdout, code: typeof error?.code === 'number' ? error.code : 0 })
      },
    )
  })
}
