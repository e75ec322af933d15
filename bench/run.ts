/**
 * Runs the benches, each with its yardstick in the same run: `npm run bench`, or `npm run bench -- cost-per-packet`. Results
 * are written to docs/numbers.md, where benches that were not run keep their rows. Before each it waits until the machine is quiet.
 * A bench that fails is reported, keeps its earlier rows and lets the others run; the exit code is 1.
 */
import { appendEntries } from './audit/append.ts'
import { verifyLog } from './audit/verify.ts'
import { ownCalls } from './access/own-calls.ts'
import { backUp } from './backup/backup.ts'
import { costPerPacket } from './capture/cost-per-packet.ts'
import { twoNodes } from './capture/two-nodes.ts'
import { sealedLoad } from './capture/sealed-load.ts'
import { decide } from './decisions/decide.ts'
import { verifyAll } from './decisions/verify-draws.ts'
import { destroy } from './destruction/destroy.ts'
import { checkAll } from './evidence/check-promises.ts'
import { plantAll } from './evidence/planted-breaches.ts'
import { findIdentifiers } from './disclosure/find-identifiers.ts'
import { packages } from './disclosure/packages.ts'
import { feedContacts } from './feeds/feed-contacts.ts'
import { firstByte } from './listening/first-byte.ts'
import { storeNumbers, tableOf } from './numbers.ts'
import { reconcile } from './reconciliation/reconciliation.ts'
import { dropMonth } from './retention/drop-month.ts'
import { wrapKeys } from './keys/wrap-keys.ts'
import { dryRun } from './retention/dry-run.ts'
import { verifyHeld } from './retention/verify-recordings.ts'
import type { Row } from './rows.ts'
import { searchContacts } from './search/search-contacts.ts'
import { inviteLatency } from './signalling/invite-latency.ts'
import { openPackets } from './srtp/open-packets.ts'
import { startToReady } from './start/start-to-ready.ts'
import { readYear } from './studies/read-year.ts'
import { waitForQuiet } from './wait-for-quiet.ts'
import { signIn } from './web/sign-in.ts'

const benches: Record<string, () => Promise<Row[]>> = {
  'cost-per-packet': () => costPerPacket(),
  'sealed-load': () => sealedLoad(),
  'two-nodes': () => twoNodes(),
  'invite-latency': () => inviteLatency(),
  srtp: () => openPackets(),
  decide: () => decide(),
  'verify-draws': () => verifyAll(),
  'dry-run': () => dryRun(),
  destroy: () => destroy(),
  'drop-month': () => dropMonth(),
  'verify-recordings': () => verifyHeld(),
  'check-promises': () => checkAll(),
  'planted-breaches': () => plantAll(),
  'own-calls': () => ownCalls(),
  'search-contacts': () => searchContacts(),
  'first-byte': () => firstByte(),
  'feed-contacts': () => feedContacts(),
  reconciliation: () => reconcile(),
  append: () => appendEntries(),
  'verify-log': () => verifyLog(),
  'wrap-keys': () => wrapKeys(),
  backup: () => backUp(),
  'start-to-ready': () => startToReady(),
  'find-identifiers': () => findIdentifiers(),
  packages: () => packages(),
  studies: () => readYear(),
  'sign-in': () => signIn(),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in benches))
if (unknown.length > 0)
  throw new Error(`there is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)
for (const [name, run] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}`)
  const busyBefore = await waitForQuiet()
  const startedMs = performance.now()
  const rows = await run().catch((error: unknown) => {
    console.error(`${name} failed:`, error)
    process.exitCode = 1
    return []
  })
  const seconds = (performance.now() - startedMs) / 1000
  if (rows.length > 0) await storeNumbers(name, { rows, busyBefore, seconds }, Object.keys(benches))
  console.log(`\n${tableOf(rows)}`)
  if (rows.some(({ isReached }) => isReached === false)) process.exitCode = 1
}
