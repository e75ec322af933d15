/**
 * Numbers and signs the entries of the destruction ledger every second and has them cosigned by witnesses, so that outdated
 * copies are detectable. Logs a line if the ledger differs from what was signed. Destructions do not wait for the numbering.
 */
import { Gauge, type Registry } from 'prom-client'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { readVerifierKey } from '#safeguards/audit/note.ts'
import { newestCheckpoint, storedHashReader } from '#safeguards/audit/stored-tree.ts'
import { requestCosignature, type Witness } from '#safeguards/audit/witness/request-cosignature.ts'
import { newestCosignatures, storeCosignature } from '#safeguards/audit/witness/cosignatures.ts'
import { catchUpLedger } from '#safeguards/ledger/append-to-ledger.ts'
import { deleteOldContents } from '#safeguards/ledger/ledger-content.ts'
import { ledgerTree, readLedgerSigner } from '#safeguards/ledger/ledger-tree.ts'
import { sealLedger, type LedgerSealing } from '#safeguards/ledger/seal-ledger.ts'

export interface LedgerJobOptions extends LedgerSealing {
  pool: EveryOptions['pool']
  log: Log
  registry: Registry
  /** From SELOSTE_WITNESSES. */
  witnesses: readonly { url: string; key: string }[]
}

const sealMs = 1_000
const witnessMs = 10_000
const deleteMs = 60 * 60_000

export function startLedger(options: LedgerJobOptions): { stop: () => Promise<void> } {
  const { db, pool, log, registry } = options
  const witnesses = options.witnesses.flatMap(({ url, key }): Witness[] => {
    const read = readVerifierKey(key)
    return read?.type === 'cosignature' ? [{ url, key: read }] : []
  })
  let reported: string | undefined
  let whole = true
  let caughtUp = false
  const failing = new Set<string>()

  const sealing = every({
    pool,
    intervalMs: sealMs,
    lockName: 'seloste.ledger-turn',
    work: async () => {
      if (!caughtUp) await catchUpLedger(db)
      caughtUp = true
      await sealLedger(options)
      if (reported !== undefined) log.warn('signing of the destruction ledger resumed')
      reported = undefined
      whole = true
    },
    onError: (error) => {
      const { message } = error
      whole = false
      if (reported === message) return
      reported = message
      log.error({ err: error }, `cannot sign the destruction ledger: ${message}`)
    },
  })
  const deleting = every({
    pool,
    intervalMs: deleteMs,
    lockName: 'seloste.ledger-forgets',
    work: async () => {
      await deleteOldContents(db)
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot delete contents of the destruction ledger that no backup needs; retrying')
    },
  })
  const cosigning = every({
    pool,
    intervalMs: witnessMs,
    lockName: 'seloste.ledger-witness',
    work: async () => {
      await Promise.all(witnesses.map(cosignAt))
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot ask the witnesses to cosign the destruction ledger')
    },
  })

  async function cosignAt(witness: Witness): Promise<void> {
    const [head, signer] = [await newestCheckpoint(db, ledgerTree), await readLedgerSigner(options.keys)]
    const name = witness.key.name
    const last = (await newestCosignatures(db, ledgerTree)).find((one) => one.witness === name)
    if (!head || !signer || last?.size === head.size || !whole) return
    const read = storedHashReader(db, ledgerTree)
    const answer = await requestCosignature(witness, signer, head.note, read, last?.size ?? 0).catch(
      (error: unknown) => ({
        failed: `no response (${(error as Error).message})`,
      }),
    )
    if ('line' in answer) {
      await storeCosignature(db, { size: head.size, witness: name, line: answer.line }, ledgerTree)
      if (failing.delete(name)) log.info({ witness: name }, 'the witness cosigns the destruction ledger again')
    } else if (!failing.has(name)) {
      failing.add(name)
      if ('differs' in answer) {
        log.error(
          { witness: name, seen: answer.differs, here: head.size },
          'a witness has cosigned a different destruction ledger of this installation: somebody has signed it with the audit log’s key. Keep a copy of the database, and find out who has that key (docs/operate/audit-log.md)',
        )
      } else if ('ahead' in answer) {
        log.error(
          { witness: name, seen: answer.ahead, here: head.size },
          'a witness has cosigned a longer destruction ledger than this: the database and the files beside the keys are from an earlier time. Restore with "seloste restore", which replays the ledger from its copies',
        )
      } else {
        log.warn({ witness: name, why: answer.failed }, 'a witness does not cosign the destruction ledger; retrying')
      }
    }
  }

  new Gauge({
    name: 'seloste_ledger_whole',
    help: '1 if the last run could sign the destruction ledger, 0 if the ledger does not match what was signed',
    registers: [registry],
    collect() {
      this.set(whole ? 1 : 0)
    },
  })
  new Gauge({
    name: 'seloste_ledger_size',
    help: 'Entries covered by the newest signed head of the destruction ledger',
    registers: [registry],
    async collect() {
      this.set((await newestCheckpoint(db, ledgerTree))?.size ?? 0)
    },
  })

  return {
    stop: async () => {
      await Promise.all([sealing.stop(), deleting.stop(), cosigning.stop()])
    },
  }
}
