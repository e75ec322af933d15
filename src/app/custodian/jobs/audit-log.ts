/**
 * Sequences and signs the audit log every second, has it cosigned by witnesses, and prunes it. A broken log is logged as an
 * error.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import {
  acceptedFindings,
  describeFinding,
  recordBreak,
  type Finding,
  type LogBreak,
} from '#safeguards/audit/findings.ts'
import type { LogFolder } from '#safeguards/audit/log-folder.ts'
import { logLagSeconds } from '#safeguards/audit/log-state.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { readVerifierKey, writeVerifierKey } from '#safeguards/audit/note.ts'
import { pruneLog } from '#safeguards/audit/prune.ts'
import { sequencerLock } from '#safeguards/audit/resume.ts'
import { createSequencer, type Sequencer } from '#safeguards/audit/sequencer.ts'
import { newestCheckpoint, storedHashReader } from '#safeguards/audit/stored-tree.ts'
import { watchClock, type ClockStep } from '#safeguards/audit/watch-clock.ts'
import { requestCosignature, type Witness } from '#safeguards/audit/witness/request-cosignature.ts'
import { newestCosignatures, storeCosignature } from '#safeguards/audit/witness/cosignatures.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { readProof } from '#use/evidence/read-proofs.ts'
import type { Versions } from '../../roles/follow-versions.ts'

export interface AuditLogJobOptions {
  db: SafeguardsDatabase
  pool: EveryOptions['pool']
  keys: KeyStore
  folder: LogFolder
  versions: Pick<Versions, 'at'>
  clock: Clock
  log: Log
  registry: Registry
  /** From SELOSTE_WITNESSES. */
  witnesses: readonly { url: string; key: string }[]
}

const sequenceMs = 1_000
const witnessMs = 10_000
const maxFirstCheckMs = 10_000
const recheckMs = 60 * 60_000
const pruneMs = 6 * 60 * 60_000

/**
 * `firstCheck` resolves once the log was checked and its public key is in its folder, or if that takes longer than a start should
 * wait.
 */
export function startAuditLog(options: AuditLogJobOptions): { firstCheck: Promise<void>; stop: () => Promise<void> } {
  const { db, pool, keys, folder, versions, clock, log } = options
  const description = () => versions.at(clock.now()).description
  const sequencer = createSequencer({ db, keys, folder, instance: () => description().controller.name.fi })
  const witnesses = options.witnesses.map(({ url, key }) => ({ url, key: readVerifierKey(key) })).filter(isWitness)
  const clockWatch = watchClock(db, clock, () => readLogKey(keys))
  const failing = new Set<string>()
  let reported: number | undefined
  let isKeyWritten = false
  const first = Promise.withResolvers<void>()
  let checkedAtMs = clock.monotonicMs()
  registerMetrics(options, witnesses, sequencer)

  const sequencing = every({
    pool,
    intervalMs: sequenceMs,
    lockName: sequencerLock,
    work: async (signal) => {
      if (clock.monotonicMs() - checkedAtMs > recheckMs) {
        checkedAtMs = clock.monotonicMs()
        sequencer.checkAgain()
      }
      const step = await clockWatch.check()
      if (step) reportStep(step)
      try {
        const result = await sequencer.sequence(signal)
        if ('broken' in result) alarm(result.broken)
        else if (reported !== undefined) resumed()
        const signer = sequencer.signer()
        if (signer && !isKeyWritten) {
          isKeyWritten = true
          await folder.writeKey(writeVerifierKey(signer))
        }
      } finally {
        first.resolve()
      }
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot sign new entries of the audit log; retrying in a second')
    },
  })
  const cosigning = every({
    pool,
    intervalMs: witnessMs,
    lockName: 'seloste.audit-witness',
    work: async () => {
      await Promise.all(witnesses.map(cosignAt))
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot ask the witnesses to cosign the audit log')
    },
  })
  const pruning = every({
    pool,
    intervalMs: pruneMs,
    lockName: 'seloste.audit-prune',
    work: async () => {
      const months = description().switches.logRetentionMonths
      const pruned = await pruneLog(db, months, { signer: await readLogKey(keys), folder, now: clock.now() })
      if (pruned > 0) log.info({ entries: pruned }, 'deleted entries of the audit log at the end of their term')
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot delete expired entries of the audit log; retrying in a few hours')
    },
  })

  function alarm({ id, foundAt, findings }: LogBreak): void {
    if (reported === id) return
    reported = id
    log.error(
      { break: id, foundAt: foundAt.toString(), findings: findings.map(describeFinding) },
      'the audit log is broken: new entries are not signed and all access is refused; calls are still recorded. Keep a copy of the database and of the folder audit-log, find out what happened (docs/operate/audit-log.md), then run: seloste audit resume --reason "…"',
    )
  }

  function reportStep({ from, to }: ClockStep): void {
    log.warn(
      { from: from.toString(), to: to.toString() },
      'the clock of the database was set back: an entry of the audit log records it and explains later entries that are out of order. Check the clocks of all machines (docs/operate/audit-log.md)',
    )
  }

  function resumed(): void {
    reported = undefined
    log.warn('signing of the audit log resumed after an accepted break')
  }

  async function cosignAt(witness: Witness): Promise<void> {
    const [checkpoint, signer] = [await newestCheckpoint(db), sequencer.signer()]
    const name = witness.key.name
    const last = (await newestCosignatures(db)).find((one) => one.witness === name)
    if (!checkpoint || !signer || last?.size === checkpoint.size || !sequencer.isWhole()) return
    const answer = await requestCosignature(
      witness,
      signer,
      checkpoint.note,
      storedHashReader(db),
      last?.size ?? 0,
    ).catch((error: unknown) => ({ failed: `no response (${(error as Error).message})` }))
    if ('line' in answer) {
      await storeCosignature(db, { size: checkpoint.size, witness: name, line: answer.line })
      if (failing.delete(name)) log.info({ witness: name }, 'the witness cosigns the audit log again')
    } else if ('ahead' in answer || 'differs' in answer) {
      const ahead: Finding = { kind: 'witness-ahead', witness: name, found: checkpoint.size }
      const finding: Finding =
        'ahead' in answer
          ? { ...ahead, signed: answer.ahead }
          : { ...ahead, kind: 'witness-differs', signed: answer.differs }
      // A witness accepted as `witness-ahead` becomes `witness-differs` once this log has grown to the witness's size.
      const isAccepted = await acceptedFindings(db)
      if (!isAccepted(finding) && !isAccepted({ ...finding, kind: 'witness-ahead' })) await recordBreak(db, [finding])
    } else if (!failing.has(name)) {
      failing.add(name)
      log.warn({ witness: name, why: answer.failed }, 'a witness does not cosign the audit log; retrying')
    }
  }

  return {
    firstCheck: Promise.race([first.promise, wait(maxFirstCheckMs, undefined, { ref: false })]),
    stop: async () => {
      await Promise.all([sequencing.stop(), cosigning.stop(), pruning.stop()])
    },
  }
}

function isWitness(witness: { url: string; key: Witness['key'] | undefined }): witness is Witness {
  return witness.key?.type === 'cosignature'
}

function registerMetrics(
  { db, registry, clock }: AuditLogJobOptions,
  witnesses: readonly Witness[],
  { isWhole, signer }: Pick<Sequencer, 'isWhole' | 'signer'>,
): void {
  new Gauge({
    name: 'seloste_audit_log_whole',
    help: '1 if the audit log is intact and new entries are being signed, 0 if it is broken',
    registers: [registry],
    async collect() {
      const proof = await readProof(db, 'log.whole', clock.now(), signer() ?? 'unknown').catch(() => undefined)
      this.set(isWhole() && (proof?.holds ?? true) ? 1 : 0)
    },
  })
  new Gauge({
    name: 'seloste_audit_log_size',
    help: 'Entries covered by the newest signed checkpoint of the audit log',
    registers: [registry],
    async collect() {
      this.set((await newestCheckpoint(db))?.size ?? 0)
    },
  })
  new Gauge({
    name: 'seloste_audit_log_lag_seconds',
    help: 'Age of the oldest audit log entry that is not in the signed tree yet; 0 if there is none',
    registers: [registry],
    async collect() {
      this.set(await logLagSeconds(db))
    },
  })
  if (witnesses.length === 0) return
  new Gauge({
    name: 'seloste_audit_log_witness_age_seconds',
    help: 'Time since the witness last cosigned the audit log; +Inf if it never did',
    labelNames: ['witness'],
    registers: [registry],
    async collect() {
      const newest = await newestCosignatures(db)
      for (const { key } of witnesses) {
        const at = newest.find(({ witness }) => witness === key.name)?.receivedAt
        const age = at ? (clock.now().epochMilliseconds - at.epochMilliseconds) / 1000 : Infinity
        this.set({ witness: key.name }, age)
      }
    },
  })
}
