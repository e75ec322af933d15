import type { Kysely } from 'kysely'
import type { Recorder } from '#capture/session/recorder.ts'
import { listen } from '#platform/database/listen.ts'
import { settleConferences } from '#register/capture-nodes.ts'
import { channels } from '#register/channels.ts'
import type { RegisterTables } from '#register/tables.ts'

/**
 * Follows the conferences whose sessions are at several captures (docs/decisions/0084): at once on notification, and every
 * second for missed notifications and for officials who have put the caller on hold. While the database cannot be asked, the
 * conferences known before go on.
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
  let known: string[] = []
  let wasReached = true
  let checking: Promise<void> | undefined
  let isAskedAgain = false

  async function check(): Promise<void> {
    const parts = await settleConferences(db, nodeId, conferences.activityOf(known))
    wasReached = true
    const isNew = parts.some(({ segmentId }) => !known.includes(segmentId))
    known = parts.map(({ segmentId }) => segmentId)
    conferences.learn(parts.flatMap(({ segmentId, isShared }) => (isShared ? [segmentId] : [])))
    // Reports at once whose officials speak.
    if (isNew) isAskedAgain = true
  }
  async function checkAll(): Promise<void> {
    do {
      isAskedAgain = false
      await check()
    } while (isAskedAgain)
  }
  function checkAgain(): void {
    isAskedAgain = true
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
