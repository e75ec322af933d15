import type { Kysely } from 'kysely'
import type { Recorder } from '#capture/session/recorder.ts'
import { listen } from '#platform/database/listen.ts'
import { channels } from '#register/channels.ts'
import { forbiddenAmong } from '#register/recordings/forbidden-recordings.ts'
import type { RegisterTables } from '#register/tables.ts'

export interface ForbiddenOptions {
  db: Kysely<RegisterTables>
  databaseUrl: string
  recorder: Pick<Recorder, 'recordings' | 'forbid'>
  /**
   * Called for a prohibition of a recording that this process does not make: another node may make it, while this node has a
   * duplicate session of the call.
   */
  onNotRecordedHere?: () => void
  onFault: (error: unknown) => void
  /** Polling interval, for missed notifications. */
  checkMs?: number
}

/**
 * Stops recordings that are forbidden (R49): at once on notification, and by polling every few seconds in case a notification
 * is missed. At the start and after each database outage it checks all calls of the last day, because a call interrupted by a
 * restart can resume. Resolves after the first check; if the database is unavailable, capture starts without it.
 */
export async function followForbidden(options: ForbiddenOptions): Promise<{ stop: () => Promise<void> }> {
  const { db, recorder, onFault, checkMs = 2_000 } = options
  let checking = Promise.resolve()
  /** True until all calls of the last day have been checked, at the start and after each database outage. */
  let isCatchingUp = true

  async function check(known: readonly string[]): Promise<void> {
    const found = await forbiddenAmong(db, known)
    // Concurrent, so that a recording that waits for the disk does not delay the others.
    for (const { id, destroys } of found) recorder.forbid(id, destroys).catch(onFault)
  }
  function checkAgain(): Promise<void> {
    checking = checking
      .then(async () => {
        const all = isCatchingUp
        isCatchingUp = false
        await check(recorder.recordings(all ? 'remembered' : 'in-progress'))
      })
      .catch((error: unknown) => {
        isCatchingUp = true
        onFault(error)
      })
    return checking
  }

  await checkAgain()
  const timer = setInterval(() => void checkAgain(), checkMs)
  const listening = listen({
    url: options.databaseUrl,
    channels: [channels.forbidden],
    // Not queued behind a running check: its query may have run before this prohibition.
    onNotification: (_channel, id) => {
      if (recorder.recordings('remembered').includes(id)) check([id]).catch(onFault)
      else options.onNotRecordedHere?.()
    },
    onListening: () => {
      isCatchingUp = true
      void checkAgain()
    },
    onBroken: onFault,
  })
  return {
    async stop() {
      clearInterval(timer)
      await listening.stop()
      await checking
    },
  }
}
