import type { Kysely } from 'kysely'
import { openIntakeStock, type IntakeStock } from '#capture/session/media/intake-stock.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { intakeBatchesInUse, intakeStockSize, claimIntakeBatches } from '#safeguards/keys/intake-keys.ts'

/** Opens this node's stock of public intake keys. */
export function openIntakeKeyStock(options: {
  folder: string
  db: Kysely<RegisterTables>
  nodeId: string
  clock: Clock
  log: Log
}): Promise<IntakeStock> {
  const { folder, db, nodeId, clock, log } = options
  return openIntakeStock({
    folder,
    source: {
      wanted: () => intakeStockSize(db),
      take: (batches) => claimIntakeBatches(db, nodeId, batches),
      inUse: (ids) => intakeBatchesInUse(db, ids),
    },
    now: () => clock.now(),
    onFault: (error) => {
      log.warn({ err: error }, 'cannot fetch or store intake keys; using those in stock')
    },
    onLow: (left) => {
      log.error({ left }, 'the stock of intake keys is low; recording stops when it is empty')
    },
  })
}
