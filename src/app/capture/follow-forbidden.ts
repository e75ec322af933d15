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
   * Called if a forbidden recording is not this process's: it may be another node's of a call that is recorded here as well.
   */
  onAnother?: () => void
  onFault: (error: unknown) => void
  /** Polling interval, for missed notifications. */
  checkMs?: number
}

/**
 * Stops recordings that are forbidden (R49): at once on notification; by polling every few seconds, since a notification may be
 * missed; and for all calls of the last day at the start and whenever the database was away, since a call interrupted by a
 * restart resumes. Returns after the first check, or if there is no database: capture does not wait.
 */
export async function followForbidden(options: ForbiddenOptions): Promise<{ stop: () => Promise<void> }> {
  const { db, recorder, onFault, checkMs = 2_000 } = options
  let checking = Promise.resolve()
  /** The calls of the last day were not checked since the database was away. */
  let behind = true

  async function check(known: readonly string[]): Promise<void> {
    const found = await forbiddenAmong(db, known)
    // Concurrent: one that waits for its disk delays no other.
    for (const { id, destroys } of found) recorder.forbid(id, destroys).catch(onFault)
  }
  function checkAgain(): Promise<void> {
    checking = checking
      .then(async () => {
        const all = behind
        behind = false
        await check(recorder.recordings(all ? 'remembered' : 'going'))
      })
      .catch((error: unknown) => {
        behind = true
        onFault(error)
      })
    return checking
  }

  await checkAgain()
  const timer = setInterval(() => void checkAgain(), checkMs)
  const listening = listen({
    url: options.databaseUrl,
    channels: [channels.forbidden],
    // Not queued behind a running check, whose query may be older than this.
    onNotification: (_channel, id) => {
      if (recorder.recordings('remembered').includes(id)) check([id]).catch(onFault)
      else options.onAnother?.()
    },
    onListening: () => {
      behind = true
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
