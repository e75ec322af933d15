/**
 * The numbers, each beside its yardstick in the same run: `npm run bench`, or `npm run bench -- cost-per-packet`.
 * Others may be using the machine: read the ratios, not the times.
 */
import { appendEntries } from './audit/append.ts'
import { verifyLog } from './audit/verify.ts'
import { ownCalls } from './access/own-calls.ts'
import { anonymise } from './anonymise/anonymise.ts'
import { backUp } from './backup/backup.ts'
import { costPerPacket } from './capture/cost-per-packet.ts'
import { sealedLoad } from './capture/sealed-load.ts'
import { decide } from './decisions/decide.ts'
import { verifyAll } from './decisions/verify-draws.ts'
import { destroy } from './destruction/destroy.ts'
import { checkAll } from './evidence/check-promises.ts'
import { findIdentifiers } from './disclosure/find-identifiers.ts'
import { packages } from './disclosure/packages.ts'
import { reconcile } from './reconciliation/reconciliation.ts'
import { dropMonth } from './retention/drop-month.ts'
import { wrapKeys } from './keys/wrap-keys.ts'
import { dryRun } from './retention/dry-run.ts'
import { verifyHeld } from './retention/verify-recordings.ts'
import { inviteLatency } from './signalling/invite-latency.ts'
import { openPackets } from './srtp/open-packets.ts'
import { readYear } from './studies/read-year.ts'

const benches: Record<string, () => Promise<boolean>> = {
  'cost-per-packet': () => costPerPacket(),
  'sealed-load': () => sealedLoad(),
  'invite-latency': () => inviteLatency(),
  srtp: () => openPackets(),
  decide: () => decide(),
  'verify-draws': () => verifyAll(),
  'dry-run': () => dryRun(),
  destroy: () => destroy(),
  'drop-month': () => dropMonth(),
  'verify-recordings': () => verifyHeld(),
  'check-promises': () => checkAll(),
  'own-calls': () => ownCalls(),
  reconciliation: () => reconcile(),
  append: () => appendEntries(),
  'verify-log': () => verifyLog(),
  'wrap-keys': () => wrapKeys(),
  backup: () => backUp(),
  anonymise: () => anonymise(),
  'find-identifiers': () => findIdentifiers(),
  packages: () => packages(),
  studies: () => readYear(),
}

const wanted = process.argv.slice(2)
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}`)
  if (!(await run())) process.exitCode = 1
}
