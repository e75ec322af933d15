import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { adminUrlOf } from './external-state.ts'
import { signInAt } from './api.ts'
import { startSeloste, type RunningSeloste } from './start-seloste.ts'

const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))

test(
  'promise, status, health, metrics, API and command report the same about the log, with a dropped trigger, a changed row and a moved clock',
  { timeout: 400_000 },
  async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'seloste-log-agrees-'))
    const seloste = await startSeloste({ dataDirectory, isPrepared: true })
    const owner = new Client({ connectionString: await adminUrlOf(dataDirectory) })
    await owner.connect()
    const runWithoutTriggers = (statement: string) =>
      owner.query(`begin; set local session_replication_role = replica; ${statement}; commit`)
    const waitForVerdict = async (whole: boolean) => {
      await expect
        .poll(
          async () => {
            await owner.query('insert into log_verification (asked_by) values (null) on conflict do nothing')
            return readReports(seloste)
          },
          { timeout: 100_000, interval: 2_000 },
        )
        .toEqual({ promise: whole, health: whole, metrics: [whole, whole] })
      const { broken } = JSON.parse((await run(seloste, undefined)).out) as { broken: { promise: string }[] }
      expect(broken.some(({ promise }) => promise === 'log.whole')).toBe(!whole)
    }
    try {
      await waitForVerdict(true)
      expect((await run(seloste, 'verify')).code).toBe(0)
      expect((await run(seloste, 'resume')).out).toContain('the audit log has no break')

      const { rows } = await owner.query<{ made: string }>(
        `select pg_get_triggerdef(oid) as made from pg_trigger where tgrelid = 'audit_entry'::regclass and tgname = 'append_only'`,
      )
      await owner.query('drop trigger append_only on audit_entry')
      const dropped = await run(seloste, 'verify')
      expect(dropped).toMatchObject({ code: 3, out: expect.stringContaining('trigger audit_entry append_only') })
      await waitForVerdict(false)
      expect(await run(seloste, 'resume', '--reason', 'Nobody was it')).toMatchObject({ code: 1 })
      await owner.query(rows[0]!.made)

      await runWithoutTriggers(
        `update audit_entry set reference = 'another' where seq = (select seq from audit_leaf where index = 3)`,
      )
      expect((await run(seloste, 'verify')).code).toBe(3)
      await waitForVerdict(false)
      const named = await run(seloste, 'resume')
      expect(named).toMatchObject({ code: 1, out: expect.stringContaining('entry-altered') })
      expect((await run(seloste, 'resume', '--reason', 'An exercise; incident 2026-40')).code).toBe(0)

      await runWithoutTriggers(`update audit_checkpoint set signed_at = signed_at + interval '200 days'
        where size = (select size from audit_checkpoint order by size desc offset 1 limit 1)`)
      expect(await run(seloste, 'verify')).toMatchObject({ code: 3, out: expect.stringContaining('checkpoint-order') })
      await waitForVerdict(false)
      expect((await run(seloste, 'resume', '--reason', 'The clock was wrong; incident 2026-41')).code).toBe(0)
      expect(await run(seloste, 'verify')).toMatchObject({ code: 0, out: expect.stringContaining('note: ') })
      await waitForVerdict(true)
    } finally {
      await owner.end()
      await seloste.stop()
      await rm(dataDirectory, { recursive: true, force: true })
    }
  },
)

/** Returns what each of them reports about the log. */
async function readReports(seloste: RunningSeloste) {
  const text = await fetch(`${seloste.url}/metrics`).then((answer) => answer.text())
  const ready = (await (await fetch(`${seloste.url}/health/ready`)).json()) as { missing: string[] }
  const api = await signInAt(seloste.url, 'aino', seloste.password)
  const { items } = (await (await api.call('GET', '/api/evidence')).json()) as {
    items: { promise: string; holds: boolean }[]
  }
  return {
    promise: items.find(({ promise }) => promise === 'log.whole')?.holds,
    health: !ready.missing.includes('audit-log'),
    metrics: [
      /^seloste_promise_holds\{promise="log\.whole",[^}]*\} 1$/m.test(text),
      /^seloste_audit_log_whole\{[^}]*\} 1$/m.test(text),
    ],
  }
}

/** Runs `seloste audit ...`, or `seloste status` if no words are given. */
function run(
  seloste: RunningSeloste,
  word: 'verify' | 'resume' | undefined,
  ...args: string[]
): Promise<{ code: number; out: string }> {
  const env = { ...process.env, ...seloste.environment, SELOSTE_HTTP: new URL(seloste.url).host }
  const command = word === undefined ? ['status', '--json'] : ['audit', word, ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...command], { env }, (error, out) => {
      resolve({ code: error ? Number(error.code) : 0, out })
    })
  })
}
