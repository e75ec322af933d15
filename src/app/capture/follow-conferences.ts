import type { Kysely } from 'kysely'
import type { Recorder } from '#capture/session/recorder.ts'
import { listen } from '#platform/database/listen.ts'
import { settleConferences } from '#register/capture-nodes.ts'
import { channels } from '#register/channels.ts'
import type { RegisterTables } from '#register/tables.ts'

/**
 * Follows the conferences whose sessions are at several captures (docs/decisions/0084): at once on notification, and every
 * second for missed notifications and for officials who have put the caller on hold. While the database is unreachable, the
 * conferences known before stay in effect.
 */
export function followConferences(options: {
  db: Kysely<RegisterTables>
  databaseUrl: string
  nodeId: string
  conferences: Recorder['conferences']
  /** Called once per outage. */
  onFault: (error: unknown) => void
  checkMs?: number
}): { stop: () => Promise<void> } {
  const { db, nodeId, conferences, onFault, checkMs = 1_000 } = options
  /** This node's segments in such conferences. */
  let ownSegments: string[] = []
  let wasReached = true
  let checking: Promise<void> | undefined
  let isCheckNeeded = false

  async function check(): Promise<void> {
    const parts = await settleConferences(db, nodeId, conferences.activityOf(ownSegments))
    wasReached = true
    const isNew = parts.some(({ segmentId }) => !ownSegments.includes(segmentId))
    ownSegments = parts.map(({ segmentId }) => segmentId)
    conferences.learn(parts.flatMap(({ segmentId, isShared }) => (isShared ? [segmentId] : [])))
    // Checks again at once, to report which of the officials in new segments are active.
    if (isNew) isCheckNeeded = true
  }
  async function checkAll(): Promise<void> {
    do {
      isCheckNeeded = false
      await check()
    } while (isCheckNeeded)
  }
  function checkAgain(): void {
    isCheckNeeded = true
    checking ??= checkAll()
      .catch((error: unknown) => {
        if (wasReached) onFault(error)
        wasReached = false
      })
      .finally(() => (checking = undefined))
  }

  checkAgain()
  const timer = setInterval(checkAgain, checkMs)
  const listening = listen({
    url: options.databaseUrl,
    channels: [channels.conferences],
    onNotification: checkAgain,
    onListening: checkAgain,
  })
  return {
    async stop() {
      clearInterval(timer)
      await listening.stop()
      await checking
    },
  }
}
